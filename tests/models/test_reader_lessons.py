"""A reader learns what its lessons say: two tiny ones, a large and a small, on questions made up here."""

from __future__ import annotations

import json
import random
from itertools import islice
from pathlib import Path

import pytest
import torch

from models.adapt.lessons import Lesson, picked, read_lessons
from models.adapt.reader import Course, Learner, Tell, save, started
from models.adapt.reading import batch_of, distilled, scores_of, taught
from models.reader_network import network
from tests.models.test_reader import WORDS, tiny_tokenizer

CONFIG = {
    "vocab_size": len(WORDS), "hidden_size": 32, "num_attention_heads": 2, "intermediate_size": 64,
    "num_hidden_layers": 4, "hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0,
}  # fmt: skip
THINGS = ["cantine", "mairie", "voirie", "repas"]


def row(asked: str, other: str) -> dict[str, object]:
    """The sentence with what is asked for holds the answer; the second passage does not speak of it."""
    first = f"tarif {other} deux euros. {asked} deux."
    spans = [[0, first.index(".") + 1], [first.index(".") + 2, len(first)]]
    return {
        "source": "question",
        "question": f"tarif {asked}",
        "passages": [
            {
                "heading": [], "text": first, "spans": spans, "relevant": 1, "holds": [1],
                "answers": [[len(first) - 5, len(first) - 1]],
            },
            {
                "heading": [], "text": f"{other} euros.", "spans": [[0, len(other) + 7]],
                "relevant": 0, "holds": [], "answers": [],
            },
        ],
    }  # fmt: skip


@pytest.fixture(scope="module")
def lessons(tmp_path_factory: pytest.TempPathFactory) -> list[Lesson]:
    path = tmp_path_factory.mktemp("lessons") / "lessons.jsonl"
    rows = [row(one, other) for one in THINGS for other in THINGS if one != other]
    path.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    return read_lessons(path, tiny_tokenizer())


def test_what_is_known_reaches_the_pieces(lessons: list[Lesson]) -> None:
    right, wrong = lessons[0].reads
    assert (right.relevant, right.holds, wrong.relevant, wrong.holds) == (1, (False, True), 0, (False,))
    ((first, last),) = right.answers
    assert [WORDS[one] for one in right.window.pieces[first : last + 1]] == ["deux"]
    assert first > right.window.spans[1][0]


def test_some_questions_stay_without_their_answer(lessons: list[Lesson]) -> None:
    chosen = list(islice(picked(lessons, {"question": 1.0, "cloze": 1.0}, 8, random.Random(1)), 400))
    with_answer = sum(any(one.relevant > 0 for one in reads) for reads in chosen)
    assert 0.8 < with_answer / 400 < 0.95


def test_a_large_reader_learns_and_a_small_one_learns_from_it(lessons: list[Lesson], tmp_path: Path) -> None:
    torch.manual_seed(2)
    course = Course(150, 3e-3, {"question": 1.0}, lessons=8, windows=2, head_rate=1e-2)
    losses: list[float] = []
    tell = Tell(1, 2, lambda step, loss: losses.append(loss))
    large = Learner(network(CONFIG, 4), course, "cpu")
    large.learn(lessons, course, tell)
    assert losses[-1] < losses[0] / 3
    batch = batch_of([one.reads for one in lessons], 1, 2, "cpu")
    learnt = scores_of(large.model, batch)
    assert ((learnt.relevance > 0) == (batch.relevant > 0)).float().mean() > 0.9
    before = {name: one.clone() for name, one in large.model.bert.embeddings.state_dict().items()}

    small = Learner(started(CONFIG, large.model.bert.state_dict(), (1, 3)), course, "cpu")
    away = float(distilled(scores_of(small.model.eval(), batch), learnt, batch).detach())
    small.learn(lessons, course, tell, [large.model])
    assert float(distilled(scores_of(small.model, batch), learnt, batch).detach()) < away / 3
    for name, one in small.model.bert.embeddings.state_dict().items():
        assert torch.equal(one, before[name]), "the shared table of pieces has changed"
    save(small.exact, tmp_path / "model.safetensors")
    from safetensors.torch import load_file

    written = load_file(tmp_path / "model.safetensors")
    assert not [name for name in written if "embeddings" in name]
    assert set(written) == {name for name in small.model.state_dict() if "embeddings" not in name}


def test_what_is_not_known_teaches_nothing_and_the_right_scores_cost_least(lessons: list[Lesson]) -> None:
    torch.manual_seed(4)
    batch = batch_of([one.reads for one in lessons], 1, 2, "cpu")
    found = scores_of(network(CONFIG, 2).eval(), batch)
    right = (batch.relevant > 0).float() * 20 - 10
    better = type(found)(right, batch.holds.float() * 20 - 10, torch.where(batch.edges, 10.0, -10.0))
    assert float(taught(better, batch)) < 0.01 < float(taught(found, batch).detach())
    assert float(distilled(better, better, batch)) == pytest.approx(0, abs=1e-5)
