"""Containers unpacked into the spool: a folder of the data directory that each run begins and ends by emptying."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ingest.containers import DEEPEST
from ingest.documents import Member
from ingest.errors import ChangedMeanwhile, IngestFailure, TooDeep, TooLarge, TooManyMembers, Unreadable
from ingest.isolate import IsolatedReader
from ingest.walk import Found


class Expander:
    """Unpacks containers, each into a folder of its own below the spool.

    One file of the ingested folder holds at most `most_members` files and `most_bytes` unpacked bytes, those of the
    containers within it included.
    """

    def __init__(self, spool: Path, reader: IsolatedReader, *, most_members: int, most_bytes: int) -> None:
        self._spool = spool
        self._reader = reader
        self._most_members = most_members
        self._most_bytes = most_bytes
        self._count = 0
        self._members = 0
        self._bytes = 0

    def expand(self, container: Found, depth: int) -> list[Member]:
        """Raises TooDeep, TooManyMembers, TooLarge, or what else keeps it from being unpacked; nothing is left then.

        A container that was itself unpacked is removed, unless it is to be read as a document too.
        """
        if depth == 0:
            self._members = self._bytes = 0
        if depth >= DEEPEST:
            raise TooDeep(most=DEEPEST)
        if self._members > self._most_members:
            raise TooManyMembers(most=self._most_members)
        if self._bytes >= self._most_bytes:
            raise TooLarge(unpacked_mb=self._bytes >> 20, packed_mb=container.size >> 20)
        self._count += 1
        into = self._spool / f"held-{self._count:06}"
        try:
            members = self._reader.expand(container.path, into, self._most_bytes - self._bytes)
            _check_unchanged(container)
        except IngestFailure:
            shutil.rmtree(into, ignore_errors=True)
            raise
        self._members += len(members)
        self._bytes += _size(members)
        if not container.is_document:
            container.discard()
        return members


@contextmanager
def spool(data_dir: Path) -> Iterator[Path]:
    """An empty folder for this run.  Only the holder of the write lock may use it."""
    folder = data_dir / "spool"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _check_unchanged(container: Found) -> None:
    """Raises ChangedMeanwhile, Unreadable: what was unpacked is not what was hashed."""
    try:
        if container.has_changed():
            raise ChangedMeanwhile
    except OSError as error:
        raise Unreadable.of(error) from error


def _size(members: Sequence[Member]) -> int:
    return sum(Path(one.file).stat().st_size for one in members if one.file)
