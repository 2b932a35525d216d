"""Acronyms and what they stand for, read both ways: a question with one of them searches for the other as well."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from index.errors import BadLexicon
from index.keywords import analyse

_SHIPPED = Path(__file__).with_name("lexicon.toml")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """`expansions` by acronym, in capitals."""

    expansions: Mapping[str, tuple[str, ...]]

    def expand(self, text: str) -> list[str]:
        """What else to search for: of each acronym its expansions, of each expansion its acronym."""
        words = {word.upper() for word in _WORD.findall(text)}
        terms = analyse(text)
        found: list[str] = []
        for acronym, expansions in self.expansions.items():
            if acronym in words:
                found += expansions
            elif any(_within(analyse(one), terms) for one in expansions):
                found.append(acronym)
        return found


def read_lexicon(path: Path) -> Lexicon:
    """The shipped acronyms with those of a file, where there is one.  Raises BadLexicon."""
    try:
        state = path.stat()
    except FileNotFoundError:
        return _read(path, 0, 0)
    except OSError as error:
        raise BadLexicon(path=path, detail=error) from error
    return _read(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=8)
def _read(path: Path, modified: int, size: int) -> Lexicon:
    own = _acronyms(path) if modified or size else {}
    return Lexicon({**_acronyms(_SHIPPED), **own})


def _acronyms(path: Path) -> dict[str, tuple[str, ...]]:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise BadLexicon(path=path, detail=error) from error
    table = document.get("acronyms") if document else {}  # nothing but comments: nothing to add
    if not isinstance(table, dict):
        raise BadLexicon(path=path, detail="[acronyms]")
    return {acronym.upper(): _expansions(path, acronym, value) for acronym, value in table.items()}


def _expansions(path: Path, acronym: str, value: object) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else [value]
    if not listed or not all(isinstance(one, str) and one.strip() for one in listed):
        raise BadLexicon(path=path, detail=f"{acronym} = {value!r}")
    return tuple(listed)


def _within(wanted: list[str], terms: list[str]) -> bool:
    """Whether the terms hold the wanted ones side by side; a single one would say too little."""
    count = len(wanted)
    return count > 1 and any(terms[at : at + count] == wanted for at in range(len(terms) - count + 1))
