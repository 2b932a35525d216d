"""From pages to passages: spans that tile each page, cut at headings, then paragraphs, lines, sentences, words."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from index.records import Passage
from ingest.documents import ExtractedDocument, ExtractedPage, Heading, Table

TARGET = 700  # characters: with its heading path, what the embedder reads whole in French (256 word pieces)
MOST = 900
_PATH_MOST = 300
_HEADING_MOST = 120
_HEADER_MOST = 240
_ROW = re.compile(r"[^\n]*\n?")
_CUTS = tuple(re.compile(pattern) for pattern in (r"\n\s*\n", r"\n", r"(?<=[.!?;:…])\s+(?=[\w«\"“(\-–•])", r"\s+", r""))


def split(document: ExtractedDocument) -> tuple[Passage, ...]:
    """Passages of all pages in order.  Their texts, joined, give each page with text back."""
    passages: list[Passage] = []
    open_headings: list[Heading] = []
    for page in document.pages:
        for start, end, path in _spans(page, open_headings, document.title):
            passages.append(Passage(len(passages), page.number, start, end, path, page.text[start:end]))
    return tuple(passages)


def _spans(page: ExtractedPage, open_headings: list[Heading], title: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Spans of one page with their heading path; `open_headings` goes on to the next page."""
    if _is_blank(page.text):
        return
    tables = _Tables(page.tables)
    held = 0  # where the text that waits for a passage of its own begins
    for start, end, heading in _sections(page):
        if heading is not None:
            _open(open_headings, heading)
        body = page.text[start + len(heading.text) : end] if heading is not None else page.text[start:end]
        if _is_blank(body) and end < len(page.text):
            continue  # a heading without text goes with the section below it
        path = _path(open_headings, title)
        most = MOST - min(_PATH_MOST, sum(map(len, path)))
        for one_start, one_end in _pieces(page.text, tables, held, end, min(TARGET, most), most):
            yield one_start, one_end, (*path, *tables.header_at(one_start))
        held = end


def _sections(page: ExtractedPage) -> Iterator[tuple[int, int, Heading | None]]:
    """The page cut at its headings; white space before a heading stays with what is above."""
    written = len(page.text.rstrip())
    headings = [one for one in page.headings if one.text.strip() and one.offset < written]
    starts = [one.offset for one in headings] + [len(page.text)]
    if starts[0] > 0:
        yield 0, starts[0], None
    for heading, end in zip(headings, starts[1:], strict=True):
        yield heading.offset, end, heading


def _open(open_headings: list[Heading], heading: Heading) -> None:
    while open_headings and open_headings[-1].level >= heading.level:
        open_headings.pop()
    open_headings.append(heading)


def _path(open_headings: Sequence[Heading], title: str) -> tuple[str, ...]:
    """The document's own title, then the headings in force; a repeated one stands once, a long one is shortened."""
    path: list[str] = []
    for text in ([title] if title else []) + [one.text for one in open_headings]:
        short = _shortened(text, _HEADING_MOST)
        if not path or path[-1].casefold() != short.casefold():
            path.append(short)
    return tuple(path)


def _shortened(text: str, most: int) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= most else flat[: most - 1] + "…"


class _Tables:
    """The tables of a page, found by place."""

    def __init__(self, tables: Sequence[Table]) -> None:
        self._tables = sorted(tables, key=lambda one: one.start)
        self._ends = [one.end for one in self._tables]

    def within(self, start: int, end: int) -> Iterator[Table]:
        for number in range(bisect_right(self._ends, start), len(self._tables)):
            if self._tables[number].start >= end:
                return
            yield self._tables[number]

    def header_at(self, start: int) -> tuple[str, ...]:
        """The header of the table that a passage begins inside: rows that are parted from it carry it in their path."""
        table = next(self.within(start, start + 1), None)
        inside = table is not None and table.start < start and table.header
        return (_shortened(table.header, _HEADER_MOST),) if table is not None and inside else ()


def _pieces(text: str, tables: _Tables, start: int, end: int, target: int, most: int) -> Iterator[tuple[int, int]]:
    """Tile text[start:end] with spans of some `target` and, white space apart, at most `most` characters."""
    piece_start, piece_end, written = start, start, False
    for unit_start, unit_end in _units_and_rows(text, tables, start, end, most):
        blank = _is_blank(text[unit_start:unit_end])
        if unit_end - piece_start > target and written and not blank:
            yield piece_start, piece_end
            piece_start, written = unit_start, False
        piece_end, written = unit_end, written or not blank
    if written:
        yield piece_start, piece_end


def _units_and_rows(text: str, tables: _Tables, start: int, end: int, most: int) -> Iterator[tuple[int, int]]:
    """What is not cut: a table that fits whole, a row of one that does not, a sentence or a line elsewhere."""
    position = start
    for table in tables.within(start, end):
        first, last = max(position, table.start), min(end, table.end)
        yield from _units(text, position, first, most, 0)
        if last - first <= most:
            yield first, last
        else:
            for row in _ROW.finditer(text, first, last):
                yield from _units(text, row.start(), row.end(), most, 2)
        position = last
    yield from _units(text, position, end, most, 0)


def _is_blank(text: str) -> bool:
    return not text or text.isspace()


def _units(text: str, start: int, end: int, most: int, rule: int) -> Iterator[tuple[int, int]]:
    """Cut by the coarsest rule that helps; what is still too long is cut by the next one."""
    if end - start <= most // 2 and rule > 0:
        if end > start:
            yield start, end
        return
    if rule == len(_CUTS) - 1:
        for cut in range(start, end, most // 2):
            yield cut, min(end, cut + most // 2)
        return
    position = start
    for match in _CUTS[rule].finditer(text, start, end):
        if position < match.end() < end:
            yield from _units(text, position, match.end(), most, rule + 1)
            position = match.end()
    if position < end:
        yield from _units(text, position, end, most, rule + 1)
