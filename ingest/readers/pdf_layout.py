"""Where the lines of a PDF page stand: columns in order, paragraphs apart, running lines out.

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

_GAP = 2.0  # of a line's height: white space within a line that parts columns
_COLUMN_LINES = 6
_COLUMN_LENGTH = 20  # characters of a line, on average: below, it is a table
_FARTHEST_STEP = 2.5
_ENOUGH_STEPS = 5
_RUNNING_LENGTH = 90  # characters: longer is prose
_EDGE_LINES = 2  # lines at the top and at the bottom of a page that may be running ones
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
        self._edges = [ctypes.c_double() for _ in range(4)]

    def parted(self, text: str, first: int) -> list[Line]:
        begin, end = self._of(first), self._of(first + len(text) - 1)
        if begin is None or end is None:
            return [Line(text, 0, 0, 0, 0)]
        height = max(begin[3] - begin[1], end[3] - end[1], 1.0)
        lines, since, left = [], 0, begin
        if end[2] - begin[0] > 10 * height and self._may_be_parted(first, len(text), _GAP * height):
            for space in _spaces(text):
                before, after = self._of(first + space - 1), self._of(first + space + 1)
                if before is None or after is None or after[0] - before[2] < _GAP * height:
                    continue
                lines.append(_line(text[since:space], left, before))
                since, left = space + 1, after
        lines.append(_line(text[since:], left, end))
        return lines

    def _may_be_parted(self, first: int, length: int, gap: float) -> bool:
        """Whether two of the pieces in which pdfium finds the line drawn stand that far apart."""
        count = self._raw.FPDFText_CountRects(self._text_page, self._character(first), length)
        before: float | None = None
        for number in range(count):
            left, top, right, bottom = self._edges
            self._raw.FPDFText_GetRect(self._text_page, number, left, top, right, bottom)
            if before is not None and left.value - before >= gap:
                return True
            before = right.value
        return False

    def _character(self, index: int) -> int:
        return int(self._raw.FPDFText_GetCharIndexFromTextIndex(self._text_page, index))

    def _of(self, index: int) -> tuple[float, float, float, float] | None:
        if not self._raw.FPDFText_GetLooseCharBox(self._text_page, self._character(index), ctypes.byref(self._box)):
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
    if sum(line.left > leftmost + 0.28 * (rightmost - leftmost) for line in placed) < _COLUMN_LINES:
        return None
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
    usual = _usual_step(lines)
    for line in lines:
        if before is not None:
            gap = "\n\n" if _is_apart(before, line, usual) else "\n"
            if gap == "\n" and line.bottom < before.top and line.top > before.bottom and line.left >= before.right:
                gap = "  "  # on one line: cells of a row
            parts.append(gap)
            length += len(gap)
        heights.append((length, line.height))
        parts.append(line.text)
        length += len(line.text)
        before = line
    return LaidOut("".join(parts), tuple(heights))


def _usual_step(lines: Sequence[Line]) -> float:
    """From one line to the next within a paragraph, in heights of the line: the median of the page."""
    steps = sorted(
        step / line.height
        for before, line in pairwise(lines)
        if line.height and 0.5 < (step := before.bottom - line.bottom) / line.height < _FARTHEST_STEP
    )
    return steps[len(steps) // 2] if len(steps) >= _ENOUGH_STEPS else 1.2


def _is_apart(before: Line, line: Line, usual: float) -> bool:
    """Whether a paragraph ends: more white than usual, another size, or a jump up to another column."""
    if not before.height or not line.height or _goes_on(before.text, line.text):
        return False
    step = before.bottom - line.bottom
    other_size = max(before.height, line.height) > 1.3 * min(before.height, line.height)
    return step > 1.45 * usual * max(before.height, line.height) or step < -2 * line.height or (other_size and step > 0)


def _goes_on(text: str, next_text: str) -> bool:
    """Whether a sentence runs from one line into the next, whatever white stands between."""
    return next_text[:1].islower() and text[-1:] not in ".:;!?…•"


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
    return [line for line in lines if id(line) not in dropped] or list(lines)


def _edges(lines: Sequence[Line]) -> list[Line]:
    placed = sorted((line for line in lines if line.height), key=lambda one: -one.top)
    edges = placed[:_EDGE_LINES] + placed[max(_EDGE_LINES, len(placed) - _EDGE_LINES) :]
    return [line for line in edges if len(line.text) <= _RUNNING_LENGTH]


def _shape(text: str) -> str:
    return _DIGITS.sub("#", " ".join(text.split())).casefold()
