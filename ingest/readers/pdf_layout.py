"""The lines of a PDF page as text: columns one after the other, paragraphs apart, rows of tables with their cells.

The order of the content stream is nearly always the order of reading.  It is changed only where columns of prose
alternate line by line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ingest.documents import Table
from ingest.readers.headers import is_header
from ingest.readers.hyphens import joined_line_end
from ingest.readers.pdf_lines import CUT, Line

_COLUMN_LINES = 5
_COLUMN_LENGTH = 20  # characters of a line, on average: below, it is a table
_GOING_ON = 0.25  # of a column's lines that go on in the next: fewer, and they are cells of a table
_MOST_COLUMNS = 4
_FARTHEST_STEP = 2.5
_ENOUGH_STEPS = 5
_SAME_BASELINE = 2.0  # points
_TABLE_ROWS = 3
_SAME_EDGE = 4.0  # points between the edges of two cells of a column
_ALIGNED = 0.6  # of a table's cells that share an edge with another row's


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A page's text, the size of each of its lines by the offset of the line, and its tables."""

    text: str
    sizes: tuple[tuple[int, float], ...] = ()
    tables: tuple[Table, ...] = ()


def in_reading_order(lines: Sequence[Line], columns: int = _MOST_COLUMNS) -> list[Line]:
    """Columns one after the other where the lines of two or more alternate; otherwise as they come."""
    gutter = _gutter(lines) if columns > 1 else None
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
        ordered += [*left, *in_reading_order(right, columns - 1), line]
        left, right = [], []
    return [*ordered, *left, *in_reading_order(right, columns - 1)]


def _gutter(lines: Sequence[Line]) -> float | None:
    """Where the first column of prose ends, if its lines alternate with those on its right."""
    placed = [line for line in lines if line.right > line.left]
    if len(placed) < 2 * _COLUMN_LINES:
        return None
    leftmost, rightmost = min(line.left for line in placed), max(line.right for line in placed)
    if sum(line.left > leftmost + 0.18 * (rightmost - leftmost) for line in placed) < _COLUMN_LINES:
        return None
    best: tuple[int, float] | None = None
    for share in range(20, 71, 2):
        x = leftmost + (rightmost - leftmost) * share / 100
        sides = [_side(line, x) for line in placed]
        crossing = sides.count(0)
        if crossing <= len(placed) // 4 and (best is None or crossing < best[0]) and _are_columns(placed, sides):
            best = crossing, x
    return best[1] if best else None


