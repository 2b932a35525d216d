"""One writer at a time.  The lock dies with its process: a killed run leaves nothing to clean."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import Busy


@contextmanager
def write_lock(data_dir: Path) -> Iterator[None]:
    """Hold `write.lock`; raises Busy, naming the process that holds it."""
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / "write.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            raise Busy(pid=file.read().strip() or "?", path=data_dir) from error
        file.seek(0)
        file.truncate()
        file.write(str(os.getpid()))
        file.flush()
        yield
