"""The files of a folder, each with what the file system has against it."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from index.records import Source, SourceFacts
from ingest.containers import CONTAINERS, DOCUMENTS_TOO
from ingest.errors import (
    EmptyFolder,
    IngestFailure,
    LinkedFolder,
    NoSuchFolder,
    NotRegular,
    Unreadable,
    UnreadableFolder,
    Unsupported,
)
from ingest.readers import SUFFIXES
from ingest.statements import NAME as STATEMENTS_NAME
from ingest.statements import NOTHING, Stated, Statements

_TEMPORARY = ("~$", ".~lock", ".")


@dataclass(frozen=True, slots=True)
class Found:
    """A file.  `name` is its path in the collection: POSIX, readable whatever its bytes."""

    path: Path
    name: str
    root: str
    size: int = 0
    mtime_ns: int = 0
    sha256: str = ""
    container: str = ""
    stated: Stated = NOTHING

    @property
    def is_container(self) -> bool:
        return self.path.suffix.lower() in CONTAINERS

    @property
    def is_document(self) -> bool:
        suffix = self.path.suffix.lower()
        return suffix not in CONTAINERS or suffix in DOCUMENTS_TOO

    def hashed(self) -> Found:
        """Raises OSError."""
        with self.path.open("rb") as file:
            return replace(self, sha256=hashlib.file_digest(file, "sha256").hexdigest())

    def has_changed(self) -> bool:
        """Whether it was written to since it was found.  Raises OSError."""
        if self.container:  # unpacked by us, below the spool
            return False
        state = self.path.stat()
        return (state.st_size, state.st_mtime_ns) != (self.size, self.mtime_ns)

    def found_again(self) -> Found:
        """As it is now.  Raises OSError."""
        state = self.path.stat()
        return replace(self, size=state.st_size, mtime_ns=state.st_mtime_ns).hashed()

    def discard(self) -> None:
        """Remove what was unpacked and is not needed any more; a file of the ingested folder stays."""
        if self.container:
            self.path.unlink(missing_ok=True)

    def as_source(
        self, facts: SourceFacts, *, pages: int = 0, passages: int = 0, failure: IngestFailure | None = None
    ) -> Source:
        code, parameters = (failure.code, failure.parameters) if failure else ("", {})
        facts = replace(facts, container=self.container, stated=self.stated.digest)
        return Source(
            self.name, self.root, self.sha256, self.size, self.mtime_ns, pages, passages, code, parameters, facts
        )


def resolved(path: Path) -> Path:
    """One spelling of each folder, whatever links or `..` lead to it.  A file keeps its own name: it may be a link."""
    try:
        is_folder = path.is_dir()
    except OSError:  # told by whoever opens it
        is_folder = True
    return Path(os.path.realpath(path)) if is_folder else Path(os.path.realpath(path.parent), path.name)


def check_place(path: Path) -> None:
    """Raises NoSuchFolder, UnreadableFolder; nothing is opened but the folder itself."""
    try:
        if not stat.S_ISDIR((state := path.stat()).st_mode):
            if not stat.S_ISREG(state.st_mode):
                raise NoSuchFolder(path=readable(path))
            return
        with os.scandir(path) as entries:
            next(entries, None)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NoSuchFolder(path=readable(path)) from error
    except OSError as error:
        raise UnreadableFolder.of(error, path=readable(path)) from error


def walk(path: Path, data_dir: Path | None = None) -> Iterator[tuple[Found, IngestFailure | None]]:
    """Files below a folder in sorted order; `data_dir`, where it lies below it, is left out.

    `path` is resolved.  Raises NoSuchFolder, UnreadableFolder, EmptyFolder.
    """
    check_place(path)
    if path.is_file():
        statements = Statements(path.parent)
        yield _found(path, path.parent, statements)
        for name, failure in statements.failures.items():
            yield Found(path.parent / name, name, str(path.parent)), failure
        return
    statements = Statements(path)
    empty = True
    for one in _files(path, statements, resolved(data_dir) if data_dir else None):
        empty = False
        yield one
    if empty:
        raise EmptyFolder(path=readable(path))
    for name, problem in statements.problems():
        yield Found(path / name, name, str(path)), problem


def _files(root: Path, statements: Statements, data_dir: Path | None) -> Iterator[tuple[Found, IngestFailure | None]]:
    """Folder by folder, the files of each before its folders.  Raises UnreadableFolder for the root."""
    folders = [root]
    while folders:
        folder = folders.pop()
        try:
            with os.scandir(folder) as listed:
                entries = sorted(listed, key=lambda one: one.name)
        except OSError as error:
            if folder == root:
                raise UnreadableFolder.of(error, path=readable(root)) from error
            yield Found(folder, _name(folder, root), str(root)), Unreadable.of(error)
            continue
        below = []
        for entry in entries:
            path = Path(entry.path)
            if entry.name.startswith(_TEMPORARY) or entry.name == STATEMENTS_NAME:
                continue
            if entry.is_dir(follow_symlinks=False):
                below += [path] if path != data_dir else []
            else:
                yield _found(path, root, statements)
        folders += reversed(below)


def _found(path: Path, root: Path, statements: Statements) -> tuple[Found, IngestFailure | None]:
    name = _name(path, root)
    found = Found(path, name, str(root), stated=statements.about(name))
    try:
        state = path.stat()
        if stat.S_ISDIR(state.st_mode):
            return found, LinkedFolder()
        if not stat.S_ISREG(state.st_mode):
            return found, NotRegular()
        if is_readable(path) and not Path(os.path.realpath(path)).is_relative_to(root):
            return found, Unreadable(detail="lien hors du dossier / link out of the folder")
    except OSError as error:
        return found, Unreadable.of(error) if is_readable(path) else _unsupported(path)
    if not is_readable(path):
        return found, _unsupported(path)
    return replace(found, size=state.st_size, mtime_ns=state.st_mtime_ns), None


def is_readable(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES | CONTAINERS


def _unsupported(path: Path) -> Unsupported:
    return Unsupported(suffix=path.suffix or path.name)


def _name(path: Path, root: Path) -> str:
    return readable(path.relative_to(root))


def readable(path: Path) -> str:
    """Bytes that are no UTF-8 are written as \\xNN."""
    return os.fsencode(path.as_posix()).decode("utf-8", "backslashreplace")
