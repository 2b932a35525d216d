"""The whole recipe with fakes for the models: quoted, generated, refused, and nothing uncertified shown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.assistant.answer import Assistant
from app.assistant.events import Finished, Question, Quoted, Retrieved, Sentence
from index.store import Index
from models.protocols import Generation, Prompt
from tests.fakes import FakeEmbedder, FakeGenerator
from tests.makers import document, hold, open_index

TEXT = (
    "Le tarif du repas à la cantine est de 3,85 euros. Le goûter coûte 1,10 euro.\n\n"
    "La médiathèque ouvre le mardi à 14 heures. Le prêt dure quatre semaines."
)
QUESTION = Question("Quel est le tarif du repas à la cantine ?", frozenset({"essai"}))


@pytest.fixture
def index(tmp_path: Path) -> Index:
    index = open_index(tmp_path)
    hold(index, document(TEXT))
    return index


def assistant(index: Index, reply: str | None) -> Assistant:
    generator = FakeGenerator(lambda prompt: reply or "") if reply is not None else None
    return Assistant(index, FakeEmbedder(), lambda language: generator)


def assert_sound(index: Index, answer: Finished) -> None:
    """What is promised of every answer, whatever its kind."""
    citations = {one.marker: one for one in answer.citations}
    for citation in answer.citations:
        page = index.source_page(citation.document.collection, citation.document.sha256, citation.page)
        assert page is not None
        assert page.page.text[citation.start : citation.end] == citation.quote != ""
    for sentence in answer.sentences:
        assert sentence.markers
        assert set(sentence.markers) <= citations.keys()
        if sentence.certified_by == "quotation":
            assert sentence.text == citations[sentence.markers[0]].quote


def test_without_a_model_it_quotes(index: Index) -> None:
    events = list(assistant(index, None).answer(QUESTION))
    assert [type(event) for event in events] == [Retrieved, Quoted, Finished]
    answer = events[-1]
    assert isinstance(answer, Finished)
    assert (answer.kind, answer.model, answer.withheld) == ("quoted", None, 0)
    assert answer.sentences[0].text == "Le tarif du repas à la cantine est de 3,85 euros."
    assert_sound(index, answer)


def test_a_certified_sentence_is_written_with_its_source(index: Index) -> None:
    events = list(assistant(index, "Le repas à la cantine est au tarif de 3,85 euros [1].").answer(QUESTION))
    assert [type(event) for event in events] == [Retrieved, Quoted, Sentence, Finished]
    answer = events[-1]
    assert isinstance(answer, Finished)
    assert (answer.kind, answer.model, answer.withheld) == ("generated", "fake", 0)
    assert [one.text for one in answer.sentences] == ["Le repas à la cantine est au tarif de 3,85 euros."]
    assert answer.citations[0].quote == "Le tarif du repas à la cantine est de 3,85 euros."
    assert_sound(index, answer)


def test_a_false_sentence_is_withheld_and_a_true_one_beside_it_stays(index: Index) -> None:
    answer = assistant(index, "Le repas coûte 4,85 euros [1]. Le goûter coûte 1,10 euro [1].").finish(QUESTION)
    assert [one.text for one in answer.sentences] == ["Le goûter coûte 1,10 euro."]
    assert (answer.kind, answer.withheld) == ("generated", 1)
    assert_sound(index, answer)


@pytest.mark.parametrize(
    "reply", ["Le maire invente tout cela depuis 1998.", "", "CRASH", "Le repas coûte CRASH", "[1] [2] [99]"]
)
def test_when_nothing_is_certified_or_the_model_dies_it_quotes(index: Index, reply: str) -> None:
    answer = assistant(index, reply).finish(QUESTION)
    assert answer.kind == "quoted"
    assert_sound(index, answer)


@pytest.mark.parametrize(
    "question",
    [
        Question("Quel est le diamètre de la planète Jupiter ?", frozenset({"essai"})),
        Question("Quel est le tarif du repas à la cantine ?", frozenset()),
        Question("Quel est le tarif du repas à la cantine ?", frozenset({"inconnue"})),
        Question("???", frozenset({"essai"})),
    ],
)
def test_where_the_documents_are_silent_it_refuses_and_asks_no_model(index: Index, question: Question) -> None:
    generator = FakeGenerator(lambda prompt: pytest.fail("the model was asked"))
    answer = Assistant(index, FakeEmbedder(), lambda language: generator).finish(question)
    assert (answer.kind, answer.sentences, answer.citations) == ("refused", (), ())
    assert generator.prompts == []


def test_the_prompt_numbers_its_passages_and_ends_with_the_question(index: Index) -> None:
    asked: list[Prompt] = []

    def reply(prompt: Prompt) -> str:
        asked.append(prompt)
        return ""

    Assistant(index, FakeEmbedder(), lambda language: FakeGenerator(reply), passage_tokens=200).finish(QUESTION)
    (prompt,) = asked
    assert prompt.user.startswith("[1] A\n")
    assert prompt.markers == len(re.findall(r"^\[\d\] A$", prompt.user, re.MULTILINE))
    assert prompt.user.endswith(QUESTION.text)
    assert "français" in prompt.system


def test_passages_stay_within_their_budget_of_tokens(tmp_path: Path) -> None:
    index = open_index(tmp_path)
    hold(
        index,
        *(document(f"La cantine numéro {number} sert des repas. " * 20, path=f"{number}.md") for number in range(9)),
    )
    generator = FakeGenerator(lambda prompt: "")
    assistant = Assistant(index, FakeEmbedder(), lambda language: generator, passage_tokens=300)
    assistant.finish(Question("Où la cantine sert-elle des repas ?", frozenset({"essai"})))
    assert generator.count(generator.prompts[0].user) <= 300 + 20


def test_a_page_that_was_erased_a_moment_ago_is_not_cited(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "source_page", lambda *_, **__: None)
    answer = assistant(index, "Le goûter coûte 1,10 euro [1].").finish(QUESTION)
    assert (answer.kind, answer.sentences) == ("refused", ())


def asked_after(question: str, *history: str) -> Question:
    return Question(question, frozenset({"essai"}), history=history)


def test_a_follow_up_is_answered_as_what_it_leans_on(index: Index) -> None:
    answer = assistant(index, None).finish(asked_after("Et le goûter ?", "Quel est le tarif du repas à la cantine ?"))
    assert answer.kind == "quoted"
    assert any("goûter" in one.text for one in answer.sentences)
    assert answer.question.text == "Et le goûter ?"
    assert_sound(index, answer)


@pytest.mark.parametrize("follow_up", ["Et pour Jupiter ?", "Et la planète Jupiter ?", "Est-il diamétral ?"])
def test_the_question_before_never_answers_in_place_of_a_follow_up(index: Index, follow_up: str) -> None:
    asked = asked_after(follow_up, "Quel est le tarif du repas à la cantine ?")
    assert assistant(index, None).finish(asked).kind == "refused"


def test_history_does_not_bring_an_answer_to_a_question_that_stands_alone(index: Index) -> None:
    asked = asked_after("Quel est le diamètre de la planète Jupiter ?", "Quel est le tarif du repas à la cantine ?")
    assert assistant(index, None).finish(asked).kind == "refused"


def test_a_word_that_a_document_shares_by_chance_does_not_answer_a_fragment(tmp_path: Path) -> None:
    index = open_index(tmp_path)
    hold(
        index,
        document("Un repas réservé à la cantine pour un enfant de la commune coûte 3,85 euros, près de la station."),
    )
    answering = assistant(index, None)
    before = "Combien coûte un repas réservé à la cantine pour un enfant de la commune ?"
    assert answering.finish(asked_after("Et à la station spatiale ?", before)).kind == "refused"
    assert answering.finish(asked_after("Et la station spatiale ?", before)).kind == "refused"
    assert answering.finish(asked_after(before)).kind == "quoted"


def test_a_follow_ups_prompt_begins_as_the_one_before(tmp_path: Path) -> None:
    index = open_index(tmp_path)
    texts = ("La cantine ouvre le lundi à midi.", "La cantine ferme le mardi soir.", "La cantine sert un repas chaud.")
    hold(index, *(document(text, path=f"{number}.md") for number, text in enumerate(texts)))
    generator = FakeGenerator(lambda prompt: "")
    answering = Assistant(index, FakeEmbedder(), lambda language: generator)
    for question, history in (("Quand ouvre la cantine ?", ()), ("Et un repas ?", ("Quand ferme la cantine ?",))):
        answering.finish(asked_after(question, *history))
    first, second = (prompt.user.rpartition("Question : ")[0] for prompt in generator.prompts)
    assert first == second
    answering.finish(asked_after("Quel repas chaud sert la cantine ?"))
    assert generator.prompts[2].user.startswith("[1] A\nLa cantine sert un repas chaud.")  # alone: by rank


def test_whoever_asks_can_end_the_generation_at_once(index: Index) -> None:
    held: list[Generation] = []
    sentences = "Le goûter coûte 1,10 euro [1]. " * 50
    generator = FakeGenerator(lambda prompt: sentences, pause=0.001)

    def hold_and_end(generation: Generation) -> None:
        held.append(generation)
        generation.cancel()

    *_, last = Assistant(index, FakeEmbedder(), lambda language: generator).answer(QUESTION, hold_and_end)
    assert isinstance(last, Finished)
    assert len(held) == 1
    assert last.kind == "quoted"
