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
from ingest.held import Held
from ingest.progress import Progress
from ingest.recognise import RecognisedPages, mean_confidence, page_confidences
from ingest.report import Report, verdict_of
from ingest.scan import Changes, Expanded, Verdict
from ingest.split import split
from ingest.statements import UNKNOWN
from ingest.tools import toolset
from ingest.walk import Found
from models.protocols import Embedder

_NAMED = 5  # of the documents that will be removed


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
    held: Held
    kept: RecognisedPages
    index: Index
    embedder: Embedder
    progress: Progress
    report: Report
    _boxes: Mapping[str, Expanded] = field(init=False)
    known: Mapping[str, Source] = field(init=False)  # by the path that each has in this run
    _paths: dict[str, str] = field(init=False)  # of taken documents, by sha256: which is a duplicate of which

    def __post_init__(self) -> None:
        self._boxes = {one.file.name: one for one in self.changes.expanded}
        self.known = {**self.changes.known, **{file.name: before for file, before in self.changes.moved}}
        taken = [*self.changes.same, *self.changes.touched]
        self._paths = {one.sha256: one.path for one in reversed(taken) if one.passages and not one.failure}

    def note_what_needs_no_reading(self, *, prune: bool) -> None:
        for source in self.changes.touched:
            self.index.touch(self.collection, source)
        for source in (*self.changes.same, *self.changes.touched):
            if source.failure:
                self.report.quarantined(source)
            else:
                self._tell(source, "unchanged")
        self._note_moves()
        documents = [source.path for source in self.changes.gone if _was_taken(source)]
        if prune and documents:
            self.progress.pruning(len(documents), sorted(documents)[:_NAMED])
        for source in self.changes.gone:
            if prune or not _was_taken(source):
                self.index.remove(self.collection, source.path)
            elif source.facts.container in self._boxes:  # unpacked again, without it
                self.index.touch(self.collection, replace(source, facts=replace(source.facts, container="")))
            if _was_taken(source):
                self.report.gone(source, pruned=prune)
        for file, failure in self.changes.refused:
            self.report.refused(file.name, "failed", failure, file.root)
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
            one.file.discard()

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
        self._tell(source, one.verdict)

    def _tell(self, source: Source, verdict: Verdict) -> None:
        first = self._paths.setdefault(source.sha256, source.path) if source.passages else source.path
        self.report.taken(source, verdict, duplicate_of=first if first != source.path else "")

    def _note_moves(self) -> None:
        to_read = {file.name for file, _ in self.changes.to_read}
        for file, before in self.changes.moved:
            source = file.as_source(before.facts, pages=before.pages, passages=before.passages)
            if file.name in to_read:  # by the next run, should this one not come to it
                source = replace(source, facts=replace(source.facts, stated=UNKNOWN))
            self.index.move(self.collection, before.path, source)
            if file.name not in to_read:
                self._tell(source, "moved")
                file.discard()

    def _refuse(self, file: Found, failure: IngestFailure) -> None:
        """Pages and passages are those of the version taken earlier, which stays in search."""
        before = self.known.get(file.name)
        pages, passages = (before.pages, before.passages) if before else (0, 0)
        facts = SourceFacts(made_with=toolset())
        self.index.touch(self.collection, file.as_source(facts, pages=pages, passages=passages, failure=failure))
        self.report.refused(file.name, verdict_of(failure.code), failure, file.root)

    def _document(self, file: Found, extracted: ExtractedDocument) -> NewDocument:
        before = self.known.get(file.name)
        stays = self.held.metadata(before) if before and not file.stated.is_whole else {}
        metadata = {**extracted.metadata, **stays, **file.stated.metadata}
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
            confidences=page_confidences(extracted) if extracted else (),
        )


def _was_taken(source: Source) -> bool:
    """Whether a version of it is in search: one that was taken before it failed, too."""
    return source.passages > 0 or not source.failure
