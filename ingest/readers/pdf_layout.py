"""Where the lines of a PDF page stand: columns in order, paragraphs apart, headings by their size, running lines out.

pdfium gives a page's characters in the order of its content stream, which is nearly always the order of reading.  It is
changed only where two columns of prose alternate line by line.
"""

from __future__ import annotations

import ctypes
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from ingest.documents import Heading

_GAP = 2.0  # of a line's height: white space within a line that parts columns
_COLUMN_LINES = 6
_COLUMN_LENGTH = 20  # characters of a line, on average: below, it is a table
_EDGE_LINES = 2  # lines at the top and at the bottom of a page that may be running ones
_HEADING_SIZE = 1.18  # of the body's
_HEADING_LENGTH = 150
_HEADING_LEVELS = 4
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Line:
    """A piece of text on one line.  Points from the lower left corner, as PDF counts."""

    text: str
    left: float
    bottom: float
    right: float
    top: float

    @property
    def height(self) -> float:
        return self.top - self.bottom


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A page's text and the height of each of its lines, by the offset of the line."""

    text: str
    heights: tuple[tuple[int, float], ...] = ()


def lines_of(text_page: Any, text: str) -> list[Line]:
    """The lines of pdfium's `text` with their places; a line is parted where it jumps a wide gap."""
    measure = _Measure(text_page)
    lines: list[Line] = []
    start = 0
    for raw in text.split("\n"):
        bare = raw.rstrip("\r ")
        if bare.strip():
            first = start + len(bare) - len(bare.lstrip())
            lines += measure.parted(bare.lstrip(), first)
        start += len(raw) + 1
    return lines


class _Measure:
    def __init__(self, text_page: Any) -> None:
        from pypdfium2 import raw

        self._raw = raw
        self._text_page = text_page.raw
        self._box = raw.FS_RECTF()

    def parted(self, text: str, first: int) -> list[Line]:
        begin, end = self._of(first), self._of(first + len(text) - 1)
        if begin is None or end is None:
            return [Line(text, 0, 0, 0, 0)]
        height = max(begin[3] - begin[1], end[3] - end[1], 1.0)
        lines, since, left = [], 0, begin
        if end[2] - begin[0] > 10 * height:
            for space in _spaces(text):
                before, after = self._of(first + space - 1), self._of(first + space + 1)
                if before is None or after is None or after[0] - before[2] < _GAP * height:
                    continue
                lines.append(_line(text[since:space], left, before))
                since, left = space + 1, after
        lines.append(_line(text[since:], left, end))
        return lines

    def _of(self, index: int) -> tuple[float, float, float, float] | None:
        character = self._raw.FPDFText_GetCharIndexFromTextIndex(self._text_page, index)
        if not self._raw.FPDFText_GetLooseCharBox(self._text_page, character, ctypes.byref(self._box)):
            return None
        return self._box.left, self._box.bottom, self._box.right, self._box.top


def _spaces(text: str) -> list[int]:
    return [place for place in range(1, len(text) - 1) if text[place] == " "]


def _line(text: str, first: tuple[float, float, float, float], last: tuple[float, float, float, float]) -> Line:
    return Line(
        text.strip(), min(first[0], last[0]), min(first[1], last[1]), max(first[2], last[2]), max(first[3], last[3])
    )


def in_reading_order(lines: Sequence[Line]) -> list[Line]:
    """Columns one after the other where the lines of two alternate; otherwise as they come."""
    gutter = _gutter(lines)
    if gutter is None:
        return list(lines)
    ordered: list[Line] = []
    left: list[Line] = []
    right: list[Line] = []
    for line in lines:
        side = _side(line, gutter)
        if side:
            (left if side < 0 else right).append(line)
            continue
        ordered += [*left, *right, line]
        left, right = [], []
    return [*ordered, *left, *right]


def _gutter(lines: Sequence[Line]) -> float | None:
    """Where two columns of prose part, if their lines alternate."""
    placed = [line for line in lines if line.right > line.left]
    if len(placed) < 2 * _COLUMN_LINES:
        return None
    leftmost, rightmost = min(line.left for line in placed), max(line.right for line in placed)
    best: tuple[int, float] | None = None
    for share in range(30, 71, 2):
        x = leftmost + (rightmost - leftmost) * share / 100
        sides = [_side(line, x) for line in placed]
        crossing = sides.count(0)
        if crossing <= len(placed) // 4 and (best is None or crossing < best[0]) and _are_columns(placed, sides):
            best = crossing, x
    return best[1] if best else None


