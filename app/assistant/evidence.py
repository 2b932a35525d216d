"""The best sentences of the best passages, with their spans: what is quoted."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.assistant.sentences import Span, sentence_spans
from app.assistant.words import SPELLED_NUMBERS, content_stems, fold, words
from index.records import Hit

Weights = Mapping[str, float]

_READABLE = 420  # characters: a quotation is not extended beyond this
_LEANS_BACK = re.compile(
    r"(?:il|ils|elle|elles|ce|cet|cette|ces|cela|celui-ci|celle-ci|ceux-ci|celles-ci|ledit|ladite|toutefois|cependant"
    r"|en outre|en revanche|dans ce cas|à ce titre|it|they|this|these|he|she|however)\b",
    re.IGNORECASE,
)
_ASKS = (
    (
        re.compile(
            r"\b(?:combien|quel(?:le)?s? (?:est|sont) (?:le|la|les) (?:\w+ )?(?:montant|tarif|prix|nombre|taux"
            r"|duree|delai|superficie|population)|how (?:many|much|long))\b"
        ),
        re.compile(r"\d|\b(?:" + "|".join(SPELLED_NUMBERS) + r")\b"),
    ),
    (
        re.compile(r"\b(?:quand|quelle (?:date|annee)|en quelle annee|a quelle (?:date|heure)|jusqu'a quand|when)\b"),
        re.compile(r"\d|janvier|fevrier|mars|avril|juin|juillet|aout|septembre|octobre|novembre|decembre"),
    ),
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A quotable span of one page: `text == page.text[start:end]`.  Higher scores are better."""

    hit: Hit
    start: int
    end: int
    text: str
    score: float


def find_evidence(question: str, hits: Sequence[Hit], weights: Weights, limit: int = 3) -> list[Evidence]:
    """The `limit` best quotable sentences of the hits, best first, no text twice."""
    wanted = set(content_stems(question))
    best_hit = max((hit.score for hit in hits), default=1.0) or 1.0
    candidates = [
        Evidence(hit, hit.start + span.start, hit.start + span.end, span.of(hit.text), score)
        for hit in hits
        for span, score in _scored(question, hit, hit.score / best_hit, wanted, weights)
    ]
    candidates.sort(key=lambda one: -one.score)
    return _distinct(candidates, limit)


def coverage(wanted: set[str], text: str, weights: Weights) -> float:
    """Share, by weight, of the wanted stems that a text holds; 1.0 when nothing is wanted."""
    total = sum(weights.get(one, 1.0) for one in wanted)
    if not total:
        return 1.0
    held = set(content_stems(text))
    return sum(weights.get(one, 1.0) for one in wanted & held) / total


def _scored(question: str, hit: Hit, hit_score: float, wanted: set[str], weights: Weights) -> list[tuple[Span, float]]:
    spans = sentence_spans(hit.text)
    around = coverage(wanted, " ".join(hit.heading) + " " + hit.text, weights)
    headings = {fold(one) for one in hit.heading}
    scored = []
    for position, span in enumerate(spans):
        text = span.of(hit.text)
        if not _is_sentence(text) or fold(" ".join(text.split())) in headings:
            continue
        held = coverage(wanted, text, weights)
        before = coverage(wanted, spans[position - 1].of(hit.text), weights) if position else 0.0
        shown = readable(hit.text, spans, position)
        score = held + 0.15 * before + 0.4 * around + 0.6 * hit_score + 0.25 * _suits(question, text)
        scored.append((shown, score - _incomplete(shown.of(hit.text))))
    return scored


def _incomplete(quotation: str) -> float:
    """What a quotation that announces and does not tell, or that breaks off, loses."""
    end = quotation.rstrip()[-1:]
    return 0.3 if end == ":" else 0.1 if end not in '.!?…»"”);' else 0.0


def _is_sentence(text: str) -> bool:
    """Headings and scraps quote badly: at least five words, or a figure among three."""
    count = sum(1 for _ in words(text))
    return count >= 5 or (count >= 3 and any(c.isdigit() for c in text))


def _suits(question: str, text: str) -> float:
    """1.0 when the question asks for a figure or a date and the sentence holds one; 0.5 when it asks for neither."""
    asked = [shape for pattern, shape in _ASKS if pattern.search(fold(question))]
    if not asked:
        return 0.5
    return 1.0 if any(shape.search(fold(text)) for shape in asked) else 0.0


def readable(text: str, spans: Sequence[Span], position: int) -> Span:
    """A sentence that leans on the one before takes it along; one that announces a list takes the list."""
    first = last = position
    if first > 0 and (_LEANS_BACK.match(spans[position].of(text)) or _announces(spans[first - 1].of(text))):
        first -= 1
    while last + 1 < len(spans) and (
        _announces(spans[last].of(text)) or (last > position and _is_item(text, spans, last))
    ):
        if spans[last + 1].end - spans[first].start > _READABLE:
            break
        last += 1
    if spans[last].end - spans[first].start > _READABLE:
        return spans[position]
    return Span(spans[first].start, spans[last].end)


def _announces(text: str) -> bool:
    return text.rstrip().endswith(":")


def _is_item(text: str, spans: Sequence[Span], position: int) -> bool:
    return spans[position].of(text).rstrip().endswith((";", ","))


def _distinct(candidates: Sequence[Evidence], limit: int) -> list[Evidence]:
    kept: list[Evidence] = []
    for one in candidates:
        if len(kept) == limit:
            break
        if not any(_overlap(one, other) for other in kept):
            kept.append(one)
    return kept


def _overlap(one: Evidence, other: Evidence) -> bool:
    if fold(one.text) == fold(other.text):
        return True
    same_page = one.hit.document.sha256 == other.hit.document.sha256 and one.hit.page == other.hit.page
    return same_page and one.start < other.end and other.start < one.end
