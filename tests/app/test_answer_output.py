"""An answer on a terminal and as JSON: what the question asks for is marked, nothing that a document says acts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.answer_output import print_answer
from app.assistant.events import CertifiedSentence, Citation, Finished, Question, Quoted
from app.json_output import answer_json
from index.records import DocumentRef

TEXT = "Le tarif\nest de 3,85 €."
MARK = (TEXT.index("3,85"), len(TEXT) - 1)


def answer(text: str = TEXT, mark: tuple[int, int] | None = MARK, title: str = "A") -> Finished:
    citation = Citation(1, DocumentRef(1, "a.md", title, "essai", "0" * 64), 1, "1", 0, len(text), text)
    sentence = CertifiedSentence(text, (1,), "quotation", mark)
    question = Question("Quel est le tarif ?", frozenset({"essai"}))
    return Finished(question, "quoted", (sentence,), (citation,), (), None, 0, {})


def test_the_json_gives_the_span_only_where_there_is_one() -> None:
    (sentence,) = answer_json(answer())["sentences"]
    assert sentence == {"text": TEXT, "markers": [1], "certified_by": "quotation"}
    assert answer_json(answer())["marks"] == [{"sentence": 0, "start": MARK[0], "end": MARK[1]}]
    assert answer_json(answer(mark=None))["marks"] == []


def test_a_pipe_gets_the_words_alone(capsys: pytest.CaptureFixture[str]) -> None:
    print_answer(answer(), "fr")
    assert "  Le tarif est de 3,85 €. [1]\n" in capsys.readouterr().out


def test_a_terminal_is_not_obeyed_by_a_document(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr("typer.echo", said.append)
    print_answer(answer("Avant \x1b]0;x\x07 \u202eaprès.", None, title="\x1b[2JTitre"), "fr")
    assert said[1:] == ["  Avant ]0;x après. [1]", "[1] [2JTitre (essai/a.md), p. 1"]


def test_a_terminal_shows_what_is_asked_for_in_bold(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr("typer.echo", said.append)
    print_answer(answer(), "fr")
    assert said[1] == "  Le tarif est de \x1b[1m3,85 €\x1b[0m. [1]"


def test_quotations_that_a_written_answer_does_not_cite_follow_it(capsys: pytest.CaptureFixture[str]) -> None:
    first, second = answer(), answer("Le repas coûte 4 € pour un adulte.", None, "B")
    other = replace(second.citations[0], marker=2)
    quoted = Quoted((*first.sentences, replace(second.sentences[0], markers=(2,))), (*first.citations, other))
    written = replace(first, kind="generated")
    print_answer(written, "fr", quoted)
    said = capsys.readouterr().out
    assert said.count("3,85") == 1
    assert said.index("3,85") < said.index("Le repas coûte 4 € pour un adulte. [2]") < said.index("[2] B (essai/a.md)")
    print_answer(first, "fr", quoted)
    assert "4 €" not in capsys.readouterr().out
