"""Which sentence is quoted where a reader has read the passages; and where it has not."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.assistant.answer import Assistant
from app.assistant.close_reading import most_relevant, read_closely
from app.assistant.events import Question
from app.assistant.evidence import find_evidence
from models.errors import ChangedFile, MissingFile, ModelFailure
from models.protocols import Reading
from tests.app.assistant.makers import hit
from tests.fakes import FakeEmbedder, FakeReader
from tests.makers import document, hold, open_index

TOWN = "Le conseil de Saint-Aubin se réunit chaque mois. Ils sont vingt-sept autour de la table. Le public est admis."
QUESTION = "Combien de membres compte le conseil ?"


def test_the_sentence_that_the_reader_found_is_quoted_first() -> None:
    found = [hit(TOWN), hit("Le conseil des jeunes compte des membres de tous les quartiers.", passage_id=2)]
    plain = find_evidence(QUESTION, found, {})
    assert "vingt-sept" not in plain[0].text
    readings = read_closely(QUESTION, found, FakeReader("vingt-sept"))
    quoted = find_evidence(QUESTION, found, {}, readings=readings)
    assert "vingt-sept" in quoted[0].text
    assert quoted[0].text == TOWN[quoted[0].start : quoted[0].end]
    assert plain[0].text in [one.text for one in quoted[1:]], "what was first without the reader is still quoted"


def test_what_was_left_unread_stands_below_what_was_read_as_well() -> None:
    text = "Le tarif du repas est de quatre euros. Le tarif du repas est de quatre francs."
    for unread in (0, 1):
        logits: list[float | None] = [0.0, 0.0]
        logits[unread] = None
        best = find_evidence("Quel est le tarif du repas ?", [hit(text)], {}, readings=[Reading(0.0, tuple(logits))])[0]
        assert best.text.endswith(("euros.", "francs.")[1 - unread])


@pytest.mark.parametrize("failure", [ChangedFile(name="x", path="y"), MissingFile(name="x", path="y"), ModelFailure()])
def test_a_reader_that_fails_leaves_the_quotations_as_they_are_without_one(tmp_path: Path, failure: Exception) -> None:
    index, embedder = open_index(tmp_path), FakeEmbedder()
    hold(index, document(TOWN, path="a.md"))
    question = Question(QUESTION, frozenset({"essai"}))
    without = Assistant(index, embedder, lambda language: None).gather(question)
    failing = Assistant(index, embedder, lambda language: None, reader=FakeReader("", failure)).gather(question)
    assert failing == without
    assert without.evidence


def test_the_assistant_asks_its_reader(tmp_path: Path) -> None:
    index, embedder = open_index(tmp_path), FakeEmbedder()
    texts = [f"Le conseil numéro {one} de la ville se réunit dans la salle {one}." for one in range(30)]
    hold(index, *(document(text, path=f"{one}.md") for one, text in enumerate(texts)), document(TOWN, path="a.md"))
    question = Question(QUESTION, frozenset({"essai"}))
    read = Assistant(index, embedder, lambda language: None, reader=FakeReader("vingt-sept")).gather(question)
    without = Assistant(index, embedder, lambda language: None).gather(question)
    assert "vingt-sept" in read.evidence[0].text
    assert read.hits == without.hits
    assert read.signs is not None
    assert without.signs is not None
    assert (read.signs.read, without.signs.read) == (8.0, 0.0)


def test_the_relevance_is_that_of_the_best_passage_that_was_read() -> None:
    assert most_relevant(None) is None
    assert most_relevant([Reading(None, (None,))]) is None
    assert most_relevant([Reading(-2.0, ()), Reading(None, ()), Reading(-1.0, ())]) == -1.0
    assert read_closely(QUESTION, [], FakeReader("")) is None
    assert read_closely(QUESTION, [hit(TOWN)], None) is None
