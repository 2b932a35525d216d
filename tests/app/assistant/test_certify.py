"""Certification holds true sentences and withholds corrupted ones, each for the reason that its corruption has."""

import pytest

from app.assistant.certify import certify, dates, denies, numbers, quantities, references

FEE = "Le tarif du repas est fixé à 3,85 € pour les enfants de Saint-Aubin à compter du 1er septembre 2025."
LEAVE = "Les agents doivent déposer leur demande de congé quinze jours avant la date, sauf urgence."
RULE = "En application de l'article L. 2121-12 du code, la convocation est adressée cinq jours francs avant la séance."
BAN = "Les chiens ne sont pas admis dans les aires de jeux."


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        (FEE, FEE),
        ("À compter du 01/09/2025, le repas des enfants de Saint-Aubin est fixé à 3.85 euros.", FEE),
        ("Sauf urgence, la demande de congé doit être déposée 15 jours avant la date.", LEAVE),
        ("La convocation est adressée 5 jours francs avant la séance (article L.2121-12).", RULE),
        ("Dans les aires de jeux, les chiens ne sont pas admis.", BAN),
        ("The fee is 3.50 euros.", "The fee for a copy is 3.50 euros."),
    ],
)
def test_true_sentences_are_certified(sentence: str, source: str) -> None:
    assert certify(sentence, [source]).missing == ()


@pytest.mark.parametrize(
    ("sentence", "source", "reason"),
    [
        (FEE.replace("3,85", "3,58"), FEE, "number"),
        (FEE.replace("3,85 €", "3,85 %"), FEE, "quantity"),
        (FEE.replace("septembre", "octobre"), FEE, "date"),
        (FEE.replace("2025", "2024"), FEE, "date"),
        (FEE.replace("Saint-Aubin", "Saint-Martin"), FEE, "name"),
        (LEAVE.replace(", sauf urgence", ""), LEAVE, "exception: dropped"),
        (LEAVE.replace("doivent", "peuvent"), LEAVE, "modality"),
        (LEAVE.replace("quinze", "trente"), LEAVE, "number"),
        (RULE.replace("2121-12", "2121-10"), RULE, "reference"),
        (BAN.replace("ne sont pas", "sont"), BAN, "negation: dropped"),
        ("Les chiens tenus en laisse ne sont pas admis.", "Les chiens sont admis tenus en laisse.", "negation: added"),
        (FEE[:-1] + ", après accord du préfet et consultation des syndicats agricoles départementaux.", FEE, "content"),
        ("Le barème national prévoit des dérogations budgétaires.", FEE, "content"),
    ],
)
def test_a_corrupted_sentence_is_withheld_for_its_corruption(sentence: str, source: str, reason: str) -> None:
    assert any(one.startswith(reason) for one in certify(sentence, [source]).missing)


def test_no_source_certifies_nothing() -> None:
    assert not certify("Le tarif est fixé.", []).certified


def test_an_empty_sentence_is_not_certified() -> None:
    assert not certify("", [FEE]).certified
    assert not certify("Oui.", [FEE]).certified


@pytest.mark.parametrize("written", ["1 200", "1.200", "1200", "1\u202f200", "1\u00a0200"])
def test_thousands_are_one_number_however_written(written: str) -> None:
    assert numbers(f"Soit {written} habitants") == {"1200"}


def test_the_forms_of_a_date_meet() -> None:
    assert dates("le 1er septembre 2025") == dates("01/09/2025") == dates("September 1, 2025") == {"1/9/2025", "1/9"}


def test_units_are_told_apart() -> None:
    assert quantities("3 mois et 3 jours") == {"3 mois", "3 jour"}


def test_the_forms_of_a_reference_meet() -> None:
    assert references("article L. 2121-12") == references("art. L2121-12") == references("(L.2121-12)") == {"L2121-12"}


def test_a_restriction_is_not_a_negation() -> None:
    assert not denies("Le conseil ne délibère que si la majorité est présente.")
    assert denies("Le conseil ne délibère pas.")