def _are_columns(lines: Sequence[Line], sides: Sequence[int]) -> bool:
    for side in (-1, 1):
        column = [line.text for line, one in zip(lines, sides, strict=True) if one == side]
        if len(column) < _COLUMN_LINES or sum(map(len, column)) / len(column) < _COLUMN_LENGTH:
            return False
    left = [line for line, one in zip(lines, sides, strict=True) if one == -1]
    right = [line for line, one in zip(lines, sides, strict=True) if one == 1]
    going_on = sum(goes_on(one.text, after.text) for one, after in pairwise(left))
    if going_on < _GOING_ON * len(left) and _share_baselines(left, right):
        return False
    settled = [side for side in sides if side]
    changes = sum(one != other for one, other in pairwise(settled))
    return changes > max(4, len(settled) // 4)


def _share_baselines(left: Sequence[Line], right: Sequence[Line]) -> bool:
    """Whether most lines stand beside another one, as the cells of a row do."""
    beside = sum(any(abs(one.bottom - other.bottom) < _SAME_BASELINE for other in left) for one in right)
    return 2 * beside > min(len(left), len(right))


def _side(line: Line, x: float) -> int:
    """-1 left of `x`, 1 right of it, 0 across."""
    return -1 if line.right <= x + 1 else 1 if line.left >= x - 1 else 0


def laid_out(lines: Sequence[Line], hyphenated: frozenset[str] = frozenset()) -> LaidOut:
    """The text of a page's lines: a blank line where a paragraph ends or another column begins, a row on one line.

    `hyphenated` are the words with a hyphen that the document has elsewhere.
    """
    rows = _rows(_whole_words(lines, hyphenated))
    tables = list(_tables(rows))
    in_table = {number: table for table in tables for number in range(table[0], table[1])}
    usual = _usual_step(lines)
    parts: list[str] = []
    sizes: list[tuple[int, float]] = []
    starts: list[int] = []
    length = 0
    for number, row in enumerate(rows):
        if number:
            same_table = number in in_table and in_table[number] == in_table.get(number - 1)
            gap = "\n" if same_table or not _is_apart(rows[number - 1][-1], row[0], usual) else "\n\n"
            parts.append(gap)
            length += len(gap)
        text = (" | " if number in in_table else "  ").join(cell.text for cell in row)
        starts.append(length)
        sizes.append((length, max(cell.size for cell in row)))
        parts.append(text)
        length += len(text)
    ends = [*starts[1:], length]
    found = tuple(Table(starts[first], ends[last - 1], _header(rows[first])) for first, last in tables)
    return LaidOut("".join(parts), tuple(sizes), found)


def _whole_words(lines: Sequence[Line], hyphenated: frozenset[str]) -> list[Line]:
    """A word that is cut at the end of a line stands whole in that line."""
    whole: list[Line] = []
    for line in lines:
        before = whole[-1] if whole else None
        if before is None or not before.text.endswith(CUT):
            whole.append(line)
            continue
        last = before.text[:-1].rsplit(None, 1)
        first, _, rest = line.text.partition(" ")
        word = joined_line_end(last[-1] if last else "", first.rstrip(CUT), hyphenated)
        cut = CUT if first.endswith(CUT) and not rest else ""
        whole[-1] = replace(before, text=" ".join([*last[:-1], word]) + cut)
        if rest:
            whole.append(replace(line, text=rest))
    return [replace(one, text=one.text[:-1] + "-") if one.text.endswith(CUT) else one for one in whole]


def _rows(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines that follow each other to the right on one baseline are one row."""
    rows: list[list[Line]] = []
    for line in lines:
        before = rows[-1][-1] if rows else None
        if (
            before is not None
            and before.height
            and line.height
            and abs(before.bottom - line.bottom) < 0.5 * min(before.height, line.height)
            and line.left >= before.right
        ):
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows


def _tables(rows: Sequence[Sequence[Line]]) -> Iterator[tuple[int, int]]:
    """Runs of rows of two cells or more whose cells stand under each other, as (first, end)."""
    first = 0
    while first < len(rows):
        end = first
        while (
            end < len(rows) and len(rows[end]) > 1 and (end == first or rows[end][0].bottom < rows[end - 1][0].bottom)
        ):
            end += 1
        if end - first >= _TABLE_ROWS and _is_aligned(rows[first:end]):
            yield first, end
        first = max(end, first + 1)


def _is_aligned(rows: Sequence[Sequence[Line]]) -> bool:
    """Whether most cells share an edge or their middle with a cell of the row before or after."""
    aligned = cells = 0
    for number, row in enumerate(rows):
        around = [cell for other in (number - 1, number + 1) if 0 <= other < len(rows) for cell in rows[other]]
        cells += len(row)
        aligned += sum(any(_is_under(cell, other) for other in around) for cell in row)
    return aligned >= _ALIGNED * cells


def _is_under(cell: Line, other: Line) -> bool:
    return (
        abs(cell.left - other.left) < _SAME_EDGE
        or abs(cell.right - other.right) < _SAME_EDGE
        or abs(cell.left + cell.right - other.left - other.right) < 2 * _SAME_EDGE
    )


def _header(row: Sequence[Line]) -> str:
    cells = [cell.text for cell in row]
    return " | ".join(cells) if is_header(cells) else ""


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
    if not before.height or not line.height or goes_on(before.text, line.text):
        return False
    step = before.bottom - line.bottom
    other_size = max(before.height, line.height) > 1.3 * min(before.height, line.height)
    return step > 1.45 * usual * max(before.height, line.height) or step < -2 * line.height or (other_size and step > 0)


def goes_on(text: str, next_text: str) -> bool:
    """Whether a sentence runs from one line into the next, whatever white stands between."""
    return next_text[:1].islower() and text[-1:] not in ".:;!?…•"
