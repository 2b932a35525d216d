"""What a run makes of its files: rows of the index, lines of the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from index.errors import BadOriginal
from index.records import NewDocument, Page, Source, SourceFacts
from index.store import Index
from ingest.documents import ExtractedDocument
from ingest.embedding import Embeddings, embed_passages
from ingest.errors import IngestFailure, Unreadable
from ingest.progress import Progress
from ingest.recognise import RecognisedPages, mean_confidence
from ingest.report import Report
from ingest.scan import Changes, Expanded, Verdict
from ingest.split import split
from ingest.tools import toolset
from ingest.walk import Found
from models.protocols import Embedder


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file after reading: its text, or why there is none."""

    file: Found
    verdict: Verdict
    extracted: ExtractedDocument | None
    failure: IngestFailure | None = None

    @property
    def characters(self) -> int:
        return sum(len(page.text) for page in self.extracted.pages) if self.extracted else 0


@dataclass(slots=True)
class Storing:
    """The writing half of one run; the write lock is held."""

    collection: str
    changes: Changes
    kept: RecognisedPages
    index: Index
    embedder: Embedder
    progress: Progress
    report: Report
    _boxes: Mapping[str, Expanded] = field(init=False)
    _paths: dict[str, str] = field(init=False)  # of taken documents, by sha256: which is a duplicate of which

    def __post_init__(self) -> None:
        self._boxes = {one.file.name: one for one in self.changes.expanded}
        taken = [*self.changes.same, *(before for _, before in self.changes.touched)]
        self._paths = {source.sha256: source.path for source in reversed(taken) if source.passages}

    def note_what_needs_no_reading(self, *, prune: bool) -> None:
        for source in self.changes.same:
            if source.failure:
                self.report.quarantined(source)
            else:
                self.report.taken(source, "unchanged")
        for file, before in self.changes.touched:
            source = _moved_to(file, before)
            self.index.touch(self.collection, source)
            self.report.taken(source, "unchanged")
        for file, before in self.changes.moved:
            source = _moved_to(file, before)
            self.index.move(self.collection, before.path, source)
            self.report.taken(source, "moved")
        for source in self.changes.gone:
            if prune or source.failure:
                self.index.remove(self.collection, source.path)
            if not source.failure:
                self.report.gone(source, pruned=prune)
        for file, failure in self.changes.skipped:
            self.report.refused(file.name, "skipped", failure, file.root)
        for file, failure in self.changes.failed:
            self._refuse(file, failure)

    def store(self, batch: Sequence[ReadFile]) -> None:
        """Embed what is new in the batch, then each document in a transaction of its own."""
        documents = {one.file.name: self._document(one.file, one.extracted) for one in batch if one.extracted}
        passages = [passage for document in documents.values() for passage in document.passages]
        embeddings = embed_passages(passages, self.index, self.embedder, self.progress.embedded)
        for one in batch:
            self.progress.read(one.file.name, one.file.size)
            if one.failure is not None:
                self._refuse(one.file, one.failure)
            else:
                self._take(one, documents[one.file.name], embeddings)
            self.kept.forget(one.file.sha256)

    def note_containers(self) -> None:
        """Last of all: a container whose members are not all known is opened again by the next run."""
        for box in self.changes.expanded:
            if box.file.is_document:
                continue
            source = box.file.as_source(self._facts(box.file))
            if box.before is not None:
                self.index.move(self.collection, box.before.path, source)
            else:
                self.index.touch(self.collection, source)
            self.report.taken(source, box.verdict)

    def _take(self, one: ReadFile, document: NewDocument, embeddings: Embeddings) -> None:
        wanted = {passage.digest for passage in document.passages} & embeddings.keys()
        try:
            self.index.replace(document, {digest: embeddings[digest] for digest in wanted})
        except (BadOriginal, FileNotFoundError, PermissionError) as error:
            self._refuse(one.file, Unreadable(detail=error))
            return
        source = one.file.as_source(document.source, pages=len(document.pages), passages=len(document.passages))
        first = self._paths.setdefault(source.sha256, source.path)
        self.report.taken(source, one.verdict, duplicate_of=first if first != source.path else "")

    def _refuse(self, file: Found, failure: IngestFailure) -> None:
        self.index.record_failure(self.collection, file.as_source(SourceFacts(made_with=toolset()), failure=failure))
        self.report.refused(
            file.name, "skipped" if failure.code == "ingest.unsupported" else "failed", failure, file.root
        )

    def _document(self, file: Found, extracted: ExtractedDocument) -> NewDocument:
        metadata = {**extracted.metadata, **file.stated.metadata}
        title = metadata.pop("title", "") or extracted.title
        return NewDocument(
            collection=self.collection,
            path=file.name,
            root=file.root,
            sha256=file.sha256,
            size=file.size,
            mtime_ns=file.mtime_ns,
            title=title or Path(file.name).stem,
            media_type=extracted.media_type,
            pages=tuple(Page(page.number, page.label, page.text, page.boxes) for page in extracted.pages),
            passages=split(replace(extracted, title=title)),
            metadata=metadata,
            original=file.path if extracted.drawable else None,
            source=self._facts(file, extracted),
        )

    def _facts(self, file: Found, extracted: ExtractedDocument | None = None) -> SourceFacts:
        box = self._boxes.get(file.name)
        warnings = (*(extracted.warnings if extracted else ()), *((box.warning,) if box and box.warning else ()))
        return SourceFacts(
            container=file.container,
            members=box.members if box else -1,
            made_with=toolset(),
            stated=file.stated.digest,
            warnings=warnings,
            confidence=mean_confidence(extracted) if extracted else None,
        )


def _moved_to(file: Found, before: Source) -> Source:
    return file.as_source(before.facts, pages=before.pages, passages=before.passages)
