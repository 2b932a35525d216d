"""What the archivist states about files: `collection.toml`, beside them or in a folder above.

    service = "Direction des affaires scolaires"      # for every file below this folder
    confidentiality = "interne"

    [files."arretes/2019-*.pdf"]                      # for those that fit, paths relative to this folder
    title = "Arrêtés de 2019"
    in_force_until = 2023-12-31

The nearest statement wins; what a file says of itself counts where nothing is stated.  While a collection.toml cannot
be read, what is already held below it keeps what was stated before.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any

from index.records import METADATA
from ingest.errors import BadStatements, IngestFailure, UnusedPattern

NAME = "collection.toml"
UNKNOWN = "?"  # in place of a digest: a file of it is read again once what is stated is known
_DATES = frozenset({"date", "in_force_from", "in_force_until"})


@dataclass(frozen=True, slots=True)
class Stated:
    """What is stated about one file, by the names of index.records.METADATA.

    `is_whole` is False where a collection.toml above the file cannot be read: more may be stated than is known.
    """

    metadata: Mapping[str, str] = field(default_factory=dict)
    is_whole: bool = True

    @property
    def digest(self) -> str:
        """Empty where nothing is stated; another one when anything stated changes, or is known again."""
        if not self.is_whole:
            return UNKNOWN
        if not self.metadata:
            return ""
        return hashlib.sha256(json.dumps(dict(self.metadata), sort_keys=True).encode()).hexdigest()[:16]

    def agrees_with(self, digest: str) -> bool:
        """Whether a file of that digest is stated the same about, as far as is known now."""
        return not self.is_whole or self.digest == digest

    def over(self, other: Mapping[str, str]) -> Stated:
        return replace(self, metadata={**other, **self.metadata})

    def inherited(self) -> Stated:
        """What holds for a container holds for its members, but its title and date."""
        kept = {name: value for name, value in self.metadata.items() if name not in {"title", "date", "author"}}
        return replace(self, metadata=kept)


NOTHING = Stated()


@dataclass(frozen=True, slots=True)
class _Folder:
    """One collection.toml: what it says of all, and of the files that fit a pattern, in its order."""

    every: Mapping[str, str]
    files: tuple[tuple[str, Mapping[str, str]], ...]

    def about(self, name: str, used: set[str]) -> dict[str, str]:
        """`used` gets the patterns that fit."""
        found = dict(self.every)
        for pattern, metadata in self.files:
            if fnmatchcase(name, pattern):
                found |= metadata
                used.add(pattern)
        return found


class Statements:
    """All that is stated below one ingested folder.  `failures` are files that could not be read, by their name."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folders: dict[PurePosixPath, _Folder | None] = {}
        self._used: dict[PurePosixPath, set[str]] = {}
        self.failures: dict[str, BadStatements] = {}

    def about(self, name: str) -> Stated:
        """`name` is a path below the root, POSIX."""
        path = PurePosixPath(name)
        found: dict[str, str] = {}
        is_whole = True
        for folder in reversed(path.parents):
            stated = self._folder(folder)
            if stated is not None:
                found |= stated.about(path.relative_to(folder).as_posix(), self._used.setdefault(folder, set()))
            is_whole = is_whole and _name(folder) not in self.failures
        return Stated(found, is_whole)

    def problems(self) -> Iterator[tuple[str, IngestFailure]]:
        """Once all files were asked about: what cannot be read, and patterns that fit none, by the name of the file."""
        yield from self.failures.items()
        for folder, stated in self._folders.items():
            for pattern, _ in stated.files if stated else ():
                if pattern not in self._used.get(folder, ()):
                    yield _name(folder), UnusedPattern(pattern=pattern)

    def _folder(self, folder: PurePosixPath) -> _Folder | None:
        if folder not in self._folders:
            self._folders[folder] = self._read(folder)
        return self._folders[folder]

    def _read(self, folder: PurePosixPath) -> _Folder | None:
        path = self._root / folder / NAME
        if not path.is_file():
            return None
        try:
            return _parsed(path)
        except (OSError, ValueError) as error:  # tomllib's and Unicode's errors are ValueErrors
            self.failures[_name(folder)] = BadStatements(detail=error)
            return None


def _name(folder: PurePosixPath) -> str:
    return (folder / NAME).as_posix()


def _parsed(path: Path) -> _Folder:
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    files = content.pop("files", {})
    if not isinstance(files, dict) or not all(isinstance(one, dict) for one in files.values()):
        raise ValueError('[files."…"]')
    every = dict(_checked(content))
    folder = _Folder(every, tuple((pattern, dict(_checked(one))) for pattern, one in files.items()))
    for stated in (every, *({**every, **one} for _, one in folder.files)):
        begins, ends = stated.get("in_force_from", ""), stated.get("in_force_until", "")
        if begins and ends and begins > ends:
            raise ValueError(f"in_force_from {begins} > in_force_until {ends}")
    return folder


def _checked(table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Raises ValueError that names what is unknown or not a date."""
    for name, value in table.items():
        if name not in METADATA:
            raise ValueError(f"{name} ? ({', '.join(METADATA)})")
        text = value.isoformat()[:10] if isinstance(value, (date, datetime)) else value
        if not isinstance(text, str):
            raise ValueError(f"{name} = {value!r}")  # noqa: TRY004  bad content, not a bad call
        yield name, date.fromisoformat(text).isoformat() if name in _DATES else text
