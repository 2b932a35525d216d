"""Folders under watch: what changes below them is told, also after one was removed and created again."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from watchdog.events import FileSystemEvent, FileSystemEventHandler

from app.errors import CannotWatch

_CHANGES = frozenset({"created", "modified", "moved", "deleted", "closed"})

_STOP_SECONDS = 5.0

Identity = tuple[int, int]  # device and inode: another folder of the same name has others


@dataclass(slots=True)
class _Folder:
    path: Path
    watch: Any = None  # of the observer; None while the folder is not there
    identity: Identity | None = None
    removed: bool = False  # told by the observer: an inode may be given to the next folder of the same name


class WatchedFolders:
    """Calls `changed` from a thread of its own for each change below the folders, but for those below `apart`.

    `apart` is where the runs themselves write.
    """

    def __init__(self, paths: Sequence[Path], changed: Callable[[], None], *, apart: Path) -> None:
        from watchdog.observers import Observer

        self._folders = [_Folder(path) for path in paths]
        self._changed = changed
        self._apart = Path(os.path.realpath(apart))
        self._observer: Any = Observer()

    def start(self) -> None:
        """Raises CannotWatch."""
        self._observer.start()
        try:
            for folder in self._folders:
                self._schedule(folder)
        except OSError as error:
            self.stop()
            raise CannotWatch(path=folder.path, detail=error.strerror or error) from error

    def stop(self) -> None:
        """The observer's threads end by themselves: whoever interrupts the watch does not wait for them."""
        self._observer.stop()
        self._observer.join(_STOP_SECONDS)

    def refresh(self) -> tuple[list[Path], list[Path]]:
        """Watch again what was removed and is back.  Returns the folders that went and those that came back."""
        gone, back = [], []
        for folder in self._folders:
            if folder.watch is not None and (folder.removed or _identity(folder.path) != folder.identity):
                self._observer.unschedule(folder.watch)
                folder.watch = None
                gone.append(folder.path)
            if folder.watch is None and self._scheduled(folder):
                back.append(folder.path)
        return gone, back

    def present(self) -> list[Path]:
        """The folders under watch: the others were not there at the last look."""
        return [folder.path for folder in self._folders if folder.watch is not None]

    def _scheduled(self, folder: _Folder) -> bool:
        try:
            self._schedule(folder)
        except OSError:
            return False
        return True

    def _schedule(self, folder: _Folder) -> None:
        """Raises OSError."""
        # A link is not followed by the observer: the folder itself is what it is given.
        root = os.path.realpath(folder.path, strict=True)

        def tell(event: FileSystemEvent) -> None:
            if event.event_type == "deleted" and os.fsdecode(event.src_path) == root:
                folder.removed = True
            if event.event_type in _CHANGES and self._counts(event):
                self._changed()

        folder.removed, folder.identity = False, _identity(folder.path)
        folder.watch = self._observer.schedule(_Handler(tell), root, recursive=True)

    def _counts(self, event: FileSystemEvent) -> bool:
        places = [Path(os.fsdecode(one)) for one in (event.src_path, event.dest_path) if one]
        return not all(place.is_relative_to(self._apart) for place in places)


class _Handler(FileSystemEventHandler):
    def __init__(self, tell: Callable[[FileSystemEvent], None]) -> None:
        self._tell = tell

    def on_any_event(self, event: FileSystemEvent) -> None:
        self._tell(event)


def _identity(path: Path) -> Identity | None:
    try:
        state = path.stat()
    except OSError:
        return None
    return state.st_dev, state.st_ino
