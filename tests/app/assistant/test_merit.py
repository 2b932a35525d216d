"""What speaks for a sentence: shares of the question's words, and roots in which derived words agree."""

import pytest

from app.assistant.merit import Wanted, merits, unfinished
from app.assistant.sentences import sentence_spans
from app.assistant.words import content_stems


def share(question: str, text: str) -> float:
    wanted = Wanted.of(question, {})
    return wanted.subject(wanted.held_by(frozenset(content_stems(text))))


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("construire", "la construction", 1.0),
        ("le maire", "le maire", 1.0),
        ("un âne", "un ancien", 0.0),  # three letters say too little to be a root
        ("le tarif de la cantine", "le tarif", 0.5),
        ("les élus", "les éluards", 0.0),
        ("pourquoi ?", "rien", 1.0),
    ],
)
def test_the_share_of_the_questions_words(question: str, text: str, expected: float) -> None:
    assert share(question, text) == expected


def test_a_better_passage_and_more_words_are_worth_more() -> None:
    text = "Le tarif de la cantine est de 4 euros. La cour est fermée."
    wanted, spans = Wanted.of("Quel est le tarif de la cantine ?", {}), sentence_spans(text)
    near, far = merits(wanted, text, spans, 1.0), merits(wanted, text, spans, 0.2)
    assert near[0] > near[1]
    assert all(one > other for one, other in zip(near, far, strict=True))


@pytest.mark.parametrize(
    ("quotation", "loses"), [("Fin.", False), ("« Fin »", False), ("Pièces :", True), ("Il faut", True)]
)
def test_a_quotation_that_does_not_end_loses(quotation: str, loses: bool) -> None:
    assert (unfinished(quotation) > 0) == loses
