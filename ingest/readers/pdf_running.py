"""Running headers and footers of a PDF: lines that stand at one place on most pages, page numbers counted on."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from ingest.readers.headings import structure
from ingest.readers.pdf_lines import Line

_LENGTH = 90  # characters: longer is prose
_EDGE_LINES = 4  # baselines at the top and at the bottom of a page that may be running ones, at most
_EDGE_SHARE = 4  # and a fourth of all of them
_NEAR = 3.0  # points between two pages' places of one running line
_LEAST = 3  # pages
_SHARE = 0.4  # of the pages: left and right ones may differ
_COUNTING = 0.8  # of a running line's figures that count with the pages: some pages carry no number
_NUMBER = re.compile(r"\d+")
_FIGURE = "\0"  # stands for a number in a shape: no text holds it
_NUMBERING = re.compile(r"\b(?:page|pages|p|folio|f°|feuillet|sur|of)\b|^[^a-zà-ÿ]*$")

Place = tuple[str, int]  # shape, and height on the page in steps of _NEAR
Edges = tuple[list[list[Line]], list[list[Line]]]  # top and bottom: baselines, each with its pieces


class _Seen:
    """Where a shape stands on the pages, with the figures that it holds there."""

    def __init__(self) -> None:
        self.pages: dict[int, tuple[int, ...]] = {}

    def runs(self, shape: str, pages: int) -> bool:
        """On enough pages, each figure the same or, where a page's number may stand, counting with the pages."""
        if len(self.pages) < max(_LEAST, _SHARE * pages):
            return False
        return all(self._holds(place, shape) for place in range(shape.count(_FIGURE)))

    def _holds(self, place: int, shape: str) -> bool:
        figures = [(page, numbers[place]) for page, numbers in self.pages.items()]
        if len({figure for _, figure in figures}) == 1:
            return True
        steps = Counter(figure - page for page, figure in figures)
        return bool(_NUMBERING.search(shape)) and max(steps.values()) >= _COUNTING * len(figures)


def without_running(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """The lines of each page without those that run.  A line that names a part of the text ("Article 2") stays."""
    written = sum(bool(page) for page in pages)
    if written < _LEAST:
        return [list(page) for page in pages]
    edges = [_edges(page) for page in pages]
    running = _running(edges, written)
    return [_kept(page, edge, running) for page, edge in zip(pages, edges, strict=True)]


def _kept(page: Sequence[Line], edges: Edges, running: set[Place]) -> list[Line]:
    dropped: set[int] = set()
    for edge in edges:
        for baseline in edge:
            if not all(any(place in running for place in _places(line)) for line in baseline):
                break
            dropped |= {id(line) for line in baseline}
    return [line for line in page if id(line) not in dropped]


def _running(pages: Sequence[Edges], written: int) -> set[Place]:
    """`written`: how many of the pages have lines."""
    seen: dict[Place, _Seen] = defaultdict(_Seen)
    for number, edges in enumerate(pages):
        for line in (line for edge in edges for baseline in edge for line in baseline if _may_run(line)):
            figures = tuple(map(int, _NUMBER.findall(line.text)))
            for place in _places(line):
                seen[place].pages.setdefault(number, figures)
    return {place for place, one in seen.items() if one.runs(place[0], written)}


def _places(line: Line) -> Iterable[Place]:
    """Its place, and the neighbouring ones: lines a hair apart must meet whatever step they fall into."""
    shape, step = _NUMBER.sub(_FIGURE, " ".join(line.text.split())).casefold(), round(line.bottom / _NEAR)
    return (shape, step - 1), (shape, step), (shape, step + 1)


def _may_run(line: Line) -> bool:
    return len(line.text) <= _LENGTH and not structure(line.text)


def _edges(lines: Sequence[Line]) -> Edges:
    """The outermost baselines at the top and at the bottom of a page, from its edge inwards, each with its pieces."""
    baselines: dict[int, list[Line]] = defaultdict(list)
    for line in lines:
        if line.height:
            baselines[round(line.bottom / _NEAR)].append(line)
    ordered = sorted(baselines, reverse=True)
    most = min(_EDGE_LINES, max(1, len(ordered) // _EDGE_SHARE))
    top, bottom = ordered[:most], ordered[-most:]
    return [baselines[step] for step in top], [baselines[step] for step in reversed(bottom)]
