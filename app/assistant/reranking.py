"""The few best hits in the order of a model that reads question and passage together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from index.records import Hit, headed
from models.protocols import Reranker

CANDIDATES = 30  # hits that are read again: a cross-encoder reads some tens of passages a second on two cores


def rerank(question: str, ranked: Sequence[Hit], reranker: Reranker) -> list[Hit]:
    """All the hits, best first: the first 30 by their relevance, the others after them in their order.

    Scores stay comparable: those of the others are at most the lowest relevance.
    """
    read, left = ranked[:CANDIDATES], ranked[CANDIDATES:]
    relevance = reranker.scores(question, [headed(hit.heading, hit.text) for hit in read])
    scored = [replace(hit, score=float(score)) for hit, score in zip(read, relevance, strict=True)]
    lowest = min((hit.score for hit in scored), default=0.0)
    best = max((hit.score for hit in left), default=0.0) or 1.0
    after = [replace(hit, score=lowest * hit.score / best) for hit in left]
    return [*sorted(scored, key=lambda hit: -hit.score), *after]
