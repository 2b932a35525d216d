"""The interface's words, in French and English: TOML files in app/locales."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("fr", "en")
_LOCALES = Path(__file__).parent / "locales"


def text(language: str, key: str, **parameters: object) -> str:
    """The words under `table.key`, filled in.  Raises KeyError when there are none."""
    table, _, name = key.rpartition(".")
    words: str = _tables(language)[table][name]
    return words.format(**parameters)


def describe(language: str, code: str, parameters: Mapping[str, str]) -> tuple[str, str]:
    """Reason and remedy of an error's code."""
    return text(language, f"{code}.reason", **parameters), text(language, f"{code}.remedy", **parameters)


@cache
def _tables(language: str) -> dict[str, dict[str, Any]]:
    tables: dict[str, dict[str, Any]] = {}
    for path in sorted((_LOCALES / language).glob("*.toml")):
        tables |= tomllib.loads(path.read_text(encoding="utf-8"))
    return tables
