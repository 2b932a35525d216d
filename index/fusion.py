"""Two rankings made one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Ranking = Sequence[tuple[int, float]]  # (passage id, score), best first

VECTOR_WEIGHT = 0.5  # fitted on piaf-train and fiches


@dataclass(frozen=True, slots=True)
class Fused:
    id: int
    score: float
    in_keywords: bool
    cosine: float | None  # where the vectors found it

    @property
    def in_vectors(self) -> bool:
        return self.cosine is not None


def fuse(keywords: Ranking, vectors: Ranking, vector_weight: float = VECTOR_WEIGHT) -> list[Fused]:
    """Convex combination of normalised scores (Bruch et al., 2023), best first, ties by id.

    Each ranking's scores go to [0, 1]: BM25 by its best (zero is its natural floor), cosines between the lowest
    retrieved and the best.  What a ranking did not find scores zero in it.
    """
    by_keywords = _over_best(keywords)
    by_vectors = _over_range(vectors)
    cosines = dict(vectors)
    weight = vector_weight if by_keywords else 1.0
    fused = [
        Fused(
            one,
            (1 - weight) * by_keywords.get(one, 0.0) + weight * by_vectors.get(one, 0.0),
            one in by_keywords,
            cosines.get(one),
        )
        for one in by_keywords.keys() | by_vectors.keys()
    ]
    return sorted(fused, key=lambda one: (-one.score, one.id))


def _over_best(ranking: Ranking) -> Mapping[int, float]:
    best = max((score for _, score in ranking), default=0.0)
    return {one: score / best if best > 0 else 0.0 for one, score in ranking}


def _over_range(ranking: Ranking) -> Mapping[int, float]:
    scores = [score for _, score in ranking]
    low, high = min(scores, default=0.0), max(scores, default=0.0)
    return {one: (score - low) / (high - low) if high > low else 1.0 for one, score in ranking}
