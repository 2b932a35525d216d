"""Two rankings made one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Ranking = Sequence[tuple[int, float]]  # (passage id, score), best first

_RANK_OFFSET = 10  # of rank fusion; 60, as first published, finds a little less here


@dataclass(frozen=True, slots=True)
class Fused:
    id: int
    score: float
    in_keywords: bool
    cosine: float | None  # where the vectors found it

    @property
    def in_vectors(self) -> bool:
        return self.cosine is not None


def fuse(keywords: Ranking, vectors: Ranking, cosine_step: float | None = None) -> list[Fused]:
    """Everything that was found, best first, ties by id; scores from 0 to 1.

    `cosine_step` is the difference of cosines that weighs as much as the best keyword score.  It belongs to an
    embedder, whose cosines have a spread of their own; where it is not known, ranks are fused.
    """
    cosines, terms = dict(vectors), dict(keywords)
    scores = _by_ranks(keywords, vectors) if cosine_step is None else _by_scores(keywords, vectors, cosine_step)
    fused = [Fused(one, score, one in terms, cosines.get(one)) for one, score in scores.items()]
    return sorted(fused, key=lambda one: (-one.score, one.id))


def _by_scores(keywords: Ranking, vectors: Ranking, cosine_step: float) -> Mapping[int, float]:
    """Convex combination (Bruch et al., 2023): BM25 over its best, cosines above the lowest retrieved.

    A fixed step rather than the range of each question: where all cosines are near each other, keywords decide.
    What a ranking did not find scores zero in it.
    """
    best = max((score for _, score in keywords), default=0.0)
    low = min((score for _, score in vectors), default=0.0)
    high = max((score for _, score in vectors), default=0.0)
    by_keywords = {one: score / best if best > 0 else 0.0 for one, score in keywords}
    by_vectors = {one: (score - low) / cosine_step for one, score in vectors}
    most = (1.0 if best > 0 else 0.0) + (high - low) / cosine_step
    return {
        one: (by_keywords.get(one, 0.0) + by_vectors.get(one, 0.0)) / most if most > 0 else 1.0
        for one in by_keywords.keys() | by_vectors.keys()
    }


def _by_ranks(keywords: Ranking, vectors: Ranking) -> Mapping[int, float]:
    """Reciprocal rank fusion (Cormack et al., 2009), of which the first in both scores 1."""
    scores: dict[int, float] = {}
    for ranking in (keywords, vectors):
        for rank, (one, _) in enumerate(ranking, start=1):
            scores[one] = scores.get(one, 0.0) + (_RANK_OFFSET + 1) / (_RANK_OFFSET + rank) / 2
    return scores
