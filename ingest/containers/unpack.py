"""Unpacking within limits, under names of our own: nothing that an archive says becomes a path of this machine."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import IO

from ingest.documents import Member
from ingest.errors import IngestFailure, TooLarge

MOST_MEMBERS = 20_000
MOST_BYTES = 2 << 30  # of all that one file holds
_BLOCK = 1 << 20
_SUFFIX = re.compile(r"\.\w{1,8}")
_allowed: ContextVar[int] = ContextVar("allowed", default=MOST_BYTES)


@contextmanager
def at_most(size: int) -> Iterator[None]:
    """What is unpacked within may have `size` bytes: what is left to the file that holds it all."""
    before = _allowed.set(size)
    try:
        yield
    finally:
        _allowed.reset(before)


class Unpacking:
    """The members of one container, as they are written."""

    def __init__(self, into: Path) -> None:
        self._into = into
        self._written = 0
        self._most_bytes = _allowed.get()
        self._names: set[str] = set()
        self.members: list[Member] = []

    def file(self, name: str, content: IO[bytes] | bytes, metadata: Mapping[str, str] | None = None) -> None:
        """Raises TooLarge once all members together exceed the limit."""
        target = self._into / f"{len(self.members):06}{_suffix(name)}"
        with target.open("xb") as file:
            for block in [content] if isinstance(content, bytes) else iter(lambda: content.read(_BLOCK), b""):
                self._written += len(block)
                if self._written > self._most_bytes:
                    raise TooLarge(unpacked_mb=self._written >> 20, packed_mb="?")
                file.write(block)
        self._add(Member(self._once(name), str(target), metadata=dict(metadata or {})))

    def refused(self, name: str, failure: IngestFailure) -> None:
        self._add(Member(self._once(name), failure=failure.code, parameters=failure.parameters))

    def _add(self, member: Member) -> None:
        self.members.append(member)
        if len(self.members) > MOST_MEMBERS:
            raise TooLarge(unpacked_mb=self._written >> 20, packed_mb="?")

    def _once(self, name: str) -> str:
        """Two members of one name are told apart."""
        clean = member_name(name)
        stem, dot, suffix = clean.rpartition(".")
        number, one = 1, clean
        while one in self._names:
            number += 1
            one = f"{stem} ({number}).{suffix}" if dot and "/" not in suffix else f"{clean} ({number})"
        self._names.add(one)
        return one


def entry_name(entry: zipfile.ZipInfo) -> str:
    """A name without the UTF-8 flag was read as cp437: it is UTF-8 all the same, or of French DOS's code page."""
    if entry.flag_bits & 0x800:
        return entry.filename
    raw = entry.filename.encode("cp437", "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp850")


def member_name(name: str) -> str:
    """A relative POSIX path, whatever the container says: no root, no drive, no way up, no control character."""
    parts = re.sub(r"[\x00-\x1f\x7f]", "", name.replace("\\", "/")).split("/")
    kept = [part for part in _without_drive(parts) if part.strip() not in {"", ".", ".."}]
    return "/".join(part[:150].encode("utf-8", "replace").decode() for part in kept) or "?"


def _without_drive(parts: list[str]) -> Iterable[str]:
    return parts[1:] if re.fullmatch(r"[A-Za-z]:", parts[0]) else parts


def _suffix(name: str) -> str:
    suffix = Path(member_name(name)).suffix.lower()
    return suffix if _SUFFIX.fullmatch(suffix) else ""
