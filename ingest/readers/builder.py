"""The text of a page as it grows: blocks, headings with their offsets, tables with their headers, list items."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime

from ingest.documents import ExtractedPage, Heading, Table
from ingest.readers.headers import filled, is_header
from ingest.readers.headings import with_structure

_DROPPED = dict.fromkeys(map(ord, "\x00\u00ad\u200b\ufeff"))
_CUT_WORD = re.compile("\u00ad[ \\t]*\n[ \\t]*(?=\\w)")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_SPACES = re.compile(r"[ \t\f\v]+")


def clean(text: str) -> str:
    """NFC, one kind of line end, no invisible characters; words that a soft hyphen cuts at a line end are joined."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\u00ad" in text:
        text = _CUT_WORD.sub("", text)
    return unicodedata.normalize("NFC", text.translate(_DROPPED))


def one_line(text: str) -> str:
    return " ".join(clean(text).split())


def row_text(cells: Sequence[str]) -> str:
    return " | ".join(one_line(cell) for cell in cells)


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
        self._awaits_header = self._after_header = False

    def paragraph(self, text: str) -> None:
        self._add("\n".join(_SPACES.sub(" ", line).strip() for line in clean(text).strip().split("\n")), tight=False)

    def heading(self, level: int, text: str) -> None:
        if bare := one_line(text):
            offset = self._add(bare, tight=False)
            self._headings.append(Heading(offset, level, bare))

    def item(self, text: str, mark: str = "-") -> None:
        if bare := clean(text).strip():
            self._add(f"{mark} {bare}", tight=True)

    def row(self, cells: Sequence[str], *, header: bool | None = None) -> None:
        """A table's row: its cells on one line.  Rows that follow each other are one table.

        `header`: whether the row names the columns of those that follow, where the caller knows; by default the first
        row of several cells is asked.  Header rows that follow each other are one header.
        """
        if not any(cell.strip() for cell in cells):
            return
        begins = not self._in_table
        if begins:
            self._awaits_header, self._after_header = True, False
        if header is None:
            header = self._awaits_header and is_header(cells)
        text = row_text(cells)
        start = self._add(text, tight=True, row=True)
        if header and self._after_header:
            before = self._tables.pop()
            self._tables.append(Table(before.start, self._length, f"{before.header} / {text}"))
        elif header or begins:
            self._tables.append(Table(start, self._length, text if header else ""))
        else:
            before = self._tables.pop()
            self._tables.append(Table(before.start, self._length, before.header))
        self._after_header = header
        self._awaits_header = self._awaits_header and not header and filled(cells) < 2

    def end_table(self) -> None:
        """The next row begins another table."""
        if self._in_table:
            self._tight = self._in_table = False

    def page(self, number: int = 1, label: str = "", *, structured: bool = False) -> ExtractedPage:
        """The page so far.  `structured`: with the headings that its words show, where no style does."""
        text, tables = "".join(self._parts), tuple(self._tables)
        headings = with_structure(text, tuple(self._headings), tables) if structured else tuple(self._headings)
        return ExtractedPage(number, label or str(number), text, headings, tables)

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
