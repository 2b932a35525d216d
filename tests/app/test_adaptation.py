"""`greffier adapt`: what is learnt never judges; an embedder that won is put in use, and one command goes back."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.adaptation import adapt, lesson_of, undo
from app.assistant.answer import Assistant
from app.bootstrap import Generators, House
from app.cli import app
from app.errors import CannotKeep, NothingToUndo
from app.evaluation import Asked
from app.settings import Settings
from index.records import Passage
from models.adapt.adapting import Outcome
from models.adapt.measure import Comparison
from models.registry import embedder_card, register, registered
from tests.fakes import FakeEmbedder
from tests.makers import document, hold, open_index
from tests.models.test_registry_order import card

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


def test_a_question_that_is_asked_twice_does_not_judge_what_it_taught() -> None:
    held = passages(40)
    asked = [Asked(f"Que dit {one.text[:60]} ?", frozenset({path}), (), True) for path, one in held[:45]]
    lesson, by_questions = lesson_of(held, [one for one in asked for _ in range(2)])
    assert by_questions
    assert not {one.query for one in lesson.held} & {one.query for one in lesson.learnt}


def taught_house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """Enough to learn from; the learning always wins at once, and the new model embeds as the one before."""
    index, embedder = open_index(tmp_path), FakeEmbedder()
    hold(index, *(document(one.text, path=path, title=one.heading[0]) for path, one in passages(120, 1)))

    def won(self, lesson, folder):  # type: ignore[no-untyped-def]
        folder.mkdir(parents=True)
        (folder / "model.safetensors").write_bytes(b"weights")
        return Outcome(Comparison(0.5, 0.75, 0.01, 100), 640, folder)

    class Prepared(FakeEmbedder):
        def prepare(self) -> None: ...

    monkeypatch.setattr("models.adapt.adapting.Adaptation.run", won)
    monkeypatch.setattr("models.embedder.load_embedder", lambda card, **_: Prepared(64, card.name))
    monkeypatch.setattr("app.adaptation._BUSY_PAUSE", 0.01)
    chosen = Settings(data_dir=tmp_path)
    return House(chosen, index, embedder, Assistant(index, embedder, lambda language: None), Generators(chosen))


def test_what_was_learnt_waits_for_an_ingestion_to_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    house = taught_house(tmp_path, monkeypatch)
    writing = open_index(tmp_path).writer()
    steps: list[str] = []

    def told(step: str, done: float) -> None:
        steps.append(step)
        if steps.count("wait") == 2:
            writing.__exit__(None, None, None)

    writing.__enter__()
    adapted = adapt(house, "essai", [], minutes=1, told=told)
    assert steps.count("wait") == 2
    assert embedder_card(registered(tmp_path)).name == adapted.model


def test_an_interruption_before_the_model_is_in_use_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = taught_house(tmp_path, monkeypatch)

    def interrupted(step: str, done: float) -> None:
        if step == "embed":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        adapt(house, "essai", [], minutes=1, told=interrupted)
    assert not list((tmp_path / "models").glob("essai-*"))
    assert house.index.search("taxe", None, collections={"essai"})


def test_a_command_that_is_told_to_end_leaves_nothing_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    house = taught_house(tmp_path, monkeypatch)

    def ended(language: str) -> Callable[[str, float], None]:
        return lambda step, done: os.kill(os.getpid(), signal.SIGTERM) if step == "embed" else None

    monkeypatch.setenv("GREFFIER_DATA_DIR", str(tmp_path))
    monkeypatch.setattr("app.cli_adapt.configured_house", lambda **_: house)
    monkeypatch.setattr("app.steps.steps_on_terminal", ended)
    monkeypatch.setattr(signal, "getsignal", lambda _: signal.SIG_DFL)
    before = signal.signal(signal.SIGTERM, lambda *_: pytest.fail("not caught"))
    try:
        assert CliRunner().invoke(app, ["adapt", "--collection", "essai"]).exit_code == 130
    finally:
        signal.signal(signal.SIGTERM, before)
    assert not list((tmp_path / "models").glob("essai-*"))


def test_where_no_model_can_be_kept_nothing_is_learnt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    house = taught_house(tmp_path, monkeypatch)
    (tmp_path / "models").write_text("no folder")
    monkeypatch.setattr("models.registry._rows", lambda _: [])
    monkeypatch.setattr("models.adapt.adapting.Adaptation.run", lambda *_: pytest.fail("learnt"))
    with pytest.raises(CannotKeep):
        adapt(house, "essai", [], minutes=1, told=lambda *_: None)


def test_an_embedder_of_the_operator_is_not_undone_nor_its_folder_deleted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = taught_house(tmp_path / "data", monkeypatch)
    (tmp_path / "elsewhere").mkdir()
    own = card(tmp_path / "elsewhere", "own", role="embedder")
    register(tmp_path / "data", own)
    with pytest.raises(NothingToUndo):
        undo(house.settings, lambda *_: None)
    assert Path(own.path).exists()
    assert embedder_card(registered(tmp_path / "data")).name == "own"
    adapted = adapt(house, "essai", [], minutes=1, told=lambda *_: None)
    assert (tmp_path / "data" / "models" / adapted.model).exists()
    assert undo(house.settings, lambda *_: None) == "own"
    assert Path(own.path).exists()
    assert not (tmp_path / "data" / "models" / adapted.model).exists()


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
