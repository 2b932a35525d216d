"""What a table's row and a list's item stand under: the row that names the columns, the sentence that announces."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.assistant.sentences import Span

_ITEM = re.compile(r"(?:[-–—•▪◦‣*·➢✓]\s|\(?\d{1,3}[°)]|[a-z]\)\s)")
_FAR = 40  # sentences between an item and what announces it


def head_of(text: str, spans: Sequence[Span], position: int) -> int:
    """Position of the head; that of the sentence itself where it is neither row nor item, or is its own head."""
    sentence = spans[position].of(text)
    if is_row(sentence):
        first = position
        while first > 0 and is_row(spans[first - 1].of(text)) and _touch(text, spans[first - 1], spans[first]):
            first -= 1
        return first
    if _ITEM.match(sentence):
        for before in range(position - 1, max(-1, position - _FAR), -1):
            former = spans[before].of(text)
            if announces(former):
                return before
            if not _ITEM.match(former) and not _touch(text, spans[before], spans[before + 1]):
                break
    return position


def table_end(text: str, spans: Sequence[Span], position: int) -> int:
    """Position of the last row of a row's table."""
    last = position
    while last + 1 < len(spans) and is_row(spans[last + 1].of(text)) and _touch(text, spans[last], spans[last + 1]):
        last += 1
    return last


def is_row(sentence: str) -> bool:
    return " | " in sentence


def announces(sentence: str) -> bool:
    return sentence.rstrip().endswith(":")


def _touch(text: str, one: Span, other: Span) -> bool:
    """No blank line between them."""
    return text.count("\n", one.end, other.start) < 2
