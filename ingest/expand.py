"""Containers unpacked into the spool: a folder of the data directory that each run begins and ends by emptying."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ingest.containers import DEEPEST
from ingest.documents import Member
from ingest.errors import IngestFailure, TooDeep, TooManyMembers
from ingest.isolate import IsolatedReader
from ingest.walk import Found


class Expander:
    """Unpacks containers, each into a folder of its own below the spool.

    One file of the ingested folder holds at most `most_members`, those of the containers within it included.
    """

    def __init__(self, spool: Path, reader: IsolatedReader, *, most_members: int) -> None:
        self._spool = spool
        self._reader = reader
        self._most_members = most_members
        self._count = 0
        self._members = 0

    def expand(self, container: Found, depth: int) -> list[Member]:
        """Raises TooDeep, TooManyMembers, or IngestFailure when nothing can be unpacked; nothing is left then."""
        if depth == 0:
            self._members = 0
        if depth >= DEEPEST:
            raise TooDeep(most=DEEPEST)
        if self._members > self._most_members:
            raise TooManyMembers(most=self._most_members)
        self._count += 1
        into = self._spool / f"held-{self._count:06}"
        try:
            members = self._reader.expand(container.path, into)
        except IngestFailure:
            shutil.rmtree(into, ignore_errors=True)
            raise
        self._members += len(members)
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
