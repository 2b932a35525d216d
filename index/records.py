"""What crosses the border of `index`: frozen records, never database rows."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

SearchMode = Literal["hybrid", "keywords", "vectors"]


def headed(heading: tuple[str, ...], text: str) -> str:
    """A passage as search reads it: the heading path, then the text."""
    return " > ".join(heading) + "\n" + text.strip() if heading else text.strip()


@dataclass(frozen=True, slots=True)
class WordBox:
    """Where `page.text[start:end]` stands on a recognised page: shares of its width and height from the top left."""

    start: int
    end: int
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a document version: the unit that a citation opens."""

    number: int  # from 1, in reading order
    label: str  # as printed on the page ("iv"), as titled (sheet, slide), or the number
    text: str
    boxes: tuple[WordBox, ...] = ()  # of a page that was recognised: where each word stands


@dataclass(frozen=True, slots=True)
class Passage:
    """A contiguous span of one page, the unit of retrieval.  `text == page.text[start:end]`, always."""

    position: int  # from 0, rank in the document
    page: int
    start: int
    end: int
    heading: tuple[str, ...]  # path from the document's own title down
    text: str

    @property
    def searchable(self) -> str:
        """What is embedded and what keywords are taken from."""
        return headed(self.heading, self.text)

    @property
    def digest(self) -> str:
        """Key of this passage's embedding: equal searchable texts are embedded once."""
        return hashlib.sha256(self.searchable.encode()).hexdigest()


METADATA = (
    "title", "author", "date", "language", "service", "reference", "confidentiality",
    "in_force_from", "in_force_until", "retention",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """What is remembered of how a file was read."""

    container: str = ""  # path of the archive or message that holds it
    members: int = -1  # of a container: how many files it holds; -1 for what holds none
    made_with: str = ""  # readers and tools that read it: others may read more
    stated: str = ""  # digest of what was stated about it (collection.toml, manifest)
    warnings: tuple[str, ...] = ()
    confidence: float | None = None  # of recognised pages, mean, 0 to 100
    confidences: tuple[tuple[int, float], ...] = ()  # of each recognised page, by its number


@dataclass(frozen=True, slots=True)
class NewDocument:
    """What ingestion hands over: one version of one document, whole."""

    collection: str
    path: str  # POSIX, relative to the ingested folder
    root: str  # the ingested folder itself, absolute
    sha256: str
    size: int
    mtime_ns: int
    title: str
    media_type: str
    pages: tuple[Page, ...]
    passages: tuple[Passage, ...]
    metadata: Mapping[str, str] = field(default_factory=dict)  # by the names of METADATA
    original: Path | None = None  # kept by the index when its pages can be drawn (PDF, image)
    source: SourceFacts = SourceFacts()


@dataclass(frozen=True, slots=True)
class Source:
    """The last known state of one file of a collection: a document, or a failure with its cause."""

    path: str
    root: str
    sha256: str
    size: int
    mtime_ns: int
    pages: int
    passages: int
    failure: str = ""  # code of the error, empty when the file was taken
    parameters: Mapping[str, str] = field(default_factory=dict)
    facts: SourceFacts = SourceFacts()


@dataclass(frozen=True, slots=True)
class DocumentRef:
    """One version of one document, as cited."""

    id: int
    path: str
    title: str
    collection: str
    sha256: str
    metadata: Mapping[str, str] = field(default_factory=dict, hash=False)

    def in_force(self, day: date) -> bool:
        """Whether the document states no period of validity that leaves `day` out."""
        begins, ends = self.metadata.get("in_force_from", ""), self.metadata.get("in_force_until", "")
        return begins <= day.isoformat() and (not ends or day.isoformat() <= ends)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which documents may be found: each field that is set must fit, texts without regard to case.

    Dates are ISO 8601, both ends included.
    """

    documents: frozenset[str] = frozenset()  # paths in the collection
    media_types: frozenset[str] = frozenset()
    service: str = ""
    confidentiality: str = ""
    language: str = ""
    reference: str = ""
    author: str = ""  # or a part of it
    dated_from: str = ""
    dated_until: str = ""
    in_force_on: str = ""

    def __bool__(self) -> bool:
        return self != ALL


ALL = Filter()


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found.  Higher scores are better; `found_by` says which searches found it."""

    passage_id: int
    score: float
    document: DocumentRef
    page: int
    start: int
    end: int
    position: int
    heading: tuple[str, ...]
    text: str
    found_by: tuple[Literal["keywords", "vectors"], ...]
    cosine: float | None = None  # of question and passage, where the vectors found it


@dataclass(frozen=True, slots=True)
class Background:
    """Cosines of a question and of any passage of the collections searched, whether it has to do with it or not."""

    mean: float
    deviation: float


NO_BACKGROUND = Background(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Found:
    """Hits, best first, and the cosines of what the vectors brought, best first, with those of everything else."""

    hits: list[Hit]
    cosines: list[float]
    background: Background = NO_BACKGROUND


@dataclass(frozen=True, slots=True)
class SourcePage:
    """One stored page of one document version, with what is needed to draw it."""

    document: DocumentRef
    page: Page
    page_count: int
    media_type: str
    original: Path | None
    superseded: bool  # a newer version of the document exists


@dataclass(frozen=True, slots=True)
class CollectionSummary:
    name: str
    documents: int
    pages: int
    passages: int


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that `check` found: a code with its parameters, worded by the interface."""

    code: str
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EmbeddingModel:
    """What made the embeddings.  Vectors compare only when `name` and `sha256` are the same."""

    name: str
    sha256: str
    dimensions: int
    precision: str
    instruction_set: str
