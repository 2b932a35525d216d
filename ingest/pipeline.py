"""The recipe of an ingestion run."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from index.store import Index
from ingest.embedding import embed_what_is_missing
from ingest.errors import BadCollectionName, IngestFailure, Unreadable
from ingest.expand import Expander, spool
from ingest.isolate import IsolatedReader
from ingest.progress import Progress
from ingest.reading import read_in_parallel
from ingest.recognise import RecognisedPages, recognise_pictures
from ingest.report import Report
from ingest.scan import Again, Changes, Scan, Verdict
from ingest.storing import ReadFile, Storing
from ingest.walk import Found, walk
from models.protocols import Embedder

_BATCH_CHARACTERS = 350_000  # some 500 passages
_NAME = re.compile(r"[^\W_][\w .'-]{0,79}")


@dataclass(frozen=True, slots=True)
class Options:
    """How a run goes.  `again` reads what failed, or everything, although it has not changed."""

    prune: bool = False
    again: Again = "nothing"
    workers: int = field(default_factory=lambda: len(os.sched_getaffinity(0)))
    memory_bytes: int = 2 << 30  # of each reading process
    most_members: int = 100_000  # of one archive, those within it included


def ingest(
    paths: Sequence[Path],
    collection: str,
    *,
    index: Index,
    embedder: Embedder,
    progress: Progress,
    options: Options | None = None,
) -> Report:
    """Bring a collection up to date with folders.  One bad file never stops a run; a killed run is simply run again.

    Raises NoSuchFolder, EmptyFolder, BadCollectionName before anything is touched; Busy, DiskFull from the index.
    """
    started = time.monotonic()
    options = options or Options()
    check_name(collection)
    found = [one for path in paths for one in walk(path)]
    roots = {str(path.absolute()) for path in paths if path.is_dir()}
    report = Report(collection)
    with index.writer(), spool(index.data_dir) as aside:
        readers = [IsolatedReader(aside, memory_bytes=options.memory_bytes) for _ in range(max(1, options.workers))]
        expander = Expander(aside, readers[0], most_members=options.most_members)
        changes = Scan(index.sources(collection), expander, again=options.again).run(found, roots)
        kept = RecognisedPages(index.data_dir / "recognised")
        storing = Storing(collection, changes, kept, index, embedder, progress, report)
        embed_what_is_missing(index, embedder, progress.embedded)
        storing.note_what_needs_no_reading(prune=options.prune)
        progress.begin(len(changes.to_read), sum(file.size for file, _ in changes.to_read))
        try:
            for batch in batches(read_ahead(changes, readers, kept, progress)):
                storing.store(batch)
            storing.note_containers()
        finally:
            progress.finish()
            index.publish()
        kept.clear()
    report.elapsed_s = time.monotonic() - started
    return report


def check_name(collection: str) -> None:
    if not _NAME.fullmatch(collection):
        raise BadCollectionName(name=collection)


def read_ahead(
    changes: Changes, readers: list[IsolatedReader], kept: RecognisedPages, progress: Progress
) -> Iterator[ReadFile]:
    """Files as they are read, some ahead of the embedder: extraction and embedding go on at once."""

    def work(reader: IsolatedReader, item: tuple[Found, Verdict]) -> ReadFile:
        return read(*item, reader, kept, progress)

    return read_in_parallel(changes.to_read, work, readers)


def read(file: Found, verdict: Verdict, reader: IsolatedReader, kept: RecognisedPages, progress: Progress) -> ReadFile:
    try:
        extracted = recognise_pictures(
            reader.read(file.path), file.path, file.sha256, reader, kept, progress.recognised
        )
        return ReadFile(file, verdict, extracted)
    except IngestFailure as failure:
        return ReadFile(file, verdict, None, failure)
    except OSError as error:
        return ReadFile(file, verdict, None, Unreadable(detail=error.strerror or error))


def batches(files: Iterator[ReadFile]) -> Iterator[list[ReadFile]]:
    """Files whose passages fill the embedder well: many small documents, or one large one."""
    batch: list[ReadFile] = []
    characters = 0
    for file in files:
        batch.append(file)
        characters += file.characters
        if characters >= _BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch
