"""What the assistant says while it answers: typed events, which every surface only draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from index.records import ALL, DocumentRef, Filter, Hit

AnswerKind = Literal["generated", "quoted", "refused"]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, by whom, and in which collections (only readable ones count)."""

    text: str
    collections: frozenset[str]
    asker: str = "local"
    language: Literal["fr", "en"] | None = None  # None: detected from the text
    only: Filter = ALL  # documents that count
    history: tuple[str, ...] = ()  # the questions before it in the same conversation, oldest first; the last two count


@dataclass(frozen=True, slots=True)
class Citation:
    """Durable: `quote == page.text[start:end]` of that page of that document version."""

    marker: int
    document: DocumentRef
    page: int
    label: str
    start: int
    end: int
    quote: str
    heading: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CertifiedSentence:
    """A sentence that may be shown: a verbatim quotation, or checked against the passages that it cites."""

    text: str
    markers: tuple[int, ...]
    certified_by: Literal["quotation", "check"]
    mark: tuple[int, int] | None = None  # of a quotation: `text[start:end]` is what the question asks for


@dataclass(frozen=True, slots=True)
class Retrieved:
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Quoted:
    """Quotations, at once, before any model has spoken."""

    sentences: tuple[CertifiedSentence, ...]
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """The generator serves others first."""

    position: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """One generated sentence, certified."""

    sentence: CertifiedSentence
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Finished:
    """The whole answer.  `withheld` counts generated sentences that could not be certified."""

    question: Question
    kind: AnswerKind
    sentences: tuple[CertifiedSentence, ...]
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    model: str | None
    withheld: int
    timings_ms: Mapping[str, float | None]  # retrieve, first_quote, first_sentence, total

    def beside(self, quoted: Quoted | None) -> Quoted | None:
        """The quotations that no written sentence cites: what is certified is borne out, and need not be the answer."""
        if quoted is None or self.kind != "generated":
            return None
        cited = [one.quote for one in self.citations]
        others = [one for one in quoted.sentences if not any(one.text in quote or quote in one.text for quote in cited)]
        markers = {marker for one in others for marker in one.markers}
        citations = tuple(one for one in quoted.citations if one.marker in markers)
        return Quoted(tuple(others), citations) if others else None


Event = Retrieved | Quoted | Waiting | Sentence | Finished
