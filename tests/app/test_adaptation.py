"""`greffier adapt`: what is learnt never judges; an embedder that won is put in use, and one command goes back."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.adaptation import lesson_of
from app.cli import app
from app.evaluation import Asked
from index.records import Passage
from models.adapt.adapting import Outcome
from models.adapt.measure import Comparison

WORDS = (
    "cantine tarif délibération voirie marché cimetière état-civil piscine médiathèque urbanisme permis taxe".split()
)


def passages(documents: int, each: int = 3) -> list[tuple[str, Passage]]:
    chance = random.Random(5)
    found = []
    for number in range(documents):
        for position in range(each):
            sentences = [
                f"La {' '.join(chance.choices(WORDS, k=6))} numéro {number}-{position}-{one}." for one in range(3)
            ]
            found.append((f"{number:03}.md", Passage(position, 1, 0, 1, (f"Titre {number}",), " ".join(sentences))))
    return found


@pytest.mark.parametrize("documents", [2, 40])
def test_no_passage_is_both_learnt_and_judged_by(documents: int) -> None:
    lesson, by_questions = lesson_of(passages(documents, 60 // documents + 3), [])
    assert not by_questions
    assert lesson.held
    assert not {one.key for one in lesson.held} & {one.key for one in lesson.learnt}
    assert not {one.key for one in lesson.held} & set(lesson.others)


def test_whole_documents_are_held_out_where_there_are_enough() -> None:
    held = passages(40)
    path_of = {one.searchable: path for path, one in held}
    lesson, _ = lesson_of(held, [])
    assert not {path_of[one.key] for one in lesson.held} & {path_of[one.key] for one in lesson.learnt}


def test_questions_judge_where_there_are_enough_and_half_of_them_teach() -> None:
    held = passages(40)
    asked = [Asked(f"Que dit {one.text[:60]} ?", frozenset({path}), (one.text[:60],), True) for path, one in held[::2]]
    lesson, by_questions = lesson_of(held, asked)
    assert by_questions
    judging = {one.query for one in lesson.held}
    taught = {one.query for one in lesson.learnt if one.source == "questions"}
    assert judging
    assert taught
    assert not judging & taught
    assert judging | taught == {one.question for one in asked}
    wanted = {one.question: passage.searchable for one, (_, passage) in zip(asked, held[::2], strict=True)}
    assert all(one.key == wanted[one.query] for one in lesson.held)


@pytest.mark.acceptance
@pytest.mark.filterwarnings("ignore")
def test_an_embedder_that_won_is_put_in_use_and_one_command_goes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The training is left out: the embedder 'won' is the shipped one with its weights moved a little."""
    monkeypatch.setenv("GREFFIER_DATA_DIR", str(tmp_path / "data"))
    texts = tmp_path / "texts"
    texts.mkdir()
    for path, one in passages(120, 1):
        (texts / path).write_text(f"# {one.heading[0]}\n\n{one.text}")

    def run(*words: str, code: int = 0) -> str:
        ran = CliRunner().invoke(app, [*words])
        assert ran.exit_code == code, ran.output
        return ran.stdout

    def moved(self, lesson, folder):  # type: ignore[no-untyped-def]
        from safetensors.torch import load_file, save_file

        shutil.copytree(self.source, folder)
        state = load_file(folder / "model.safetensors")
        save_file({name: one * 1.01 for name, one in state.items()}, folder / "model.safetensors", {"format": "pt"})
        return Outcome(Comparison(0.5, 0.75, 0.01, 100), 640, folder)

    monkeypatch.setattr("models.adapt.adapting.Adaptation.run", moved)
    run("adapt", "--undo", code=1)
    run("ingest", str(texts), "--collection", "essai", "--json")
    search = ("search", "taxe de la piscine", "--collection", "essai", "--json")
    before = json.loads(run(*search))["hits"]
    told = json.loads(run("adapt", "--collection", "essai", "--json"))
    assert told["activated"]
    assert told["mrr@10"] == {"before": 0.5, "after": 0.75}
    listed = json.loads(run("models", "list", "--json"))["models"]
    assert next(one["name"] for one in listed if one["role"] == "embedder") == told["model"]
    after = json.loads(run(*search))["hits"]
    assert {one["passage_id"] for one in after[:3]} & {one["passage_id"] for one in before[:5]}
    assert [one["score"] for one in after] != [one["score"] for one in before]
    assert json.loads(run("check", "--json"))["problems"] == []
    monkeypatch.setattr("models.embedder.SentenceEmbedder.embed", lambda *_: pytest.fail("embedded again"))
    run("adapt", "--undo")
    monkeypatch.undo()
    monkeypatch.setenv("GREFFIER_DATA_DIR", str(tmp_path / "data"))
    assert json.loads(run(*search))["hits"] == before
    assert not (tmp_path / "data" / "models" / told["model"]).exists()


def test_too_little_text_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GREFFIER_DATA_DIR", str(tmp_path / "data"))
    (tmp_path / "a.md").write_text("# Cantine\n\nLe tarif de la cantine est de trois euros par repas et par enfant.")
    assert CliRunner().invoke(app, ["ingest", str(tmp_path / "a.md"), "--collection", "essai"]).exit_code == 0
    ran = CliRunner().invoke(app, ["adapt", "--collection", "essai"])
    assert ran.exit_code == 1
    assert "trop peu de texte" in ran.output
