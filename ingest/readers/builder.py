"""The text of a page as it grows: blocks, headings with their offsets, table rows, list items."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime

from ingest.documents import ExtractedPage, Heading, Table

_DROPPED = dict.fromkeys(map(ord, "\x00\u00ad\u200b\ufeff"))
_FIGURE = re.compile(r"\d{2}|^\W*\d")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_SPACES = re.compile(r"[ \t\f\v]+")


def clean(text: str) -> str:
    """NFC, one kind of line end, no invisible characters."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").translate(_DROPPED))


def one_line(text: str) -> str:
    return " ".join(clean(text).split())


def row_text(cells: Sequence[str]) -> str:
    return " | ".join(one_line(cell) for cell in cells)


def is_header(cells: Sequence[str]) -> bool:
    """Whether a first row names columns: two cells or more, none empty, none with a figure."""
    return len(cells) > 1 and all(cell.strip() and not _FIGURE.search(cell) for cell in cells)


def stated(*, author: object = "", date: object = "", language: object = "") -> dict[str, str]:
    """What a file says of itself, by the names of index.records.METADATA; a date as ISO 8601, to the day."""
    day = date.strftime("%Y-%m-%d") if isinstance(date, datetime) else _DAY.match(str(date or ""))
    found = {
        "author": one_line(str(author or ""))[:200],
        "date": day if isinstance(day, str) else day[0] if day else "",
        "language": str(language or "")[:2].lower(),
    }
    return {name: value for name, value in found.items() if value}


class PageBuilder:
    """Paragraphs are parted by a blank line, rows and items by a line end."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._headings: list[Heading] = []
        self._tables: list[Table] = []
        self._tight = self._in_table = False

    def paragraph(self, text: str) -> None:
        self._add("\n".join(_SPACES.sub(" ", line).strip() for line in clean(text).strip().split("\n")), tight=False)

    def heading(self, level: int, text: str) -> None:
        if bare := one_line(text):
            offset = self._add(bare, tight=False)
            self._headings.append(Heading(offset, level, bare))

    def item(self, text: str, mark: str = "-") -> None:
        if bare := clean(text).strip():
            self._add(f"{mark} {bare}", tight=True)

    def row(self, cells: Sequence[str]) -> None:
        """A table's row: its cells on one line.  Rows that follow each other are one table."""
        if not any(cell.strip() for cell in cells):
            return
        before = self._tables.pop() if self._in_table else None
        text = row_text(cells)
        start = self._add(text, tight=True, row=True)
        if before is None:
            self._tables.append(Table(start, self._length, text if is_header(cells) else ""))
        else:
            self._tables.append(Table(before.start, self._length, before.header))

    def page(self, number: int = 1, label: str = "") -> ExtractedPage:
        return ExtractedPage(
            number, label or str(number), "".join(self._parts), tuple(self._headings), tuple(self._tables)
        )

    @property
    def first_heading(self) -> str:
        return self._headings[0].text if self._headings else ""

    def _add(self, text: str, *, tight: bool, row: bool = False) -> int:
        """Append a block; the offset at which it starts."""
        if not text.strip():
            return self._length
        if self._parts:
            self._append("\n" if tight and self._tight and row == self._in_table else "\n\n")
        offset = self._length
        self._append(text)
        self._tight, self._in_table = tight, row
        return offset

    def _append(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)
