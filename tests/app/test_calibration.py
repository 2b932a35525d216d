"""Fitting refusal and fusion: checked on made-up signs and rankings whose answer is known."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.assistant.answer import Assistant
from app.assistant.silence import SHIPPED, Measure
from app.bootstrap import Generators, House
from app.calibration import Calibrated, activate, calibrate, calibration, deactivate, f1, fitted, refusals
from app.errors import BadCalibration, CannotKeep, TooFewQuestions
from app.evaluation import Asked
from app.settings import Settings
from app.weighing import STEPS, Rankings, better_step
from tests.fakes import FakeEmbedder
from tests.makers import document, hold, open_index

IDENTITY = FakeEmbedder().identity


def told_apart(seed: int, gap: float, count: int = 120) -> tuple[np.ndarray, np.ndarray]:
    """Signs of questions with an answer, whose leads are higher by `gap` deviations, and without."""
    chance = np.random.default_rng(seed)
    silent = np.arange(count) % 2 == 0
    signs = chance.normal(0, 1, (count, 3))
    signs[~silent, 0] += gap
    return np.hstack([signs * [0.05, 0.1, 0.01] + [0.1, 0.3, 0.05], np.zeros((count, 1))]), silent


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_what_can_be_told_apart_is_whatever_the_scale(seed: int) -> None:
    signs, silent = told_apart(seed, 8.0)
    measure = fitted(signs, silent)
    assert f1(refusals(measure, signs), silent) > 0.97
    assert measure.weights[0] > 0
    others = told_apart(seed + 1, 8.0)
    assert f1(refusals(measure, others[0]), others[1]) > 0.8, "of what can be told apart the highest threshold is near"


def test_the_fit_is_that_of_a_library() -> None:
    from sklearn.linear_model import LogisticRegression

    signs, silent = told_apart(3, 1.5)
    measure = fitted(signs, silent)
    signs = signs[:, :3]
    rows = (signs - signs.mean(0)) / signs.std(0)
    known = LogisticRegression(C=1.0, tol=1e-10, max_iter=1000).fit(rows, ~silent)
    np.testing.assert_allclose(np.array(measure.weights) * signs.std(0), known.coef_[0], atol=2e-3)


def test_what_a_reader_is_sure_of_is_not_left_to_the_other_signs() -> None:
    """Of the questions with an answer half are found by the reader, half by their lead: both must be answered."""
    signs, silent = told_apart(4, 8.0)
    found = np.flatnonzero(~silent)[::2]
    signs[found, 0], signs[found, 3] = signs[silent, 0].mean(), 20.0
    measure = fitted(signs, silent)
    assert f1(refusals(measure, signs), silent) > 0.97
    assert f1(refusals(measure, signs * [1, 1, 1, 0]), silent) < 0.85, "the reader is not heard"


def test_f1_is_the_harmonic_mean_of_precision_and_recall() -> None:
    refused, silent = np.array([1, 1, 1, 0, 0], bool), np.array([1, 1, 0, 1, 0], bool)
    assert f1(refused, silent) == pytest.approx(2 * (2 / 3) * (2 / 3) / (4 / 3))
    assert f1(~silent & False, silent) == 0


def test_what_was_fitted_is_kept_with_its_embedder_and_undone(tmp_path: Path) -> None:
    found = Calibrated(Measure((1.5, 2.0, -3.0), 0.25, 0.4), 30, 30, 0.5, 0.8, None, 0.06)
    assert calibration(tmp_path, IDENTITY) == (SHIPPED, IDENTITY.cosine_step)
    activate(tmp_path, found, IDENTITY.sha256)
    assert calibration(tmp_path, IDENTITY) == (found.measure, 0.06)
    activate(tmp_path, found, "another")
    assert calibration(tmp_path, IDENTITY) == (SHIPPED, IDENTITY.cosine_step)
    assert (deactivate(tmp_path), deactivate(tmp_path)) == (True, False)
    assert calibration(tmp_path, IDENTITY) == (SHIPPED, IDENTITY.cosine_step)


def kept(step: object = 0.06, **silence: object) -> str:
    measure = {"weights": [1, 2, 3], "bias": 0.5, "threshold": 0.5, **silence}
    return json.dumps({"embedder": IDENTITY.sha256, "silence": measure, "cosine_step": step})


@pytest.mark.parametrize(
    "content",
    [
        "", "[]", "{}", json.dumps({"embedder": IDENTITY.sha256, "silence": {}}), kept(0), kept(-0.1), kept(math.nan),
        kept(threshold=math.nan), kept(bias=math.inf), kept(weights=[1, 2, math.nan]), kept(weights=[1, 2]),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, content: str) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "calibration.json").write_text(content)
    with pytest.raises(BadCalibration):
        calibration(tmp_path, IDENTITY)


def test_where_nothing_can_be_kept_it_is_said(tmp_path: Path) -> None:
    found = Calibrated(Measure((1.5, 2.0, -3.0), 0.25, 0.4), 30, 30, 0.5, 0.8, None, 0.06)
    (tmp_path / "models").write_text("no folder")
    with pytest.raises(CannotKeep):
        activate(tmp_path, found, IDENTITY.sha256)


def rankings(keywords: list[int], vectors: list[int], gold: int, spread: float = 0.1) -> Rankings:
    """Passage n is document n; cosines fall evenly by `spread` altogether."""
    return Rankings(
        [(one, 10.0 / (rank + 1)) for rank, one in enumerate(keywords)],
        [(one, 0.9 - spread * rank / len(vectors)) for rank, one in enumerate(vectors)],
        {one: str(one) for one in (*keywords, *vectors)},
        frozenset({str(gold)}),
    )


def test_the_search_that_is_right_gains_weight_where_it_is_more_than_luck() -> None:
    right_vectors = [rankings([1, 2, 3], [3, 4, 1], 3)] * 30
    assert better_step(right_vectors, 0.4) == min(STEPS)
    right_keywords = [rankings([1, 2, 3], [3, 4, 1], 1)] * 30
    chosen = better_step(right_keywords, 0.01)
    assert chosen is not None
    assert chosen > 0.045
    assert better_step(right_vectors[:1], 0.4) == 0.4
    assert better_step([], None) is None


def test_a_step_does_not_win_by_being_the_luckiest_of_nine() -> None:
    """Two searches by chance: no step is better than another.  Judged where it was chosen, one wins in 9 of 100."""

    def by_chance(chance: np.random.Generator) -> Rankings:
        keywords, vectors = (chance.permutation(20).tolist() for _ in range(2))
        return rankings(keywords, vectors, int(chance.integers(6)), 0.1 * chance.uniform(0.2, 2))

    trials = [[by_chance(chance) for _ in range(40)] for chance in map(np.random.default_rng, range(100))]
    assert sum(better_step(one, 0.045) != 0.045 for one in trials) <= 5


def house(tmp_path: Path, passages: int) -> House:
    index, embedder = open_index(tmp_path), FakeEmbedder()
    texts = [f"Le règlement numéro {one} fixe l'horaire du service {one}." for one in range(passages)]
    hold(index, *(document(text, path=f"{one}.md") for one, text in enumerate(texts)))
    chosen = Settings(data_dir=tmp_path)
    assistant = Assistant(index, embedder, lambda language: None)
    return House(chosen, index, embedder, assistant, Generators(chosen))


def test_calibrating_asks_every_question_and_judges_by_those_left_out(tmp_path: Path) -> None:
    asked = [Asked(f"Que fixe le règlement numéro {one} ?", frozenset({f"{one}.md"}), (), True) for one in range(25)]
    asked += [Asked(f"Qui joue au tennis à Trifouilly {one} ?", frozenset(), (), False) for one in range(25)]
    found = calibrate(house(tmp_path, 40), asked, frozenset({"essai"}))
    assert (found.answerable, found.silent) == (25, 25)
    assert 0 <= found.before <= 1
    assert found.won == (found.after > found.before or found.step != found.step_before)
    with pytest.raises(TooFewQuestions):
        calibrate(house(tmp_path, 40), asked[:30], frozenset({"essai"}))
    with pytest.raises(TooFewQuestions):  # what was fitted on a question would be judged by the same one
        calibrate(house(tmp_path, 40), [*asked[10:40], *asked[10:40]], frozenset({"essai"}))
