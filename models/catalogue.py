"""Known models by size of machine: what an operator may look for.  Nothing is fetched from anywhere."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.errors import BadManifest

_PACKAGED = Path(__file__).with_name("catalogue.toml")


@dataclass(frozen=True, slots=True)
class Known:
    """Empty or 0: not stated."""

    name: str
    role: str
    publisher: str
    licence: str
    languages: tuple[str, ...]
    country: str = ""
    parameters_b: float = 0  # thousand millions
    context_tokens: int = 0
    memory_gb: float = 0  # of 4-bit weights, about
    cores: int = 0  # of the smallest machine, and its memory
    machine_gb: int = 0
    sha256: str = ""
    note: str = ""


def catalogue(data_dir: Path) -> tuple[Known, ...]:
    """The packaged entries, those of `<data_dir>/models/catalogue.toml` in place of their namesakes and after them.

    Raises BadManifest.
    """
    entries = {one.name: one for one in _entries(_PACKAGED)}
    own = data_dir / "models" / "catalogue.toml"
    if own.exists():
        entries |= {one.name: one for one in _entries(own)}
    return tuple(entries.values())


def _entries(path: Path) -> list[Known]:
    try:
        rows: list[dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))["models"]
        return [Known(**{**row, "languages": tuple(row["languages"])}) for row in rows]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadManifest(path=path, detail=error) from error
