"""The text of a page as it grows: blocks, headings with their offsets, table rows, list items."""

from __future__ import annotations

import re
import unicodedata

from ingest.documents import ExtractedPage, Heading

_DROPPED = dict.fromkeys(map(ord, "\x00\u00ad\u200b\ufeff"))
_SPACES = re.compile(r"[ \t\f\v]+")


def clean(text: str) -> str:
    """NFC, one kind of line end, no invisible characters."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").translate(_DROPPED))


def one_line(text: str) -> str:
    return " ".join(clean(text).split())


class PageBuilder:
    """Paragraphs are parted by a blank line, rows and items by a line end."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._headings: list[Heading] = []
        self._tight = False

    def paragraph(self, text: str) -> None:
        self._add("\n".join(_SPACES.sub(" ", line).strip() for line in clean(text).strip().split("\n")), tight=False)

    def heading(self, level: int, text: str) -> None:
        if bare := one_line(text):
            offset = self._add(bare, tight=False)
            self._headings.append(Heading(offset, level, bare))

    def item(self, text: str, mark: str = "-") -> None:
        if bare := clean(text).strip():
            self._add(f"{mark} {bare}", tight=True)

    def row(self, cells: list[str]) -> None:
        """A table's row: its cells on one line."""
        if any(cell.strip() for cell in cells):
            self._add(" | ".join(one_line(cell) for cell in cells), tight=True)

    def page(self, number: int = 1, label: str = "") -> ExtractedPage:
        return ExtractedPage(number, label or str(number), "".join(self._parts), tuple(self._headings))

    @property
    def first_heading(self) -> str:
        return self._headings[0].text if self._headings else ""

    def _add(self, text: str, *, tight: bool) -> int:
        """Append a block; the offset at which it starts."""
        if not text.strip():
            return self._length
        if self._parts:
            self._append("\n" if tight and self._tight else "\n\n")
        offset = self._length
        self._append(text)
        self._tight = tight
        return offset

    def _append(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)
