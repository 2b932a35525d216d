"""`greffier calibrate`: when to refuse and how to weigh the two searches, fitted on an archivist's questions.

What is fitted is put in use only where it does better than what was in use on questions that it was not fitted on.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, astuple, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from app.assistant.events import Question
from app.assistant.silence import READ, SHIPPED, Measure, Signs
from app.errors import BadCalibration, CannotKeep, TooFewQuestions
from app.evaluation import Asked
from app.weighing import better_step, rankings_of
from models.protocols import EmbedderIdentity

if TYPE_CHECKING:
    from app.bootstrap import House

LEAST = 20  # questions with an answer, and as many without
_PARTS = 5  # of the questions, each judged by what was fitted on the others
_RIDGE = 1.0  # strength of the penalty that keeps few questions from saying too much
_AS_GOOD = 0.01
_STEPS = 25  # of Newton's method: it converges in some ten

Matrix = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Calibrated:
    """What a run came to: F1 of the refusals, of the measure in use and of the fitted one where it was not fitted."""

    measure: Measure
    answerable: int
    silent: int
    before: float
    after: float
    step_before: float | None
    step: float | None  # of cosines, for the fusion of the two searches

    @property
    def won(self) -> bool:
        return self.after > self.before or self.step != self.step_before

    def as_json(self) -> dict[str, Any]:
        return {
            "activated": self.won,
            "answerable": self.answerable,
            "unanswerable": self.silent,
            "refusal_f1": {"before": round(self.before, 4), "after": round(self.after, 4)},
            "cosine_step": {"before": self.step_before, "after": self.step},
            "measure": asdict(self.measure),
        }


def calibrate(
    house: House, asked: Sequence[Asked], collections: frozenset[str], tick: Callable[[], object] = lambda: None
) -> Calibrated:
    """Fit and judge; nothing is put in use.  A question that is asked twice counts once.  Raises TooFewQuestions."""
    signs, silent, rankings = [], [], []
    for one in {" ".join(one.question.lower().split()): one for one in asked}.values():
        found = house.assistant.gather(Question(one.question, collections)).signs
        if found is not None:
            signs.append(astuple(found))
            silent.append(not one.answerable)
        if one.documents:
            rankings.append(rankings_of(house, one, collections))
        tick()
    given, wanted = np.array(signs, np.float64).reshape(-1, 4), np.array(silent, np.bool_)
    if min(wanted.sum(), (~wanted).sum()) < LEAST:
        raise TooFewQuestions(least=LEAST, answerable=int((~wanted).sum()), unanswerable=int(wanted.sum()))
    present = house.assistant.measure
    before, after = f1(refusals(present, given), wanted), _on_others(given, wanted)
    return Calibrated(
        fitted(given, wanted) if after > before else present,
        int((~wanted).sum()),
        int(wanted.sum()),
        before,
        after,
        house.index.cosine_step,
        better_step(rankings, house.index.cosine_step),
    )


def fitted(given: Matrix, silent: Flags) -> Measure:
    """Logistic regression by Newton's method, a ridge on standardised signs; the threshold of the best F1.

    `given` has shape (questions, 4); the last column, what a reader read, keeps its weight.  The two kinds of question
    count alike, however many there are of each.
    """
    signs, read = given[:, :3], READ * given[:, 3]
    middle, spread = signs.mean(0), signs.std(0) + 1e-9
    rows = np.hstack([(signs - middle) / spread, np.ones((len(signs), 1))])
    counts = np.where(silent, len(silent) / silent.sum(), len(silent) / (~silent).sum()) / 2
    penalty = np.diag([_RIDGE] * 3 + [0.0])
    weights = np.zeros(4)
    for _ in range(_STEPS):
        answered = 1 / (1 + np.exp(-rows @ weights - read))
        gradient = rows.T @ (counts * (answered - ~silent)) + penalty @ weights
        curvature = (rows * (counts * answered * (1 - answered))[:, None]).T @ rows + penalty
        weights = weights - np.linalg.solve(curvature, gradient)
    plain = weights[:3] / spread
    measure = Measure(_three(plain), float(weights[3] - plain @ middle), 0.5)
    return Measure(measure.weights, round(measure.bias, 4), _best_threshold(doubts(measure, given), silent))


def doubts(measure: Measure, signs: Matrix) -> Matrix:
    return np.array([measure.doubt(Signs(*row)) for row in signs.tolist()])


def refusals(measure: Measure, signs: Matrix) -> Flags:
    refused: Flags = doubts(measure, signs) >= measure.threshold
    return refused


def f1(refused: Flags, silent: Flags) -> float:
    """Of the refusals: harmonic mean of their precision and their recall."""
    return float(2 * (refused & silent).sum() / max(1, refused.sum() + silent.sum()))


def activate(data_dir: Path, found: Calibrated, embedder_sha256: str) -> None:
    """Kept with the embedder that the cosines are of: another one is judged as shipped.  Raises CannotKeep."""
    path = _path(data_dir)
    kept = {"embedder": embedder_sha256, "silence": asdict(found.measure), "cosine_step": found.step}
    aside = path.with_suffix(".aside")
    with _written(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        aside.write_text(json.dumps(kept, indent=1), "utf-8")
        aside.replace(path)


def deactivate(data_dir: Path) -> bool:
    """Back to the shipped measure; whether there was another.  Raises CannotKeep."""
    there = _path(data_dir).exists()
    with _written(_path(data_dir).parent):
        _path(data_dir).unlink(missing_ok=True)
    return there


def kept_since(data_dir: Path) -> tuple[int, int] | None:
    """Another pair whenever what is fitted changes; None where nothing is."""
    try:
        state = _path(data_dir).stat()
    except OSError:
        return None
    return state.st_mtime_ns, state.st_ino


def calibration(data_dir: Path, embedder: EmbedderIdentity) -> tuple[Measure, float | None]:
    """The measure and the step of cosines in use.  Raises BadCalibration for a file that cannot be read."""
    path = _path(data_dir)
    try:
        kept = json.loads(path.read_text("utf-8"))
        if kept["embedder"] != embedder.sha256:
            return SHIPPED, embedder.cosine_step
        silence, step = kept["silence"], kept["cosine_step"]
        bias, threshold = _finite(float(silence["bias"])), _finite(float(silence["threshold"]))
        measure = Measure(_three(silence["weights"]), bias, threshold)
        return measure, None if step is None else _positive(float(step))
    except FileNotFoundError:
        return SHIPPED, embedder.cosine_step
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadCalibration(path=path, detail=error) from error


def _on_others(signs: Matrix, silent: Flags) -> float:
    """F1 of refusals, each decided by a measure that was fitted without its question."""
    part = np.arange(len(silent)) % _PARTS
    for kind in (silent, ~silent):
        part[kind] = np.arange(kind.sum()) % _PARTS
    refused = np.zeros(len(silent), np.bool_)
    for one in range(_PARTS):
        refused[part == one] = refusals(fitted(signs[part != one], silent[part != one]), signs[part == one])
    return f1(refused, silent)


def _best_threshold(doubt: Matrix, silent: Flags) -> float:
    """The highest within one hundredth of the best F1: of thresholds that do as well, the one that refuses least."""
    tried = np.linspace(0.1, 0.9, 81)
    found = np.array([f1(doubt >= one, silent) for one in tried])
    return round(float(tried[found >= found.max() - _AS_GOOD].max()), 3)


def _three(values: Sequence[float] | Matrix) -> tuple[float, float, float]:
    first, second, third = (round(_finite(float(one)), 4) for one in values)
    return first, second, third


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError(value)
    return value


def _positive(value: float) -> float:
    if _finite(value) <= 0:
        raise ValueError(value)
    return value


@contextmanager
def _written(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CannotKeep(path=folder, detail=error.strerror or error) from error


def _path(data_dir: Path) -> Path:
    return data_dir / "models" / "calibration.json"
