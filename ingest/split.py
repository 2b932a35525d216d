"""From pages to passages: spans that tile each page, cut at headings, then paragraphs, lines, sentences, words."""

from __future__ import annotations

import re
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
    if not page.text.strip():
        return
    held = 0  # where the text that waits for a passage of its own begins
    for start, end, heading in _sections(page):
        if heading is not None:
            _open(open_headings, heading)
        body = page.text[start + len(heading.text) : end] if heading is not None else page.text[start:end]
        if not body.strip() and end < len(page.text):
            continue  # a heading without text goes with the section below it
        path = _path(open_headings, title)
        most = MOST - min(_PATH_MOST, sum(map(len, path)))
        for one_start, one_end in _pieces(page, held, end, min(TARGET, most), most):
            yield one_start, one_end, _with_header(path, page.tables, one_start)
        held = end


def _sections(page: ExtractedPage) -> Iterator[tuple[int, int, Heading | None]]:
    """The page cut at its headings; white space before a heading stays with what is above."""
    headings = [one for one in page.headings if one.text.strip() and page.text[one.offset :].strip()]
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


def _with_header(path: tuple[str, ...], tables: Sequence[Table], start: int) -> tuple[str, ...]:
    """Rows that are parted from their table's header carry it in their path."""
    cut = next((one for one in tables if one.start < start < one.end and one.header), None)
    return (*path, _shortened(cut.header, _HEADER_MOST)) if cut else path


def _pieces(page: ExtractedPage, start: int, end: int, target: int, most: int) -> Iterator[tuple[int, int]]:
    """Tile page.text[start:end] with spans of some `target` and never over `most` characters, none of them blank."""
    text = page.text
    piece_start, piece_end = start, start
    for unit_start, unit_end in _units_and_rows(page, start, end, most):
        full = unit_end - piece_start > target
        if full and text[piece_start:piece_end].strip() and text[unit_start:unit_end].strip():
            yield piece_start, piece_end
            piece_start = unit_start
        piece_end = unit_end
    if text[piece_start:piece_end].strip():
        yield piece_start, piece_end


def _units_and_rows(page: ExtractedPage, start: int, end: int, most: int) -> Iterator[tuple[int, int]]:
    """What is not cut: a table that fits whole, a row of one that does not, a sentence or a line elsewhere."""
    position = start
    for table in page.tables:
        if table.end <= position or table.start >= end:
            continue
        first, last = max(position, table.start), min(end, table.end)
        yield from _units(page.text, position, first, most, 0)
        if last - first <= most:
            yield first, last
        else:
            for row in _ROW.finditer(page.text, first, last):
                yield from _units(page.text, row.start(), row.end(), most, 2)
        position = last
    yield from _units(page.text, position, end, most, 0)


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
