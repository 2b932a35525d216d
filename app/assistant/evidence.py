"""The best sentences of the best passages, with their spans: what is quoted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app.assistant.expected import answer_span
from app.assistant.heads import announces, head_of, is_row, table_end
from app.assistant.merit import Wanted, leans_back, merits, read_merit, unfinished
from app.assistant.sentences import Span, sentence_spans
from app.assistant.words import content_stems, fold, words
from index.records import Hit
from models.protocols import Reading

Weights = Mapping[str, float]

_READABLE = 420  # characters: a quotation is not extended beyond this
_FAR_BELOW = 5.0  # merit: a quotation that falls further behind the best is rather noise than a second source


@dataclass(frozen=True, slots=True)
class Evidence:
    """A quotable span of one page: `text == page.text[start:end]`.  Higher scores are better."""

    hit: Hit
    start: int
    end: int
    text: str
    score: float
    mark: tuple[int, int] | None = None  # `text[start:end]` is what the question asks for


def find_evidence(
    question: str,
    hits: Sequence[Hit],
    weights: Weights,
    limit: int = 3,
    readings: Sequence[Reading] | None = None,
) -> list[Evidence]:
    """The `limit` best quotable sentences of the hits, best first, no text twice, none far below the best.

    `readings` are those of the hits, in their order, where a reader has read them: it has a say in which comes first.
    The others speak for themselves: on guides and rules, three of a reader's choice hold the answer less often.
    """
    wanted = Wanted.of(question, weights)
    read: Sequence[Reading | None] = readings or [None] * len(hits)
    best_hit = max((hit.score for hit in hits), default=1.0) or 1.0
    found = [
        (Evidence(hit, hit.start + span.start, hit.start + span.end, span.of(hit.text), score), score + said)
        for hit, reading in zip(hits, read, strict=True)
        for span, score, said in _scored(wanted, hit, hit.score / best_hit, reading)
    ]
    first = [max(found, key=lambda one: one[1])[0]] if found else []
    others = sorted((one for one, _ in found), key=lambda one: -one.score)
    return [_marked(question, one) for one in _distinct([*first, *others], limit)]


def coverage(wanted: set[str], text: str, weights: Weights) -> float:
    """Share, by weight, of the wanted stems that a text holds; 1.0 when nothing is wanted."""
    total = sum(weights.get(one, 1.0) for one in wanted)
    if not total:
        return 1.0
    held = set(content_stems(text))
    return sum(weights.get(one, 1.0) for one in wanted & held) / total


def _marked(question: str, one: Evidence) -> Evidence:
    span = answer_span(question, one.text)
    return replace(one, mark=(span.start, span.end)) if span else one


def _scored(wanted: Wanted, hit: Hit, hit_score: float, reading: Reading | None) -> list[tuple[Span, float, float]]:
    """Span, merit, and what a reader adds to it."""
    spans = sentence_spans(hit.text)
    headings = {fold(one) for one in hit.heading}
    scored = []
    for position, (span, merit) in enumerate(zip(spans, merits(wanted, hit.text, spans, hit_score), strict=True)):
        text = span.of(hit.text)
        if not _is_sentence(text) or fold(" ".join(text.split())) in headings:
            continue
        shown = _whole(hit.text, spans, position)
        said = read_merit(reading.sentences[position]) if reading else 0.0
        scored.append((shown, merit - unfinished(shown.of(hit.text)), said))
    return scored


def _is_sentence(text: str) -> bool:
    """Headings and scraps quote badly: at least five words, or a figure among three."""
    count = sum(1 for _ in words(text))
    return count >= 5 or (count >= 3 and any(c.isdigit() for c in text))


def _whole(text: str, spans: Sequence[Span], position: int) -> Span:
    """A row with its table, a list's item with what announces it, where that can still be read at a glance.

    For quoting only: rows of a table never certify together.
    """
    head = head_of(text, spans, position)
    if head == position and not is_row(spans[position].of(text)):
        return readable(text, spans, position)
    for last in (table_end(text, spans, position), position):
        if spans[last].end - spans[head].start <= _READABLE:
            return Span(spans[head].start, spans[last].end)
    return readable(text, spans, position)


def readable(text: str, spans: Sequence[Span], position: int) -> Span:
    """A sentence that leans on the one before takes it along; one that announces a list takes the list."""
    first = last = position
    if first > 0 and (leans_back(spans[position].of(text)) or announces(spans[first - 1].of(text))):
        first -= 1
    while last + 1 < len(spans) and (
        announces(spans[last].of(text)) or (last > position and _is_item(text, spans, last))
    ):
        if spans[last + 1].end - spans[first].start > _READABLE:
            break
        last += 1
    if spans[last].end - spans[first].start > _READABLE:
        return spans[position]
    return Span(spans[first].start, spans[last].end)


def _is_item(text: str, spans: Sequence[Span], position: int) -> bool:
    return spans[position].of(text).rstrip().endswith((";", ","))


def _distinct(candidates: Sequence[Evidence], limit: int) -> list[Evidence]:
    best = max((one.score for one in candidates), default=0.0)
    kept: list[Evidence] = []
    for one in candidates:
        if len(kept) == limit or (kept and one.score < best - _FAR_BELOW):
            break
        if not any(_overlap(one, other) for other in kept):
            kept.append(one)
    return kept


def _overlap(one: Evidence, other: Evidence) -> bool:
    if fold(one.text) == fold(other.text):
        return True
    same_page = one.hit.document.sha256 == other.hit.document.sha256 and one.hit.page == other.hit.page
    return same_page and one.start < other.end and other.start < one.end