def _are_columns(lines: Sequence[Line], sides: Sequence[int]) -> bool:
    for side in (-1, 1):
        lengths = [len(line.text) for line, one in zip(lines, sides, strict=True) if one == side]
        if len(lengths) < _COLUMN_LINES or sum(lengths) / len(lengths) < _COLUMN_LENGTH:
            return False
    settled = [side for side in sides if side]
    changes = sum(one != other for one, other in pairwise(settled))
    return changes > max(4, len(settled) // 4)


def _side(line: Line, x: float) -> int:
    """-1 left of `x`, 1 right of it, 0 across."""
    return -1 if line.right <= x + 1 else 1 if line.left >= x - 1 else 0


def laid_out(lines: Sequence[Line]) -> LaidOut:
    """The text of a page's lines: a blank line where a paragraph ends or another column begins."""
    parts: list[str] = []
    heights: list[tuple[int, float]] = []
    length = 0
    before: Line | None = None
    for line in lines:
        if before is not None:
            gap = "\n\n" if _is_apart(before, line) else "\n"
            if gap == "\n" and line.bottom < before.top and line.top > before.bottom and line.left >= before.right:
                gap = "  "  # on one line: cells of a row
            parts.append(gap)
            length += len(gap)
        heights.append((length, line.height))
        parts.append(line.text)
        length += len(line.text)
        before = line
    return LaidOut("".join(parts), tuple(heights))


def _is_apart(before: Line, line: Line) -> bool:
    if not before.height or not line.height:
        return False
    gap = before.bottom - line.top
    taller = max(before.height, line.height)
    return gap > 0.55 * taller or gap < -3 * taller


def running_lines(pages: Sequence[Sequence[Line]]) -> set[str]:
    """Lines that stand at the top or at the bottom of most pages, figures apart: headers, footers, page numbers."""
    if len(pages) < 3:
        return set()
    seen: Counter[str] = Counter()
    for lines in pages:
        seen.update({_shape(line.text) for line in _edges(lines)})
    return {shape for shape, count in seen.items() if count >= max(3, len(pages) // 2)}


def without_running(lines: Sequence[Line], running: set[str]) -> list[Line]:
    if not running:
        return list(lines)
    dropped = {id(line) for line in _edges(lines) if _shape(line.text) in running}
    return [line for line in lines if id(line) not in dropped]


def _edges(lines: Sequence[Line]) -> list[Line]:
    placed = sorted((line for line in lines if line.height), key=lambda one: -one.top)
    return placed[:_EDGE_LINES] + placed[max(_EDGE_LINES, len(placed) - _EDGE_LINES) :]


def _shape(text: str) -> str:
    return _DIGITS.sub("#", " ".join(text.split())).casefold()


def headings_by_size(pages: Sequence[LaidOut]) -> list[tuple[Heading, ...]]:
    """Lines that are larger than the body, by page; the largest are of level 1."""
    sizes: Counter[float] = Counter()
    for page in pages:
        for (start, height), text in _sized(page):
            sizes[round(height, 1)] += len(text) if start >= 0 else 0
    if not sizes:
        return [() for _ in pages]
    body = _weighted_median(sizes)
    found = [list(_large(page, body)) for page in pages]
    ranks = sorted({round(height) for page in found for _, _, height in page}, reverse=True)[:_HEADING_LEVELS]
    level = {size: rank for rank, size in enumerate(ranks, start=1)}
    return [
        tuple(Heading(start, level.get(round(height), _HEADING_LEVELS), text) for start, text, height in page)
        for page in found
    ]


def _sized(page: LaidOut) -> list[tuple[tuple[int, float], str]]:
    ends = [start for start, _ in page.heights[1:]] + [len(page.text)] * bool(page.heights)
    return [(place, page.text[place[0] : end]) for place, end in zip(page.heights, ends, strict=True)]


def _large(page: LaidOut, body: float) -> list[tuple[int, str, float]]:
    """(offset, text, height) of each heading; lines of one size that follow each other are one."""
    found: list[tuple[int, str, float]] = []
    for (start, height), piece in _sized(page):
        if height < _HEADING_SIZE * body or sum(map(str.isalpha, piece)) < 3:
            continue
        if found:
            before, text, size = found[-1]
            joined = page.text[before : start + len(piece)].rstrip()
            if before + len(text) + 1 == start and abs(size - height) < 0.5 and len(joined) <= _HEADING_LENGTH:
                found[-1] = before, joined, size
                continue
        if len(piece.strip()) <= _HEADING_LENGTH:
            found.append((start, piece.rstrip(), height))
    return found


def _weighted_median(sizes: Counter[float]) -> float:
    half = sum(sizes.values()) / 2
    for size in sorted(sizes):
        half -= sizes[size]
        if half <= 0:
            return size
    return max(sizes)
