"""Whether a model fits: what it needs, and what the machine has left."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from models.context import MOST_TOKENS
from models.errors import ModelFailure
from models.gguf import Header, read_header

_CACHE_BYTES = 2  # of one number kept of a token: half precision
_SCORE_BYTES = 4  # of each word of the vocabulary, for each token of one pass
_FIXED_BYTES = 256 << 20  # the process itself, llama.cpp's own working space
PREFIX_BYTES = 256 << 20  # what a worker keeps of conversations that it is not in (see models.prefixes)


@dataclass(frozen=True, slots=True)
class Need:
    """Bytes."""

    weights: int
    cache: int
    margin: int

    @property
    def total(self) -> int:
        return self.weights + self.cache + self.margin


def needed(header: Header, context_tokens: int) -> Need:
    """An upper estimate: as if every block kept every token (sliding windows and recurrent blocks keep fewer)."""
    heads = sum(header.cache_heads) if len(header.cache_heads) > 1 else sum(header.cache_heads) * header.blocks
    numbers = heads * (header.key_length + header.value_length)
    cache = context_tokens * numbers * _CACHE_BYTES
    margin = _FIXED_BYTES + PREFIX_BYTES + MOST_TOKENS * header.vocabulary * _SCORE_BYTES
    return Need(header.size_bytes, cache, margin)


def sequences(path: Path, context_tokens: int, there: int | None, most: int) -> int:
    """How many texts a generator may write at once, from 1 to `most`: half of the memory that a single one leaves goes
    to the caches of others.  `there`: as `available` tells it.  1 for a file that cannot be read."""
    try:
        need = needed(read_header(path), context_tokens)
    except (ModelFailure, OSError):
        return 1
    if there is None:
        return most
    return max(1, min(most, 1 + (there - need.total) // 2 // max(1, need.cache)))


def available(meminfo: Path = Path("/proc/meminfo")) -> int | None:
    """Bytes that the system can give without swapping (MemAvailable of proc(5)); None where it does not say."""
    try:
        lines = meminfo.read_text(encoding="ascii").splitlines()
    except (OSError, ValueError):
        return None
    for line in lines:
        name, _, rest = line.partition(":")
        if name == "MemAvailable":
            return int(rest.split()[0]) * 1024
    return None
