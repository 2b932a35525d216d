"""What changed in a folder since the last run: new, changed, moved, gone, the same."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from index.records import Source
from ingest.errors import EmptyFolder, IngestFailure, NoSuchFolder, Unreadable, Unsupported
from ingest.readers import SUFFIXES

Verdict = Literal["added", "changed", "moved", "unchanged", "failed", "skipped", "missing", "removed"]

_TEMPORARY = ("~$", ".~lock", ".")


@dataclass(frozen=True, slots=True)
class Found:
    """A file of the folder.  `name` is its path in the collection: POSIX, readable whatever its bytes."""

    path: Path
    name: str
    root: str
    size: int = 0
    mtime_ns: int = 0
    sha256: str = ""

    def as_source(self, *, pages: int = 0, passages: int = 0, failure: IngestFailure | None = None) -> Source:
        code, parameters = (failure.code, failure.parameters) if failure else ("", {})
        return Source(self.name, self.root, self.sha256, self.size, self.mtime_ns, pages, passages, code, parameters)


@dataclass(slots=True)
class Changes:
    """What a scan found.  `to_read` are new and changed files; the rest needs no reading."""

    to_read: list[tuple[Found, Verdict]] = field(default_factory=list)
    same: list[Source] = field(default_factory=list)
    touched: list[tuple[Found, Source]] = field(default_factory=list)
    moved: list[tuple[Found, Source]] = field(default_factory=list)
    gone: list[Source] = field(default_factory=list)
    failed: list[tuple[Found, IngestFailure]] = field(default_factory=list)
    skipped: list[tuple[Found, IngestFailure]] = field(default_factory=list)


def scan(paths: Sequence[Path], known: Mapping[str, Source]) -> Changes:
    """Compare folders (or single files) with the last known state.

    A file of the same size and time is the same, and is not opened.  Only documents that came from one of these
    folders can be gone.  Raises NoSuchFolder, EmptyFolder before anything is compared.
    """
    found = [one for path in paths for one in _walk(path)]
    changes = Changes()
    seen = {one.name for one, _ in found}
    roots = {str(path.absolute()) for path in paths if path.is_dir()}
    gone = {name: source for name, source in known.items() if source.root in roots and name not in seen}
    for one, failure in found:
        _compare(one, failure, known, gone, changes)
    changes.gone += gone.values()
    return changes


def _compare(
    one: Found, failure: IngestFailure | None, known: Mapping[str, Source], gone: dict[str, Source], changes: Changes
) -> None:
    before = known.get(one.name)
    if isinstance(failure, Unsupported):
        changes.skipped.append((one, failure))
        return
    if failure is not None:
        changes.failed.append((one, failure))
        return
    taken = before is not None and not before.failure
    if before and taken and (before.size, before.mtime_ns) == (one.size, one.mtime_ns):
        changes.same.append(before)
        return
    try:
        hashed = _hashed(one)
    except OSError as error:
        changes.failed.append((one, Unreadable(detail=error.strerror or error)))
        return
    if before and taken and before.sha256 == hashed.sha256:
        changes.touched.append((hashed, before))
        return
    origin = next((old for old in gone.values() if old.sha256 == hashed.sha256 and not old.failure), None)
    if before is None and origin is not None:
        del gone[origin.path]
        changes.moved.append((hashed, origin))
        return
    changes.to_read.append((hashed, "changed" if taken else "added"))


def _walk(path: Path) -> Iterator[tuple[Found, IngestFailure | None]]:
    """Files below a folder in sorted order, each with what the file system has against it."""
    if path.is_file():
        yield _found(path, path.parent)
        return
    if not path.is_dir():
        raise NoSuchFolder(path=_readable(path))
    empty = True
    for one in _files(path):
        empty = False
        yield one
    if empty:
        raise EmptyFolder(path=_readable(path))


def _files(root: Path) -> Iterator[tuple[Found, IngestFailure | None]]:
    refused: list[OSError] = []
    for folder, folders, names in os.walk(root, onerror=refused.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith(_TEMPORARY):
                yield _found(Path(folder) / name, root)
        while refused:
            error = refused.pop()
            place = Path(os.fsdecode(error.filename))
            yield Found(place, _name(place, root), str(root.absolute())), Unreadable(detail=error.strerror or error)


def _found(path: Path, root: Path) -> tuple[Found, IngestFailure | None]:
    name, origin = _name(path, root), str(root.absolute())
    if path.suffix.lower() not in SUFFIXES:
        return Found(path, name, origin), Unsupported(suffix=path.suffix or path.name)
    try:
        if not path.resolve().is_relative_to(root.resolve()):
            return Found(path, name, origin), Unreadable(detail="lien hors du dossier / link out of the folder")
        state = path.stat()
    except OSError as error:
        return Found(path, name, origin), Unreadable(detail=error.strerror or error)
    return Found(path, name, origin, state.st_size, state.st_mtime_ns), None


def _hashed(one: Found) -> Found:
    with one.path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Found(one.path, one.name, one.root, one.size, one.mtime_ns, digest)


def _name(path: Path, root: Path) -> str:
    return _readable(path.relative_to(root))


def _readable(path: Path) -> str:
    """Bytes that are no UTF-8 are written as \\xNN."""
    return os.fsencode(path.as_posix()).decode("utf-8", "backslashreplace")
