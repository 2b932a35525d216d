"""Ingestion each time a folder changes: one run at a time, once the folder has been quiet for a moment."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from app.console import say
from app.ingestion import ingest_paths, print_report
from app.messages import describe, text

if TYPE_CHECKING:
    from app.bootstrap import House
    from ingest.pipeline import Options

QUIET = 2.0  # seconds without a change before a run: files are copied in pieces
_BUSY_PAUSE = 5.0  # seconds before another look at a lock that somebody holds
_CHANGES = frozenset({"created", "modified", "moved", "deleted", "closed"})


class Changed:
    """Whether something changed since the last run, and when last.  Told by the watching thread."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._at = 0.0

    def tell(self) -> None:
        self._at = time.monotonic()
        self._event.set()

    def wait(self) -> None:
        """Until something has changed and nothing more has for a moment."""
        self._event.wait()
        while (left := self._at + QUIET - time.monotonic()) > 0:
            time.sleep(left)
        self._event.clear()


def watch_folders(house: House, paths: Sequence[Path], collection: str, options: Options) -> None:
    """Run at once, then after each change, until interrupted.  Raises NoSuchFolder, BadCollectionName."""
    from watchdog.events import FileSystemEvent, FileSystemEventHandler
    from watchdog.observers import Observer

    from ingest.errors import NoSuchFolder
    from ingest.pipeline import check_name

    check_name(collection)
    for path in paths:
        if not path.is_dir():
            raise NoSuchFolder(path=path)
    changed = Changed()

    class Handler(FileSystemEventHandler):
        def on_any_event(self, event: FileSystemEvent) -> None:
            if event.event_type in _CHANGES:
                changed.tell()

    observer = Observer()
    for path in paths:
        observer.schedule(Handler(), str(path), recursive=True)
    observer.start()
    try:
        changed.tell()
        while True:
            changed.wait()
            _run(house, paths, collection, options, changed)
    finally:
        observer.stop()
        observer.join()


def _run(house: House, paths: Sequence[Path], collection: str, options: Options, changed: Changed) -> None:
    """One run; what stops it is said, and the next change starts another one."""
    from index.errors import Busy, IndexFailure
    from ingest.errors import IngestFailure
    from ingest.progress import SilentProgress

    language = house.settings.language
    try:
        report = ingest_paths(house, paths, collection, options=options, progress=SilentProgress())
    except Busy:
        say(text(language, "cli.watch_busy"))
        time.sleep(_BUSY_PAUSE)
        changed.tell()
    except (IndexFailure, IngestFailure) as failure:
        say(" ".join(describe(language, failure.code, failure.parameters)))
    else:
        print_report(report, language, as_json=False)
