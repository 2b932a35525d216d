"""sha256 of model files, which are gigabytes: read once, and again only when the file's size or time changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

Told = Callable[[float], None]  # takes the share that is done, 0 to 1

BLOCK_BYTES = 4 << 20
_MOST_REMEMBERED = 64
_remembered: dict[tuple[str, int, int], str] = {}


def sha256_of(path: Path, told: Told | None = None) -> str:
    """Raises OSError."""
    state = path.stat()
    key = (str(path), state.st_size, state.st_mtime_ns)
    known = _remembered.get(key)
    if known is None:
        known = _read(path, state.st_size, told)
        if len(_remembered) >= _MOST_REMEMBERED:
            _remembered.clear()
        _remembered[key] = known
    return known


def _read(path: Path, size: int, told: Told | None) -> str:
    digest = hashlib.sha256()
    done = 0
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            digest.update(block)
            done += len(block)
            if told is not None:
                told(min(1.0, done / size))
    return digest.hexdigest()
