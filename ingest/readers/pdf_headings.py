"""Headings of a PDF: those of its outline, else lines that are larger than the body."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.documents import Heading
from ingest.readers.pdf_layout import LaidOut, goes_on

_LARGER = 1.18  # than the body
_ONE_TITLE = 1.25  # between the sizes of two lines of one title
_LONGEST = 150
_LEVELS = 4
_NUMBERING = re.compile(r"(?:[^\w\n]|[IVXLC]+\b|\d+|\b[A-Za-z]\b|\b(?:Chapitre|Titre|Section|Article|Partie)\b)*", re.I)


@dataclass(frozen=True, slots=True)
class _Row:
    start: int
    size: float
    text: str

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def headings_by_outline(page: LaidOut, outline: Sequence[tuple[int, str]]) -> tuple[Heading, ...]:
    """The entries of an outline that lead to a page, where their words begin a line of it (after its numbering)."""
    flat = page.text.replace("\n", " ").lower()
    found = [
        Heading(span[0], level, page.text[slice(*span)])
        for level, title in outline
        if (span := _found(title, page.text, flat)) is not None
    ]
    return _apart(sorted(set(found), key=lambda one: (one.offset, one.level)))


def headings_by_size(pages: Sequence[LaidOut]) -> list[tuple[Heading, ...]]:
    """Lines that are larger than the body, by page; the largest are of level 1."""
    rows = [list(_rows(page)) for page in pages]
    sizes: Counter[float] = Counter()
    for row in (row for page in rows for row in page):
        sizes[round(row.size, 1)] += len(row.text)
    if not sizes:
        return [() for _ in pages]
    body = _weighted_median(sizes)
    found = [list(_large(page, body)) for page in rows]
    ranks = sorted({round(size) for page in found for size, _ in page}, reverse=True)[:_LEVELS]
    level = {size: rank for rank, size in enumerate(ranks, start=1)}
    return [
        tuple(Heading(row.start, level.get(round(size), _LEVELS), row.text) for size, row in page) for page in found
    ]


def _rows(page: LaidOut) -> Iterator[_Row]:
    ends = [start for start, _ in page.sizes[1:]] + [len(page.text)] * bool(page.sizes)
    for (start, size), end in zip(page.sizes, ends, strict=True):
        yield _Row(start, size, page.text[start:end].rstrip())


def _large(rows: Sequence[_Row], body: float) -> Iterator[tuple[float, _Row]]:
    """(size, line) of each heading; large lines that follow each other are one, of the larger size."""
    number = 0
    while number < len(rows):
        first = number
        number += 1
        if rows[first].size < _LARGER * body:
            continue
        size, text = rows[first].size, rows[first].text
        while number < len(rows) and _is_one_title(rows[number - 1], rows[number], body):
            text += "\n" + rows[number].text
            size = max(size, rows[number].size)
            number += 1
        before = rows[first - 1].text if first else "."
        after = rows[number].text if number < len(rows) else ""
        within_prose = goes_on(before, text) or goes_on(text, after)
        if len(text) <= _LONGEST and sum(map(str.isalpha, text)) >= 3 and not within_prose:
            yield size, _Row(rows[first].start, size, text)


def _is_one_title(row: _Row, after: _Row, body: float) -> bool:
    large = min(row.size, after.size) >= _LARGER * body
    return large and max(row.size, after.size) <= _ONE_TITLE * min(row.size, after.size) and after.start == row.end + 1


def _weighted_median(sizes: Counter[float]) -> float:
    half = sum(sizes.values()) / 2
    for size in sorted(sizes):
        half -= sizes[size]
        if half <= 0:
            return size
    return max(sizes)


def _found(title: str, text: str, flat: str) -> tuple[int, int] | None:
    """Where a title begins a line of a page; its words may be broken over lines."""
    words = title.split()
    if not words or words[0].lower() not in flat:
        return None
    for match in re.compile(r"\s+".join(map(re.escape, words)), re.IGNORECASE).finditer(text):
        line = text.rfind("\n", 0, match.start()) + 1
        if _NUMBERING.fullmatch(text, line, match.start()):
            return match.span()
    return None


def _apart(headings: Sequence[Heading]) -> tuple[Heading, ...]:
    """Without those that begin within the one before."""
    kept: list[Heading] = []
    for one in headings:
        if not kept or one.offset >= kept[-1].offset + len(kept[-1].text):
            kept.append(one)
    return tuple(kept)
