"""Containers unpacked into the spool: a folder of the data directory that each run begins and ends by emptying."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ingest.documents import Member
from ingest.errors import IngestFailure
from ingest.isolate import IsolatedReader
from ingest.walk import Found


class Expander:
    """Unpacks containers, each into a folder of its own below the spool."""

    def __init__(self, spool: Path, reader: IsolatedReader) -> None:
        self._spool = spool
        self._reader = reader
        self._count = 0

    def expand(self, container: Found) -> list[Member]:
        """Raises IngestFailure when nothing can be unpacked; nothing is left behind then."""
        self._count += 1
        into = self._spool / f"held-{self._count:06}"
        try:
            return self._reader.expand(container.path, into)
        except IngestFailure:
            shutil.rmtree(into, ignore_errors=True)
            raise


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
