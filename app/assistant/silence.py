"""When are the documents silent?  A measure of whether the evidence can answer, and the threshold that refuses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.assistant.evidence import coverage
from app.assistant.words import content_stems
from index.records import Hit

THRESHOLD = 0.5


def strength(question: str, hits: Sequence[Hit], weights: Mapping[str, float]) -> float:
    """From 0 to 1: the share of the question's words, by rarity, that the best single passage holds.

    A word that no document holds is the rarest of all: a question about it is not answered by its neighbours.
    """
    wanted = set(content_stems(question))
    if not wanted:
        return 0.0
    return max((coverage(wanted, " ".join(hit.heading) + " " + hit.text, weights) for hit in hits), default=0.0)


def is_silent(question: str, hits: Sequence[Hit], weights: Mapping[str, float], threshold: float = THRESHOLD) -> bool:
    return strength(question, hits, weights) < threshold
