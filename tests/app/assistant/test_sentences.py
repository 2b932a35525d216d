"""Sentence spans: nothing lost but white space, and full stops that end nothing end nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.assistant.sentences import sentence_spans


def sentences(text: str) -> list[str]:
    return [span.of(text) for span in sentence_spans(text)]


@given(st.text(alphabet=st.sampled_from("aB1 .!?:;\n-|«»()é’M"), max_size=200))
def test_spans_are_ordered_disjoint_and_miss_only_white_space(text: str) -> None:
    spans = sentence_spans(text)
    position = 0
    for span in spans:
        assert position <= span.start < span.end
        assert not text[position : span.start].strip()
        assert span.of(text) == span.of(text).strip()
        position = span.end
    assert not text[position:].strip()


@pytest.mark.parametrize(
    "sentence",
    [
        "Conformément à l'art. L. 123-4 du code, M. Dupont a signé le 3 mars.",
        "Voir p. 12 du rapport de Mme Martin et al. pour le détail.",
        "La délibération n° 2025-041 fixe le tarif à 3.85 euros.",
        "Le montant (cf. annexe) est de 1 200 €.",
    ],
)
def test_a_full_stop_of_an_abbreviation_ends_no_sentence(sentence: str) -> None:
    assert sentences(sentence + " Il est en vigueur.") == [sentence, "Il est en vigueur."]


def test_list_items_and_table_rows_stand_alone() -> None:
    text = "Le maire peut :\n- signer ;\n- refuser.\nQuotient | Tarif\nA | 3,20 €"
    assert sentences(text) == ["Le maire peut :", "- signer ;", "- refuser.", "Quotient | Tarif", "A | 3,20 €"]


def test_a_wrapped_line_continues_its_sentence() -> None:
    text = "La commune met à disposition\ndes associations une salle. Elle est gratuite."
    assert sentences(text) == ["La commune met à disposition\ndes associations une salle.", "Elle est gratuite."]


def test_a_heading_is_not_glued_to_the_paragraph_below() -> None:
    assert sentences("Horaires\nLa mairie ouvre à 9 heures.") == ["Horaires", "La mairie ouvre à 9 heures."]
