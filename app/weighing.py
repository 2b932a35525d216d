"""How much the vectors weigh beside the keywords, fitted on questions whose documents are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from app.evaluation import Asked, gold_rank
from index.fusion import Ranking, fuse

if TYPE_CHECKING:
    from app.bootstrap import House

STEPS = (0.01, 0.02, 0.03, 0.045, 0.06, 0.08, 0.12, 0.2, 0.4)  # differences of cosines (see index.fusion)
_DEPTH = 50
_LEAST = 20  # questions
_PARTS = 5  # of the questions, each judged by what was chosen on the others
_SURE = 1.645  # standard errors: one chance in twenty that the gain is luck


@dataclass(frozen=True, slots=True)
class Rankings:
    """What each search found for one question, and the ids of the passages of its documents."""

    keywords: Ranking
    vectors: Ranking
    documents: dict[int, str]
    gold: frozenset[str]


def rankings_of(house: House, asked: Asked, collections: frozenset[str]) -> Rankings:
    vector = house.embedder.embed_question(asked.question)
    by_keywords = house.index.search(asked.question, None, collections=collections, k=_DEPTH, mode="keywords")
    by_vectors = house.index.search(asked.question, vector, collections=collections, k=_DEPTH, mode="vectors")
    return Rankings(
        [(hit.passage_id, hit.score) for hit in by_keywords],
        [(hit.passage_id, hit.cosine) for hit in by_vectors if hit.cosine is not None],
        {hit.passage_id: hit.document.path for hit in (*by_keywords, *by_vectors)},
        asked.documents,
    )


def better_step(found: Sequence[Rankings], present: float | None) -> float | None:
    """The step of the best MRR@10, where choosing it so beats the present fusion by more than chance; else that one.

    Each question is judged by the step that is the best of the others: where it was chosen, the best of nine is lucky.
    """
    if len(found) < _LEAST:
        return present
    before = np.array([_reciprocal_rank(one, present) for one in found])
    tried = np.array([[_reciprocal_rank(one, step) for one in found] for step in STEPS])
    part, after = np.arange(len(found)) % _PARTS, np.empty(len(found))
    for one in range(_PARTS):
        after[part == one] = tried[tried[:, part != one].mean(1).argmax(), part == one]
    gain = after - before
    error = gain.std(ddof=1) / len(gain) ** 0.5
    return STEPS[tried.mean(1).argmax()] if gain.mean() > _SURE * error and gain.mean() > 0 else present


def _reciprocal_rank(one: Rankings, step: float | None) -> float:
    """Of the first gold document among the first ten documents."""
    ranked = fuse(one.keywords, one.vectors, step)
    rank = gold_rank((one.documents[passage.id] for passage in ranked), one.gold)
    return 1 / rank if rank else 0.0
