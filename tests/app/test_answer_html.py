"""Nothing that a document, a question or a model says is rendered as markup."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import html

from app.assistant.answer import Assistant
from app.assistant.events import CertifiedSentence, Citation, Question, Quoted
from app.ui.answer_html import note_html, view_html
from app.ui.asking import Asking, View
from index.records import DocumentRef
from tests.fakes import FakeEmbedder, FakeGenerator
from tests.makers import document, hold, open_index

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=http://192.0.2.1/x onerror=alert(1)>",
    "![x](http://192.0.2.1/x.png)",
    "[cliquez](javascript:alert(1))",
    '"><svg onload=alert(1)>',
    "</blockquote></section><h1>Faux</h1>",
    "&lt;b&gt; $x^2$ :red[rouge]",
]
ALLOWED = {"section", "mark", "h2", "p", "a", "span", "figure", "figcaption", "blockquote", "br", "ul", "li"}


@pytest.mark.parametrize("words", HOSTILE)
@pytest.mark.parametrize("reply", [None, "Le repas de la cantine coûte 3 euros [1]."])
def test_hostile_words_are_shown_and_never_rendered(words: str, reply: str | None, tmp_path: Path) -> None:
    text = f"Le repas de la cantine coûte 3 euros {words} par enfant. Le repas de la cantine coûte 3 euros."
    index = open_index(tmp_path)
    hold(index, document(text, title=f"Titre {words}", path="a.md"))
    generator = FakeGenerator(lambda prompt: reply or "") if reply else None
    assistant = Assistant(index, FakeEmbedder(), lambda language: generator)
    question = f"Combien coûte le repas de la cantine ? {words}"
    for asked in ("Combien coûte le repas de la cantine ?", question):
        for view in Asking(Question(asked, frozenset({"essai"})), assistant).start().views():
            shown = html.fragment_fromstring(view_html(view, question, "fr"), create_parent="div")
            assert {one.tag for one in shown.iterdescendants()} <= ALLOWED
            for one in shown.iterdescendants():
                assert not any(name.startswith("on") or name == "src" for name in one.attrib)
                assert one.get("href", "/source/").startswith("/source/")
    assert words in shown.text_content()


def test_what_is_written_leaves_the_quotations_that_it_does_not_cite(tmp_path: Path) -> None:
    index = open_index(tmp_path)
    hold(index, document("Le repas de la cantine coûte 3 euros.\n\nLa cantine sert le repas à midi, sur inscription."))
    generator = FakeGenerator(lambda prompt: "La cantine sert le repas à midi, sur inscription [1] [2].")
    assistant = Assistant(index, FakeEmbedder(), lambda language: generator)
    *_, last = (
        Asking(Question("Combien coûte le repas de la cantine ?", frozenset({"essai"})), assistant).start().views()
    )
    assert last.finished is not None
    assert last.finished.kind == "generated"
    shown = html.fragment_fromstring(view_html(last, "?", "fr"), create_parent="div")
    quotations = [" ".join(one.text_content().split()) for one in shown.iter("blockquote")]
    assert quotations == ["La cantine sert le repas à midi, sur inscription.", "Le repas de la cantine coûte 3 euros."]


def test_a_failure_is_told_with_its_remedy(tmp_path: Path) -> None:
    from index.errors import CorruptGeneration

    shown = view_html(View(failure=CorruptGeneration(path="/x")), "?", "fr")
    assert "greffier rebuild" in shown
    assert "Internal error" in view_html(View(failure=ValueError("x")), "?", "en")


def test_an_answer_goes_on_while_nobody_watches_and_is_there_later(tmp_path: Path) -> None:
    index = open_index(tmp_path)
    hold(index, document("Le repas de la cantine coûte 3 euros."))
    generator = FakeGenerator(lambda prompt: "Le repas de la cantine coûte 3 euros [1].", pause=0.02)
    assistant = Assistant(index, FakeEmbedder(), lambda language: generator)
    asking = Asking(Question("Combien coûte le repas ?", frozenset({"essai"})), assistant).start()
    next(asking.views())  # the first watcher leaves at once
    *_, last = asking.views()
    assert last.finished is not None
    assert last.finished.kind == "generated"
    assert [view.over for view in asking.views()] == [True]


def test_an_abandoned_question_stops_before_its_end(tmp_path: Path) -> None:
    index = open_index(tmp_path)
    hold(index, document("Le repas de la cantine coûte 3 euros."))
    sentences = "Le repas de la cantine coûte 3 euros [1]. " * 200
    generator = FakeGenerator(lambda prompt: sentences, pause=0.005)
    asking = Asking(
        Question("Combien coûte le repas ?", frozenset({"essai"})),
        Assistant(index, FakeEmbedder(), lambda language: generator),
    ).start()
    asking.abandon()
    *_, last = asking.views()
    assert last.over


def quoted(text: str, mark: tuple[int, int] | None = None) -> str:
    citation = Citation(1, DocumentRef(1, "a.md", "A", "essai", "0" * 64), 1, "1", 0, len(text), text)
    sentence = CertifiedSentence(text, (1,), "quotation", mark)
    return view_html(View(found=1, quoted=Quoted((sentence,), (citation,))), "?", "fr")


def blockquote(shown: str) -> str:
    return shown.split("<blockquote>")[1].split("</blockquote>", maxsplit=1)[0]


def test_the_answer_within_a_quotation_is_marked() -> None:
    text = "Le tarif est de 3,85 € <b>par</b> repas."
    start = text.index("3,85")
    assert blockquote(quoted(text, (start, start + 6))) == (
        "Le tarif est de <mark>3,85 €</mark> &lt;b&gt;par&lt;/b&gt; repas."
    )


def test_a_mark_across_lines_is_marked_on_each() -> None:
    text = "Tarifs :\n- cantine 3 €\n- garderie\n  du soir 2 €"
    assert blockquote(quoted(text, (text.index("garderie"), len(text)))) == (
        "Tarifs :<br>- cantine 3 €<br>- <mark>garderie</mark> <mark>du soir 2 €</mark>"
    )


def test_margins_are_no_line_ends_and_rows_are() -> None:
    assert blockquote(quoted("  Le tarif\n  est de\n3 €.\nA | 2\nB | 3  ")) == "Le tarif est de 3 €.<br>A | 2<br>B | 3"


def test_characters_that_turn_the_order_of_letters_are_not_shown() -> None:
    assert blockquote(quoted("Le tarif \u202e3 €\u202c est\x1b[31m fixé\u2066.")) == "Le tarif 3 € est[31m fixé."


def test_a_note_obeys_none_of_its_words() -> None:
    assert note_html("dossier <b>\u202etxt.exe\u2066") == '<p class="g-note">dossier &lt;b&gt;txt.exe</p>'
