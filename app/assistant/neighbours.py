"""Passages that follow each other on a page, made one: a sentence is not cut where a passage happens to end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from index.records import Hit

_MOST = 2400  # characters of a joined passage: a prompt has room for it and for another


def join_neighbours(hits: Sequence[Hit], most: int = _MOST) -> list[Hit]:
    """Hits of one version, page and heading that touch or overlap, as one hit of `page.text[start:end]`.

    It keeps the rank, the id and the score of its best passage.  Passages are joined by rank, so that the best grow
    first; one of more than `most` characters is not made.
    """
    joined: list[Hit] = []
    for hit in hits:
        grown, place = hit, len(joined)
        for number, other in reversed(list(enumerate(joined))):
            if _touch(other, grown) and max(other.end, grown.end) - min(other.start, grown.start) <= most:
                grown, place = _joined(other, grown), number
                del joined[number]
        joined.insert(place, grown)
    return joined


def _touch(one: Hit, other: Hit) -> bool:
    """Nothing of the page lies between them."""
    return _place(one) == _place(other) and one.start <= other.end and other.start <= one.end


def _place(hit: Hit) -> tuple[int, str, int, tuple[str, ...]]:
    return hit.document.id, hit.document.sha256, hit.page, hit.heading


def _joined(best: Hit, other: Hit) -> Hit:
    first, second = sorted((best, other), key=lambda one: (one.start, one.end))
    beyond = second.text[max(0, first.end - second.start) :]
    return replace(
        best,
        start=first.start,
        end=max(first.end, second.end),
        position=min(best.position, other.position),
        text=first.text + beyond,
        found_by=tuple(dict.fromkeys((*best.found_by, *other.found_by))),
    )
