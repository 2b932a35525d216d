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
        "M. J.-P. Martin et Mme A. Petit rapportent.",
        "La S.A.R.L. Dupont est retenue pour le lot 3.",
        "La loi n° 83-634 du 13 juill. 1983 et l'arr. du 3 nov. 2016 s'appliquent.",
        "Art. 3. – Le maire est chargé de l'exécution.",
        "L'article R.* 421-1 et les art. 5 et s. du code sont cités.",
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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Les fruits, les légumes, etc. Le pain est à part.", ["Les fruits, les légumes, etc.", "Le pain est à part."]),
        ("« Il viendra. » Le maire attend.", ["« Il viendra. »", "Le maire attend."]),
        ("Il dit : « Oui. » puis il part.", ["Il dit : « Oui. » puis il part."]),
        ("2.1. Le maire signe.\n2.2. Il notifie.", ["2.1. Le maire signe.", "2.2. Il notifie."]),
        ("Le tarif est de 3 €. <b>Gratuit</b> le lundi.", ["Le tarif est de 3 €.", "<b>Gratuit</b> le lundi."]),
        ("Le repas coûte 3 €. | Fin", ["Le repas coûte 3 €.", "| Fin"]),
    ],
)
def test_where_a_sentence_ends(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected
