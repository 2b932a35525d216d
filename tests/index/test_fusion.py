"""Fusion: by scores where the embedder's cosines are known, by ranks elsewhere, each checked against its definition."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.fusion import fuse

rankings = st.dictionaries(st.integers(1, 30), st.floats(0.01, 50), max_size=12).map(
    lambda scores: sorted(scores.items(), key=lambda one: -one[1])
)


@given(rankings, rankings, st.none() | st.floats(0.001, 10))
def test_everything_found_is_there_once_best_first(keywords: list, vectors: list, step: float | None) -> None:  # type: ignore[type-arg]
    fused = fuse(keywords, vectors, step)
    assert {one.id for one in fused} == {one for one, _ in keywords} | {one for one, _ in vectors}
    assert len({one.id for one in fused}) == len(fused)
    assert all(one.score >= two.score for one, two in pairwise(fused))
    assert all(-1e-9 <= one.score <= 1 + 1e-9 for one in fused)
    assert all(one.in_keywords == (one.id in dict(keywords)) for one in fused)
    assert all(one.cosine == dict(vectors).get(one.id) for one in fused)


def test_a_step_of_cosines_weighs_as_much_as_the_best_keyword_score() -> None:
    fused = {one.id: one.score for one in fuse([(1, 8.0), (2, 4.0)], [(2, 0.9), (3, 0.5), (1, 0.7)], 0.2)}
    most = 1 + 0.4 / 0.2
    assert fused == {1: pytest.approx(2 / most), 2: pytest.approx(2.5 / most), 3: pytest.approx(0.0)}


def test_cosines_that_hardly_differ_leave_the_order_to_the_keywords() -> None:
    near = [(3, 0.8004), (2, 0.8002), (1, 0.8)]
    assert [one.id for one in fuse([(1, 9.0), (2, 3.0)], near, 0.05)] == [1, 2, 3]
    assert fuse([(1, 9.0), (2, 3.0)], [(3, 0.95), (2, 0.82), (1, 0.8)], 0.05)[0].id == 3


def test_ranks_are_fused_where_the_step_is_not_known() -> None:
    fused = {one.id: one.score for one in fuse([(1, 900.0), (2, 0.1)], [(2, 0.9), (3, 0.89)])}
    assert fused == {1: pytest.approx(0.5), 2: pytest.approx(0.5 * 11 / 12 + 0.5), 3: pytest.approx(0.5 * 11 / 12)}


@pytest.mark.parametrize("step", [None, 0.1])
def test_without_keywords_the_order_is_that_of_the_vectors(step: float | None) -> None:
    assert [one.id for one in fuse([], [(5, 0.9), (2, 0.8), (9, 0.1)], step)] == [5, 2, 9]


@pytest.mark.parametrize("step", [None, 0.1])
def test_equal_scores_keep_a_fixed_order(step: float | None) -> None:
    assert [one.id for one in fuse([(4, 1.0)], [(2, 1.0)], step)] == ([2, 4] if step is None else [4, 2])
    assert [one.id for one in fuse([], [(4, 1.0), (2, 1.0), (7, 1.0)], 0.1)] == [2, 4, 7]
