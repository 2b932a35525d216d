"""Ingestion each time a folder changes: one run at a time, once the folders have been quiet for a moment."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.console import print_json, say
from app.ingestion import ingest_paths, print_report, progress_lines
from app.messages import describe, text
from app.watched_folders import WatchedFolders

if TYPE_CHECKING:
    from app.bootstrap import House
    from ingest.pipeline import Options

_QUIET = 2.0  # seconds without a change before a run: files are copied in pieces
_LONGEST = 30.0  # seconds that a change waits at most: a file may be written all the time
_LOOK = 1.0  # seconds between two looks at whether the folders are still the ones under watch
_BUSY_PAUSE = 5.0  # seconds before another try at a lock that somebody holds

Run = Callable[[Sequence[Path]], dict[str, Any]]  # ingests folders and returns the report


class Changed:
    """Whether something changed since the last run, and when.  Told by the watching thread."""

    def __init__(self, *, quiet: float = _QUIET, longest: float = _LONGEST) -> None:
        self._quiet, self._longest = quiet, longest
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._first = self._last = 0.0

    def tell(self) -> None:
        with self._lock:
            self._last = time.monotonic()
            if not self._event.is_set():
                self._first = self._last
                self._event.set()

    def wait(self, seconds: float) -> bool:
        """Whether it is time for a run: nothing more has changed for a moment, or the first change waits too long.

        Returns within `seconds`, or within the moment of quiet.  What changes from then on is for the next run.
        """
        if not self._event.wait(seconds):
            return False
        while (left := min(self._last + self._quiet, self._first + self._longest) - time.monotonic()) > 0:
            time.sleep(min(left, self._quiet))
        with self._lock:
            self._event.clear()
        return True


@dataclass(slots=True)
class Watcher:
    """One run after another, each when something has changed.  What stops a run is told; the next change starts one."""

    folders: WatchedFolders
    changed: Changed
    run: Run
    language: str
    as_json: bool = False
    busy_pause: float = _BUSY_PAUSE
    _waiting: bool = field(default=False, init=False)  # for another process: told once

    def step(self) -> None:
        """Look at the folders, and run if it is time."""
        gone, back = self.folders.refresh()
        for path in gone:
            say(text(self.language, "cli.watch_gone", path=path))
        for path in back:
            say(text(self.language, "cli.watch_back", path=path))
            self.changed.tell()
        if self.changed.wait(_LOOK) and (present := self.folders.present()):
            self._run(present)

    def _run(self, present: Sequence[Path]) -> None:
        from app.errors import AppFailure
        from index.errors import Busy, IndexFailure
        from ingest.errors import IngestFailure
        from models.errors import ModelFailure

        try:
            report = self.run(present)
        except Busy:
            if not self._waiting:
                say(text(self.language, "cli.watch_busy"))
            self._waiting = True
            time.sleep(self.busy_pause)
            self.changed.tell()
            return
        except (AppFailure, IndexFailure, IngestFailure, ModelFailure) as failure:
            self._tell(failure)
        else:
            print_report(report, self.language, as_json=self.as_json, in_one_line=True)
        self._waiting = False

    def _tell(self, failure: Any) -> None:
        reason, remedy = describe(self.language, failure.code, failure.parameters)
        say(f"{reason} {remedy}".strip())
        if self.as_json:
            print_json({"error": failure.code, "reason": reason, "remedy": remedy}, in_one_line=True)


@contextmanager
def _interruption() -> Iterator[threading.Event]:
    """Set once the watch was told to end: an interruption that a library swallows is not lost."""
    told = threading.Event()

    def interrupt(*_: object) -> None:
        told.set()
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield told
        return
    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield told
    finally:
        signal.signal(signal.SIGINT, before)


def watch_folders(
    house: House, paths: Sequence[Path], collection: str, options: Options, *, as_json: bool = False
) -> None:
    """Run at once, then after each change, until interrupted.  Raises CannotWatch.

    An embedder that was put in use between two runs makes the next embeddings: the one before would be published
    again, and searching refused.
    """
    language = house.settings.language

    def run(present: Sequence[Path]) -> dict[str, Any]:
        nonlocal house
        house = house.renewed(prepared=True)
        return ingest_paths(house, present, collection, options=options, progress=progress_lines(language))

    changed = Changed()
    folders = WatchedFolders(paths, changed.tell, apart=house.index.data_dir)
    folders.start()
    try:
        changed.tell()
        watcher = Watcher(folders, changed, run, language, as_json)
        with _interruption() as interrupted:
            while not interrupted.is_set():
                watcher.step()
        raise KeyboardInterrupt
    finally:
        folders.stop()
