"""Which rows of a table name its columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import zip_longest

_FIGURE = re.compile(r"\d{2}|^\W*\d")
_YEAR = re.compile(r"\D{0,30}(?<!\d)(?:19|20)\d{2}(?!\d)\D{0,20}")
_ORDINAL = re.compile(r"\d{1,2}\s?(?:er|ère|re|e|ème|nd|nde|st|rd|th)\s\D+(?:(?:19|20)\d{2})?")
_LONGEST = 120  # characters of a name
_MOST_ROWS = 3  # of one header


def filled(cells: Sequence[str]) -> int:
    """How many cells are not blank."""
    return sum(1 for cell in cells if cell.strip())


def trimmed(row: Sequence[str]) -> list[str]:
    """Without the blank cells at the end."""
    cells = list(row)
    while cells and not cells[-1].strip():
        cells.pop()
    return cells


def is_header(cells: Sequence[str]) -> bool:
    """Whether a first row names columns, by itself: two cells or more, none empty but the first, none with a figure.

    Years are names where there are several: "Service | 2023 | 2024".
    """
    if len(cells) < 2 or filled(cells) < 2 or not all(cell.strip() for cell in cells[1:]):
        return False
    years = [cell.strip() for cell in cells if _FIGURE.search(cell.strip())]
    return _has_names(cells) and (not years or len(set(years)) == len(years) > 1)


def header_rows(rows: Sequence[tuple[int, Sequence[str]]]) -> frozenset[int]:
    """Places (in `rows`) of the rows of a sheet that name columns.

    `rows` are those that are not blank, each with its number on the sheet.  A header stands where a block begins: first
    on the sheet, after a blank row, or below rows of one cell, which are titles.  It has names only; if cells are
    missing in it, or if the sheet has a header already, then the rows below must bear it out.
    """
    found: set[int] = set()
    known: list[list[str]] = []
    begins = True
    for place, (number, row) in enumerate(rows):
        begins = begins or rows[place - 1][0] < number - 1
        if filled(row) < 2:
            begins = True
        elif begins:
            begins = False
            if size := _header_size([one for _, one in rows[place : place + _MOST_ROWS + 1]], known):
                found.update(range(place, place + size))
                known.append(_bare(row))
    return frozenset(found)


def _header_size(rows: Sequence[Sequence[str]], known: Sequence[list[str]]) -> int:
    """How many rows from the first on are one header; 0 for none.  `known`: the first rows of the headers above."""
    row = rows[0]
    size = 1
    while size < min(len(rows), _MOST_ROWS) and _goes_on(rows[size - 1], rows[size]):
        size += 1
    below = rows[size] if len(rows) > size else ()
    if not all(_has_names(one) for one in rows[:size]):
        return 0
    if _bare(row) in known or _bears_out(rows[size - 1], below):
        return size
    columns = [place for place, cell in enumerate(row) if cell.strip()]
    is_new = all(columns != [place for place, cell in enumerate(one) if cell] for one in known)
    return 1 if below and is_new and is_header(_bare(row)) else 0


def _goes_on(row: Sequence[str], below: Sequence[str]) -> bool:
    """Whether a header has a second row: names below those of groups of columns, each merged over its columns."""
    fills_gap = any(not name.strip() and cell.strip() for name, cell in zip_longest(row, below, fillvalue=""))
    return _has_names(below) and (filled(row) < filled(below) or (fills_gap and not below[0].strip()))


def _has_names(cells: Sequence[str]) -> bool:
    """Two names or more, and nothing else: words, years, quarters."""
    return filled(cells) > 1 and all(map(_is_name, cells))


def _is_name(cell: str) -> bool:
    flat = " ".join(cell.split())
    if len(flat) > _LONGEST or flat.endswith(":"):  # "Objet :", of a form
        return False
    return not _FIGURE.search(flat) or _is_period(flat)


def _is_period(cell: str) -> bool:
    return bool(_YEAR.fullmatch(cell) or _ORDINAL.fullmatch(cell))


def _bears_out(cells: Sequence[str], below: Sequence[str]) -> bool:
    """Whether a figure stands below a name."""
    for name, cell in zip((one.strip() for one in cells), (one.strip() for one in below), strict=False):
        if name and _FIGURE.search(cell) and not (_FIGURE.search(name) and _is_period(cell)):
            return True
    return False


def _bare(row: Sequence[str]) -> list[str]:
    return [cell.strip() for cell in trimmed(row)]
