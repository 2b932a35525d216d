"""The recipe of an ingestion run."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import Queue
from threading import Thread

from index.errors import BadOriginal
from index.records import NewDocument, Page
from index.store import Index
from ingest.documents import ExtractedDocument
from ingest.embedding import embed_passages, embed_what_is_missing
from ingest.errors import BadCollectionName, IngestFailure, Unreadable
from ingest.isolate import IsolatedReader
from ingest.progress import Progress
from ingest.report import Report
from ingest.scan import Changes, Found, Verdict, scan
from ingest.split import split
from models.protocols import Embedder

_AHEAD = 16  # documents read while others are embedded
_BATCH_PASSAGES = 256
_NAME = re.compile(r"[^\W_][\w .'-]{0,79}")


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file after reading: a document ready to be embedded, or why there is none."""

    file: Found
    verdict: Verdict
    document: NewDocument | None
    failure: IngestFailure | None = None
    warnings: tuple[str, ...] = ()


def ingest(
    paths: Sequence[Path],
    collection: str,
    *,
    index: Index,
    embedder: Embedder,
    progress: Progress,
    prune: bool = False,
) -> Report:
    """Bring a collection up to date with folders.  One bad file never stops a run; a killed run is simply run again.

    Raises NoSuchFolder, EmptyFolder, BadCollectionName before anything is touched; Busy, DiskFull from the index.
    """
    started = time.monotonic()
    check_name(collection)
    report = Report(collection)
    changes = scan(paths, index.sources(collection))
    with index.writer():
        embed_what_is_missing(index, embedder, progress.embedded)
        note_what_needs_no_reading(changes, collection, index, report, prune=prune)
        progress.begin(len(changes.to_read), sum(file.size for file, _ in changes.to_read))
        try:
            for batch in batches(read_ahead(changes, collection)):
                store(batch, collection, index, embedder, progress, report)
        finally:
            progress.finish()
            index.publish()
    report.elapsed_s = time.monotonic() - started
    return report


def check_name(collection: str) -> None:
    if not _NAME.fullmatch(collection):
        raise BadCollectionName(name=collection)


def note_what_needs_no_reading(changes: Changes, collection: str, index: Index, report: Report, *, prune: bool) -> None:
    for source in changes.same:
        report.taken(source, "unchanged")
    for file, before in changes.touched:
        source = file.as_source(pages=before.pages, passages=before.passages)
        index.touch(collection, source)
        report.taken(source, "unchanged")
    for file, before in changes.moved:
        source = file.as_source(pages=before.pages, passages=before.passages)
        index.move(collection, before.path, source)
        report.taken(source, "moved")
    for source in changes.gone:
        if prune or source.failure:
            index.remove(collection, source.path)
        if not source.failure:
            report.gone(source, pruned=prune)
    for file, failure in changes.skipped:
        report.refused(file.name, "skipped", failure)
    for file, failure in changes.failed:
        index.record_failure(collection, file.as_source(failure=failure))
        report.refused(file.name, "failed", failure)


def read_ahead(changes: Changes, collection: str) -> Iterator[ReadFile]:
    """Files as they are read, some ahead of the embedder: extraction and embedding go on at once."""
    ready: Queue[ReadFile | None] = Queue(_AHEAD)

    def read_all() -> None:
        with IsolatedReader() as reader:
            for file, verdict in changes.to_read:
                ready.put(read(file, verdict, collection, reader))
        ready.put(None)

    Thread(target=read_all, name="reader", daemon=True).start()
    while (one := ready.get()) is not None:
        yield one


def read(file: Found, verdict: Verdict, collection: str, reader: IsolatedReader) -> ReadFile:
    try:
        extracted = reader.read(file.path)
        return ReadFile(file, verdict, new_document(file, collection, extracted), warnings=extracted.warnings)
    except IngestFailure as failure:
        return ReadFile(file, verdict, None, failure)
    except OSError as error:
        return ReadFile(file, verdict, None, Unreadable(detail=error.strerror or error))


def new_document(file: Found, collection: str, extracted: ExtractedDocument) -> NewDocument:
    return NewDocument(
        collection=collection,
        path=file.name,
        root=file.root,
        sha256=file.sha256,
        size=file.size,
        mtime_ns=file.mtime_ns,
        title=extracted.title or Path(file.name).stem,
        media_type=extracted.media_type,
        pages=tuple(Page(page.number, page.label, page.text) for page in extracted.pages),
        passages=split(extracted),
        metadata=extracted.metadata,
        original=file.path if extracted.drawable else None,
    )


def batches(files: Iterator[ReadFile]) -> Iterator[list[ReadFile]]:
    """Files whose passages fill the embedder well: many small documents, or one large one."""
    batch: list[ReadFile] = []
    passages = 0
    for file in files:
        batch.append(file)
        passages += len(file.document.passages) if file.document else 0
        if passages >= _BATCH_PASSAGES:
            yield batch
            batch, passages = [], 0
    if batch:
        yield batch


def store(
    batch: Sequence[ReadFile], collection: str, index: Index, embedder: Embedder, progress: Progress, report: Report
) -> None:
    """Embed what is new in the batch, then each document in a transaction of its own."""
    passages = [passage for file in batch if file.document for passage in file.document.passages]
    embeddings = embed_passages(passages, index, embedder, progress.embedded)
    for read_file in batch:
        progress.read(read_file.file.name, read_file.file.size)
        document, failure = read_file.document, read_file.failure
        if document is not None:
            wanted = {one.digest for one in document.passages} & embeddings.keys()
            try:
                index.replace(document, {digest: embeddings[digest] for digest in wanted})
            except (BadOriginal, FileNotFoundError, PermissionError) as error:
                failure = Unreadable(detail=error)
            else:
                source = read_file.file.as_source(pages=len(document.pages), passages=len(document.passages))
                report.taken(source, read_file.verdict, read_file.warnings)
        if failure is not None:
            index.record_failure(collection, read_file.file.as_source(failure=failure))
            report.refused(read_file.file.name, "failed", failure)
