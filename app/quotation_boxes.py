"""Where the words of a quotation stand on a drawn page."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

_NEAR = 2000  # letters around the expected place in which the parts of a line are looked for
_SHORTEST_PART = 4  # letters of a part that is shown beside a longer one

Box = tuple[float, float, float, float]  # left, top, right, bottom, in pixels of the drawn page


def quotation_boxes(page: Any, size: tuple[int, int], page_text: str, start: int, end: int) -> list[Box]:
    """One box for each line of `page_text[start:end]`, on pdfium's `page` drawn with that `size` in pixels."""
    from pypdfium2 import raw

    text_page = page.get_textpage()
    characters = [(chr(raw.FPDFText_GetUnicode(text_page, one)), one) for one in range(text_page.count_chars())]
    stored = _letters([(c, position) for position, c in enumerate(page_text)])
    boxes = []
    for first, last in locate(_letters(characters), stored, _line_spans(page_text, start, end)):
        for one in range(first, last + 1):
            left, bottom, right, top = text_page.get_charbox(one, loose=True)
            if right > left and top > bottom:
                boxes.append(_on_image(page, size, (left, bottom, right, top)))
    return merge_lines(boxes)


def _line_spans(page_text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The quotation, line by line."""
    spans = []
    for line in page_text[start:end].splitlines(keepends=True):
        spans.append((start, start + len(line)))
        start += len(line)
    return spans


def locate(
    drawn: Sequence[tuple[str, int]], stored: Sequence[tuple[str, int]], lines: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Indices of the first and the last drawn character of each run that the stored lines (start, end) make.

    Both sequences hold letters and digits only, with their places: white space, hyphens and forms of composition differ
    between a text layer and the text that was made of it.  Lines that do not follow each other there, since columns
    were put in order, are found one by one, and so are the parts of a line whose words were put in order.
    """
    if not lines:
        return []
    whole = "".join(letter for letter, _ in drawn)
    in_one = _place(whole, drawn, stored, (lines[0][0], lines[-1][1]), exact=len(lines) > 1)
    if in_one or len(lines) == 1:
        return in_one
    return [run for line in lines for run in _place(whole, drawn, stored, line, exact=False)]


def _place(
    whole: str,
    drawn: Sequence[tuple[str, int]],
    stored: Sequence[tuple[str, int]],
    span: tuple[int, int],
    *,
    exact: bool,
) -> list[tuple[int, int]]:
    before = sum(place < span[0] for _, place in stored)
    wanted = "".join(letter for letter, place in stored if span[0] <= place < span[1])
    found = _parts(whole, wanted, before, exact=exact)
    return [(drawn[first][1], drawn[first + length - 1][1]) for first, length in found]


def merge_lines(boxes: Sequence[Box]) -> list[Box]:
    """Join the boxes of characters that follow each other on one line."""
    lines: list[Box] = []
    for left, top, right, bottom in boxes:
        if lines:
            before = lines[-1]
            height = max(bottom - top, before[3] - before[1])
            level = min(bottom, before[3]) - max(top, before[1]) > 0.5 * min(bottom - top, before[3] - before[1])
            if level and -0.5 * height < left - before[2] < 3 * height:
                lines[-1] = (
                    min(left, before[0]), min(top, before[1]), max(right, before[2]), max(bottom, before[3]),
                )  # fmt: skip
                continue
        lines.append((left, top, right, bottom))
    return lines


def _parts(whole: str, wanted: str, expected: int, *, exact: bool) -> list[tuple[int, int]]:
    """Where `wanted` stands in `whole`, the occurrence nearest to `expected`; else, if need be, its longest parts."""
    if not wanted:
        return []
    places = []
    place = whole.find(wanted)
    while place >= 0:
        places.append(place)
        place = whole.find(wanted, place + 1)
    if places:
        return [(min(places, key=lambda one: abs(one - expected)), len(wanted))]
    if exact:
        return []
    from difflib import SequenceMatcher

    near = max(0, expected - _NEAR), min(len(whole), expected + len(wanted) + _NEAR)
    found: list[tuple[int, int]] = []
    left = [(0, len(wanted))]
    matcher = SequenceMatcher(None, whole, wanted, autojunk=False)
    while left:
        start, end = left.pop()
        match = matcher.find_longest_match(*near, start, end)
        if match.size >= (_SHORTEST_PART if found else max(8, len(wanted) // 3)):
            found.append((match.a, match.size))
            left += [(start, match.b), (match.b + match.size, end)]
    return sorted(found)


def _letters(characters: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    return [
        (letter, place)
        for character, place in characters
        for letter in unicodedata.normalize("NFKD", character).casefold()
        if letter.isalnum()
    ]


def _on_image(page: Any, size: tuple[int, int], box: Box) -> Box:
    """From the page's own space (points, rotated and cropped as the file says) to the drawn image."""
    import ctypes

    from pypdfium2 import raw

    corners = []
    for x, y in ((box[0], box[1]), (box[2], box[3])):
        across, down = ctypes.c_int(), ctypes.c_int()
        raw.FPDF_PageToDevice(page, 0, 0, size[0] * 16, size[1] * 16, 0, x, y, across, down)
        corners.append((across.value / 16, down.value / 16))
    (x1, y1), (x2, y2) = corners
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)
