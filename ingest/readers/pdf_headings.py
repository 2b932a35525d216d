"""Headings of a PDF without an outline: lines that are larger than the body."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ingest.documents import Heading
from ingest.readers.pdf_layout import LaidOut

_HEADING_SIZE = 1.18  # of the body's
_HEADING_LENGTH = 150
_HEADING_LEVELS = 4


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
