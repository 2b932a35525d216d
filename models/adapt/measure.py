"""Does an embedder find the passage that a query was taken from?  The measure by which an adaptation wins or loses."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.adapt.pairs import Pair

Embed = Callable[[Sequence[str], str], NDArray[np.float32]]  # texts and their prompt ("query", "document")

_DEPTH = 10
_ONE_IN_TWENTY = 1.645  # standard errors, one-sided


@dataclass(frozen=True, slots=True)
class Comparison:
    """MRR@10 of the same held-out queries before and after, and the standard error of their difference."""

    before: float
    after: float
    error: float
    queries: int

    @property
    def won(self) -> bool:
        """By more than chance would give in one run of twenty."""
        return self.after - self.before > _ONE_IN_TWENTY * self.error


def reciprocal_ranks(held: Sequence[Pair], others: Sequence[str], embed: Embed) -> NDArray[np.float64]:
    """1 over the rank of each query's passage among all held-out passages and the others; 0 beyond the tenth.

    Of equal scores the passage's own comes last: a model to which all texts are alike, or no number, finds nothing.
    """
    passages = list(dict.fromkeys([*(one.passage for one in held), *others]))
    at = {passage: number for number, passage in enumerate(passages)}
    scores = embed([one.query for one in held], "query") @ embed(passages, "document").T
    own = scores[np.arange(len(held)), [at[one.passage] for one in held]]
    ranks = (~(scores < own[:, None])).sum(axis=1)
    return np.where(ranks <= _DEPTH, 1.0 / ranks, 0.0)


def compare(before: NDArray[np.float64], after: NDArray[np.float64]) -> Comparison:
    """Two measures of the same queries, in the same order."""
    gain = after - before
    error = float(gain.std(ddof=1)) / math.sqrt(len(gain)) if len(gain) > 1 else math.inf
    return Comparison(float(before.mean()), float(after.mean()), error, len(gain))
