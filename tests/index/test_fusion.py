"""Fusion: a convex combination of normalised scores, checked against its definition."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.fusion import fuse

rankings = st.dictionaries(st.integers(1, 30), st.floats(0.01, 50), max_size=12).map(
    lambda scores: sorted(scores.items(), key=lambda one: -one[1])
)


@given(rankings, rankings, st.floats(0, 1))
def test_everything_found_is_there_once_best_first(keywords: list, vectors: list, weight: float) -> None:  # type: ignore[type-arg]
    fused = fuse(keywords, vectors, weight)
    assert {one.id for one in fused} == {one for one, _ in keywords} | {one for one, _ in vectors}
    assert len({one.id for one in fused}) == len(fused)
    assert all(one.score >= two.score for one, two in pairwise(fused))
    assert all(-1e-9 <= one.score <= 1 + 1e-9 for one in fused)
    assert all(one.in_keywords == (one.id in dict(keywords)) for one in fused)


def test_the_score_is_the_weighted_sum() -> None:
    fused = {one.id: one.score for one in fuse([(1, 8.0), (2, 4.0)], [(2, 0.9), (3, 0.5), (1, 0.7)], 0.25)}
    assert fused == {1: pytest.approx(0.75 + 0.25 * 0.5), 2: pytest.approx(0.75 * 0.5 + 0.25), 3: pytest.approx(0.0)}


def test_without_keywords_the_order_is_that_of_the_vectors() -> None:
    assert [one.id for one in fuse([], [(5, 0.9), (2, 0.8), (9, 0.1)])] == [5, 2, 9]


def test_equal_scores_keep_a_fixed_order() -> None:
    assert [one.id for one in fuse([(4, 1.0), (2, 1.0), (7, 1.0)], [])] == [2, 4, 7]
