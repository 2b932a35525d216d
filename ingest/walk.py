"""The files of a folder, each with what the file system has against it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from index.records import Source, SourceFacts
from ingest.containers import CONTAINERS, DOCUMENTS_TOO
from ingest.errors import EmptyFolder, IngestFailure, NoSuchFolder, Unreadable, Unsupported
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

    def as_source(
        self, facts: SourceFacts, *, pages: int = 0, passages: int = 0, failure: IngestFailure | None = None
    ) -> Source:
        code, parameters = (failure.code, failure.parameters) if failure else ("", {})
        facts = replace(facts, container=self.container, stated=self.stated.digest)
        return Source(
            self.name, self.root, self.sha256, self.size, self.mtime_ns, pages, passages, code, parameters, facts
        )


def walk(path: Path) -> Iterator[tuple[Found, IngestFailure | None]]:
    """Files below a folder in sorted order.  Raises NoSuchFolder, EmptyFolder."""
    if path.is_file():
        yield _found(path, path.parent, Statements(path.parent))
        return
    if not path.is_dir():
        raise NoSuchFolder(path=_readable(path))
    statements = Statements(path)
    empty = True
    for one in _files(path, statements):
        empty = False
        yield one
    if empty:
        raise EmptyFolder(path=_readable(path))
    for name, failure in statements.failures.items():
        yield Found(path / name, name, str(path.absolute())), failure


def _files(root: Path, statements: Statements) -> Iterator[tuple[Found, IngestFailure | None]]:
    refused: list[OSError] = []
    for folder, folders, names in os.walk(root, onerror=refused.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith(_TEMPORARY) and name != STATEMENTS_NAME:
                yield _found(Path(folder) / name, root, statements)
    for error in refused:
        place = Path(os.fsdecode(error.filename))
        yield Found(place, _name(place, root), str(root.absolute())), Unreadable(detail=error.strerror or error)


def _found(path: Path, root: Path, statements: Statements) -> tuple[Found, IngestFailure | None]:
    name = _name(path, root)
    found = Found(path, name, str(root.absolute()), stated=statements.about(name))
    if not is_readable(path):
        return found, Unsupported(suffix=path.suffix or path.name)
    try:
        if not path.resolve().is_relative_to(root.resolve()):
            return found, Unreadable(detail="lien hors du dossier / link out of the folder")
        state = path.stat()
    except OSError as error:
        return found, Unreadable(detail=error.strerror or error)
    return replace(found, size=state.st_size, mtime_ns=state.st_mtime_ns), None


def is_readable(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES | CONTAINERS


def _name(path: Path, root: Path) -> str:
    return _readable(path.relative_to(root))


def _readable(path: Path) -> str:
    """Bytes that are no UTF-8 are written as \\xNN."""
    return os.fsencode(path.as_posix()).decode("utf-8", "backslashreplace")
