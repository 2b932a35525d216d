"""The lines of a PDF page with their places and sizes, as pdfium tells them.

pdfium gives a page's characters in the order of its content stream.  Within a line they are put in the order of the eye
where the stream jumps back; a line is parted where it jumps a wide gap or to another baseline.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, NamedTuple

from ingest.readers.builder import clean

_GAP = 2.0  # of a line's height: white space within a line that parts columns
_BACK = 0.5  # of a line's height: a step back beyond kerning
_OTHER_BASELINE = 0.35  # of a line's height
_WORD = re.compile(r"\S+")
CUT = "\ufffe"  # what pdfium writes for a hyphen at the end of a line, with the next line after it
_LINE = re.compile("(?P<text>[^\n\ufffe\u0002]+)(?P<cut>[\ufffe\u0002]?)")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")


@dataclass(frozen=True, slots=True)
class Line:
    """A piece of text on one line.  Points from the lower left corner, as PDF counts; no place where none is known."""

    text: str
    left: float = 0
    bottom: float = 0
    right: float = 0
    top: float = 0
    size: float = 0  # of its font, points

    @property
    def height(self) -> float:
        return self.top - self.bottom


class _Box(NamedTuple):
    left: float
    bottom: float
    right: float
    top: float

    @property
    def height(self) -> float:
        return max(self.top - self.bottom, 1.0)

    def over(self, other: _Box) -> _Box:
        return _Box(
            min(self.left, other.left), min(self.bottom, other.bottom),
            max(self.right, other.right), max(self.top, other.top),
        )  # fmt: skip


class _Word(NamedTuple):
    text: str
    box: _Box


def lines_of(text_page: Any, text: str) -> list[Line]:
    """The lines of `text`, which is pdfium's for the page.  One whose last word goes on in the next ends with CUT."""
    measure = _Measure(text_page, text)
    lines: list[Line] = []
    for match in _LINE.finditer(text):
        if match["text"].strip():
            bare = match["text"].lstrip()
            found = measure.lines(bare.rstrip(), match.end("text") - len(bare))
            if match["cut"]:
                found[-1] = replace(found[-1], text=found[-1].text + CUT)
            lines += found
    return lines


class _Measure:
    def __init__(self, text_page: Any, text: str) -> None:
        from pypdfium2 import raw

        self._raw = raw
        self._text_page = text_page.raw
        self._box = raw.FS_RECTF()
        self._matrix = raw.FS_MATRIX()
        self._edges = [ctypes.c_double() for _ in range(4)]
        self._is_whole = text_page.count_chars() == len(text)  # each character of the page stands in its text

    def lines(self, text: str, first: int) -> list[Line]:
        begin, end = self._box_of(first), self._box_of(first + len(text) - 1)
        if begin is None or end is None:
            return [Line(_cleaned(text))]
        size = self._size(first + len(text) // 2)
        if not self._is_broken(first, len(text), max(begin.height, end.height)):
            return [_line(text, begin.over(end), size)]
        words = [word for match in _WORD.finditer(text) if (word := self._word(match, first)) is not None]
        parts = list(_parted(words))
        if not parts or _RIGHT_TO_LEFT.search(text) or sum(len(part) for part in parts) < len(text.split()):
            return [_line(text, begin.over(end), size)]
        return [_of_words(part, size) for part in parts]

    def _is_broken(self, first: int, length: int, height: float) -> bool:
        """Whether two of the pieces in which pdfium finds the line drawn stand far apart, or one behind the other."""
        count = self._raw.FPDFText_CountRects(self._text_page, self._character(first), length)
        before: float | None = None
        left, top, right, bottom = self._edges
        for number in range(count):
            self._raw.FPDFText_GetRect(self._text_page, number, left, top, right, bottom)
            if before is not None and not -_BACK * height < left.value - before < _GAP * height:
                return True
            before = right.value
        return False

    def _word(self, match: re.Match[str], first: int) -> _Word | None:
        begin, end = self._box_of(first + match.start()), self._box_of(first + match.end() - 1)
        return _Word(match.group(), begin.over(end)) if begin is not None and end is not None else None

    def _size(self, index: int) -> float:
        """As drawn: the font's own size by the scale of its matrix."""
        character = self._character(index)
        size = float(self._raw.FPDFText_GetFontSize(self._text_page, character))
        if not self._raw.FPDFText_GetMatrix(self._text_page, character, ctypes.byref(self._matrix)):
            return size
        return size * math.hypot(self._matrix.c, self._matrix.d)

    def _character(self, index: int) -> int:
        if self._is_whole:
            return index
        return int(self._raw.FPDFText_GetCharIndexFromTextIndex(self._text_page, index))

    def _box_of(self, index: int) -> _Box | None:
        if not self._raw.FPDFText_GetLooseCharBox(self._text_page, self._character(index), ctypes.byref(self._box)):
            return None
        return _Box(self._box.left, self._box.bottom, self._box.right, self._box.top)


def _parted(words: Sequence[_Word]) -> Iterator[list[_Word]]:
    """Words of one baseline without a wide gap between them, in the order of the eye."""
    for row in _by_baseline(words):
        part: list[_Word] = []
        for word in _as_seen(row):
            if part and word.box.left - part[-1].box.right >= _GAP * max(word.box.height, part[-1].box.height):
                yield part
                part = []
            part.append(word)
        if part:
            yield part


def _by_baseline(words: Sequence[_Word]) -> Iterator[list[_Word]]:
    """Cut where the stream jumps back to another baseline: pdfium takes lines half a line apart for one."""
    row: list[_Word] = []
    for word in words:
        if row:
            before, height = row[-1].box, max(word.box.height, row[-1].box.height)
            moved = abs(word.box.bottom - before.bottom) > _OTHER_BASELINE * height
            if moved and not 0 <= word.box.left - before.right < height:
                yield row
                row = []
        row.append(word)
    if row:
        yield row


def _as_seen(words: Sequence[_Word]) -> Sequence[_Word]:
    """From left to right, unless that would mix what is drawn twice, or what runs the other way."""
    steps_back = sum(after.box.left < before.box.left for before, after in pairwise(words))
    if not steps_back or steps_back > len(words) // 2:
        return words
    ordered = sorted(words, key=lambda one: one.box.left)
    overlaid = any(after.box.left < before.box.right - after.box.height / 3 for before, after in pairwise(ordered))
    return words if overlaid else ordered


def _of_words(words: Sequence[_Word], size: float) -> Line:
    box = words[0].box
    for word in words[1:]:
        box = box.over(word.box)
    return _line(" ".join(word.text for word in words), box, size)


def _line(text: str, box: _Box, size: float) -> Line:
    return Line(_cleaned(text), *box, size)


def _cleaned(text: str) -> str:
    cleaned = clean(text).strip()
    return cleaned if cleaned.isascii() else cleaned.encode("utf-8", "replace").decode()  # lone surrogates
