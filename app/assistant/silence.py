"""When are the documents silent?  Signs that the evidence answers, and the measure that refuses."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.assistant.evidence import coverage
from app.assistant.words import content_stems
from index.records import Found, Hit, headed

_FAR = 20  # rank above which the best passage stands out
READ = 0.5  # of strength, for each unit of a reader's log-odds above even
_COVERAGE = 0.5  # share of the question's words that one passage must hold where there are too few to stand out from


@dataclass(frozen=True, slots=True)
class Signs:
    """What tells an answer from its neighbourhood.

    A passage that answers is nearer to the question than the others of its subject, and much nearer than any passage,
    wherever the cosines of a collection happen to lie: they are compared with each other, never with a fixed number.
    A reader can only speak for an answer: to its doubts, titles of guides are no questions.
    """

    lead: float  # cosine of the best passage above the twentieth
    height: float  # and above the mean of the collections searched
    deviation: float  # of the question's cosines in them
    read: float = 0.0  # log-odds by which a reader finds it likelier than not that one passage answers; 0 without one


@dataclass(frozen=True, slots=True)
class Measure:
    """Logistic regression on the signs, fitted by `greffier calibrate`."""

    weights: tuple[float, float, float]
    bias: float
    threshold: float  # of doubt, from 0 to 1: from here on the answer is a refusal

    def doubt(self, signs: Signs) -> float:
        """From 0, certainly answered, to 1."""
        far, high, spread = self.weights
        strength = self.bias + far * signs.lead + high * signs.height + spread * signs.deviation
        strength += READ * signs.read
        return 1 / (1 + math.exp(min(700.0, strength)))


# Fitted on 240 questions on practical guides and 240 on encyclopedia paragraphs, half of them without an answer there.
SHIPPED = Measure(weights=(29.8293, 22.6531, 45.6551), bias=-8.1715, threshold=0.61)


def signs_of(found: Found, relevance: float | None = None) -> Signs | None:
    """None where there are too few passages to stand out from.  `relevance` is a reader's, of the best passage."""
    if len(found.cosines) < _FAR:
        return None
    best = found.cosines[0]
    read = 0.0 if relevance is None else max(0.0, relevance)
    return Signs(best - found.cosines[_FAR - 1], best - found.background.mean, found.background.deviation, read)


def is_silent(
    question: str,
    hits: Sequence[Hit],
    weights: Mapping[str, float],
    signs: Signs | None,
    measure: Measure = SHIPPED,
) -> bool:
    """Does nothing that was found answer?  A question without a word of meaning is not answered either."""
    if not hits or not content_stems(question):
        return True
    if signs is None:
        return held_by_one(question, hits, weights) < _COVERAGE
    return measure.doubt(signs) >= measure.threshold


def held_by_one(question: str, hits: Sequence[Hit], weights: Mapping[str, float]) -> float:
    """From 0 to 1: the share of the question's words, by rarity, that the best single passage holds.

    A word that no document holds is the rarest of all: a question about it is not answered by its neighbours.
    """
    wanted = set(content_stems(question))
    return max((coverage(wanted, headed(hit.heading, hit.text), weights) for hit in hits), default=0.0)
