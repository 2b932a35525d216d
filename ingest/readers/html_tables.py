"""Tables of HTML: rows whose cells stand in columns, headers, and tables that only place what is in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ingest.readers.builder import one_line
from ingest.readers.headers import filled
from ingest.readers.html_text import is_seen, text_within

_MOST_COLUMNS = 200
_PARTS = frozenset("thead tbody tfoot form".split())
_WHOLE = frozenset("table h1 h2 h3 h4 h5 h6 hr pre blockquote article aside section main header footer".split())
_LINES = frozenset("p div br li".split())
_LONG = 300  # characters of a cell of several lines


@dataclass(frozen=True, slots=True)
class Row:
    """`cells` are texts, empty for places that a cell from the left or from above covers."""

    elements: tuple[Any, ...]
    cells: tuple[str, ...]
    is_header: bool
    is_layout: bool


def rows_and_others(table: Any) -> Iterator[Row | Any]:
    """Rows of a table in their order, and the elements that stand between them (captions)."""
    covered: dict[int, int] = {}
    for element, in_head in _own(table, False):
        if element.tag != "tr":
            yield element
            continue
        places = _places(element, covered)
        if is_seen(element):
            elements = tuple(one for one in places if one is not None)
            texts = {one: text_within(one) for one in elements}
            cells = tuple("" if one is None else one_line(texts[one]) for one in places)
            yield Row(elements, cells, _is_header(texts, cells, in_head), _is_layout(texts, cells))


def _own(parent: Any, in_head: bool) -> Iterator[tuple[Any, bool]]:
    """Rows and others below a table, not those of tables within it; and whether they stand in its head."""
    for child in parent:
        if child.tag in _PARTS and is_seen(child):
            yield from _own(child, in_head or child.tag == "thead")
        elif isinstance(child.tag, str):
            yield child, in_head


def _places(row: Any, covered: dict[int, int]) -> list[Any]:
    """The row's cells, each at its column; None where one that spans rows or columns goes on.

    `covered` tells, by column, how many more rows are covered from above; it is brought up to date.
    """
    places: list[Any] = []

    def skip_covered() -> None:
        while covered.get(len(places), 0) and len(places) < _MOST_COLUMNS:
            covered[len(places)] -= 1
            places.append(None)

    for cell in row:
        if cell.tag not in {"td", "th"} or not is_seen(cell):
            continue
        skip_covered()
        width = max(1, min(_span(cell, "colspan"), _MOST_COLUMNS - len(places)))
        for column in range(len(places), len(places) + width):
            covered[column] = _span(cell, "rowspan") - 1
        places += [cell, *[None] * (width - 1)]
    skip_covered()
    return places


def _span(cell: Any, name: str) -> int:
    """How many places a cell takes, from 1."""
    written = (cell.get(name) or "1").strip()
    return max(1, int(written)) if written.isascii() and written.isdigit() and len(written) < 6 else 1


def _is_header(texts: Mapping[Any, str], cells: tuple[str, ...], in_head: bool) -> bool:
    named = [cell.tag == "th" for cell, text in texts.items() if text.strip()]
    return filled(cells) > 1 and (in_head or all(named))


def _is_layout(texts: Mapping[Any, str], cells: tuple[str, ...]) -> bool:
    """Whether the cells hold what no line of a table can show: headings, tables, texts of several paragraphs."""
    if any(below.tag in _WHOLE for one in texts for below in one.iter() if below is not one):
        return True
    if any(one.tag == "th" for one in texts):
        return False
    lone = filled(cells) < 2
    for one, text in texts.items():
        lines = sum(1 for below in one.iter() if below.tag in _LINES)
        if (lone or lines > 3) and lines > 1 and len(text) > _LONG:
            return True
    return False
