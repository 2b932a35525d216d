"""The recipe of an ingestion run."""

from __future__ import annotations

import os
import re
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from index.store import Index
from ingest.containers.unpack import MOST_BYTES
from ingest.embedding import embed_what_is_missing
from ingest.errors import BadCollectionName
from ingest.expand import Expander, spool
from ingest.held import Held
from ingest.isolate import IsolatedReader
from ingest.progress import Progress
from ingest.read import Reading
from ingest.reading import read_in_parallel
from ingest.recognise import RecognisedPages
from ingest.report import Report
from ingest.scan import Changes, Scan
from ingest.settled import Again
from ingest.storing import ReadFile, Storing
from ingest.walk import check_place, resolved, walk
from models.protocols import Embedder

_BATCH_CHARACTERS = 50_000  # some 70 passages: the embedder begins early, and still sorts by length
_NAME = re.compile(r"[^\W_][\w .'-]{0,79}")


@dataclass(frozen=True, slots=True)
class Options:
    """How a run goes.  `again` reads what failed, or everything, although it has not changed.

    Bounds.  Memory: this process (some 1 GB with the embedder, and 40 MB of text that was read ahead), each of the
    `workers` reading processes (`memory_bytes`), and the one program that each may have started (`memory_bytes`
    again).  Disk: `most_bytes` for each archive or message that is new or changed, below `spool` until it is stored;
    one file that a reading process writes may have 4 GiB.
    """

    prune: bool = False
    again: Again = "nothing"
    workers: int = field(default_factory=lambda: len(os.sched_getaffinity(0)))
    memory_bytes: int = 2 << 30  # of address space
    most_members: int = 100_000  # of one archive, those within it included
    most_bytes: int = MOST_BYTES  # that one archive unpacks to, those within it included


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

    Raises NoSuchFolder, UnreadableFolder, EmptyFolder, BadCollectionName before anything is touched; Busy, DiskFull
    from the index; KeyboardInterrupt when this process is told to end (SIGTERM).
    """
    started = time.monotonic()
    options = options or Options()
    check_wanted(paths, collection)
    places = list(dict.fromkeys(resolved(path) for path in paths))
    found = [one for place in places for one in walk(place, index.data_dir)]
    roots = {str(place) for place in places if place.is_dir()}
    report = Report(collection)
    with index.writer(), interrupted_by_termination(), spool(index.data_dir) as aside, ExitStack() as stack:
        readers = [
            stack.enter_context(IsolatedReader(aside, memory_bytes=options.memory_bytes))
            for _ in range(max(1, options.workers))
        ]
        expander = Expander(aside, readers[0], most_members=options.most_members, most_bytes=options.most_bytes)
        held = Held(index, collection)
        changes = Scan(index.sources(collection), expander, again=options.again, title_of=held.title).run(found, roots)
        kept = RecognisedPages(index.data_dir / "recognised")
        storing = Storing(collection, changes, held, kept, index, embedder, progress, report)
        embed_what_is_missing(index, embedder, progress.embedded)
        storing.note_what_needs_no_reading(prune=options.prune)
        progress.begin(len(changes.to_read), sum(file.size for file, _ in changes.to_read))
        reading = Reading(storing.known, held, kept, progress, anew=options.again == "all")
        try:
            for batch in batches(read_ahead(changes, reading, readers)):
                storing.store(batch)
            storing.note_containers()
        finally:
            progress.finish()
            index.publish()
        kept.clear()
    report.elapsed_s = time.monotonic() - started
    return report


def check_wanted(paths: Sequence[Path], collection: str) -> None:
    """Cheaply, nothing touched: raises NoSuchFolder, UnreadableFolder, BadCollectionName."""
    check_name(collection)
    for path in paths:
        check_place(path)


def check_name(collection: str) -> None:
    if not _NAME.fullmatch(collection):
        raise BadCollectionName(name=collection)


@contextmanager
def interrupted_by_termination() -> Iterator[None]:
    """SIGTERM ends a run as Ctrl-C does: child processes ended, spool emptied, lock released.

    Only the main thread may set handlers; one that the program has set itself is left alone.
    """
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGTERM) != signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def read_ahead(changes: Changes, reading: Reading, readers: list[IsolatedReader]) -> Iterator[ReadFile]:
    """Files as they are read, some ahead of the embedder: extraction and embedding go on at once."""
    return read_in_parallel(changes.to_read, lambda reader, item: reading.read(reader, *item), readers)


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
