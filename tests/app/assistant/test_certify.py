"""Certification holds true sentences and withholds corrupted ones, each for the reason that its corruption has."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.assistant.certify import certify, dates, denies, numbers, quantities, references
from app.assistant.spelled import in_digits

FEE = "Le tarif du repas est fixé à 3,85 € pour les enfants de Saint-Aubin à compter du 1er septembre 2025."
LEAVE = "Les agents doivent déposer leur demande de congé quinze jours avant la date, sauf urgence."
RULE = "En application de l'article L. 2121-12 du code, la convocation est adressée cinq jours francs avant la séance."
MEALS = "Le repas est facturé 3,85 € et le goûter 1,10 €."
HOST = "Le maire convoque le conseil municipal par écrit."
LOAN = "Le prêt peut être prolongé une fois de deux semaines."
CARD = (
    "La carte perdue est remplacée. Cette carte coûte 3 €. L'inscription au concours est ouverte aux agents titulaires."
)
TAX = "Le taux appliqué dans la commune est supérieur au plafond."
SILENT = "Tout courrier reçu est enregistré le jour même par le service du courrier."
BAN = "Les chiens ne sont pas admis dans les aires de jeux."


@pytest.mark.parametrize("end", ["de", "et", "et de", "à"])
def test_a_sentence_that_breaks_off_is_withheld(end: str) -> None:
    whole = "Le maire convoque par écrit le conseil municipal"
    assert certify(f"{whole}.", [HOST]).certified
    assert f"broken off: {end.rsplit(maxsplit=1)[-1]}" in certify(f"{whole} {end}.", [HOST]).missing


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        (FEE, FEE),
        ("À compter du 01/09/2025, le repas des enfants de Saint-Aubin est fixé à 3.85 euros.", FEE),
        ("Sauf urgence, la demande de congé doit être déposée 15 jours avant la date.", LEAVE),
        ("La convocation est adressée 5 jours francs avant la séance (article L.2121-12).", RULE),
        ("Dans les aires de jeux, les chiens ne sont pas admis.", BAN),
        ("The fee is 3.50 euros.", "The fee for a copy is 3.50 euros."),
        ("Le conseil municipal est convoqué par écrit par le maire.", HOST),
        ("On peut prolonger le prêt une fois de 2 semaines.", LOAN),
        ("Le service du courrier doit enregistrer le jour même tout courrier reçu.", SILENT),
        ("Il est interdit d'utiliser les bacs.", "Les bacs ne peuvent être utilisés."),
        ("La durée est de trente minutes au plus.", "La durée ne peut excéder trente minutes."),
        ("Le public dispose de trente-trois jours.", "Le public dispose de 33 jours."),
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
        (FEE[:-1] + ", lorsque la trésorerie le permet.", FEE, "invented"),
        ("Le repas est facturé 1,10 € et le goûter 3,85 €.", MEALS, "figure of other words"),
        ("Le conseil municipal convoque le maire par écrit.", HOST, "roles"),
        ("Le maire est convoqué par écrit par le conseil municipal.", HOST, "roles"),
        (LOAN.replace("peut", "doit"), LOAN, "modality: duty added"),
        (LOAN.replace("peut être", "est"), LOAN, "modality: permission dropped"),
        ("La carte est ouverte aux agents titulaires.", CARD, "subject"),
        (
            "La demande est faite au moins 3 jours avant.",
            "La demande est faite au plus 3 jours avant.",
            "limit",
        ),
        ("Le délai est de cinq jours ouvrés.", "Le délai est de cinq jours francs.", "days"),
        ("Le prix est fixé en mars 2025 par le conseil.", "Le prix est fixé en mai 2025 par le conseil.", "date"),
        ("Le taux appliqué dans la commune est inférieur au plafond.", TAX, "opposite"),
        ("Le barème national prévoit des dérogations budgétaires.", FEE, "content"),
    ],
)
def test_a_corrupted_sentence_is_withheld_for_its_corruption(sentence: str, source: str, reason: str) -> None:
    assert any(one.startswith(reason) for one in certify(sentence, [source]).missing)


DUE = "Les demandes de dérogation sont adressées au maire avant le 30 avril."
BINS = "Le bac jaune est collecté le jeudi, le bac gris le lundi et le vendredi."
APPEAL = "Le recours est formé devant le tribunal administratif."
AWAY = "L'agent informe son chef de service de son absence le jour même."
QUORUM = "Le quorum est atteint lorsque la majorité des membres en exercice est présente."
DEPUTY = "Mme Fontaine, première adjointe, est chargée des finances."
FULL = "Les agents à temps complet ont droit à 25 jours de congés annuels."


@pytest.mark.parametrize(
    ("sentence", "source", "reason"),
    [
        (
            "Les demandes de dérogation sont adressées au préfet avant le 30 avril.",
            DUE,
            "substituted: préfet for maire",
        ),
        ("Les demandes d'inscription sont adressées au maire avant le 30 avril.", DUE, "substituted: inscription"),
        ("Le recours est formé devant le tribunal judiciaire.", APPEAL, "substituted: judiciaire for administratif"),
        ("L'agent informe le maire de son absence le jour même.", AWAY, "substituted: maire for chef service"),
        ("Les demandes de dérogation sont adressées au maire à partir du 30 avril.", DUE, "limit: after 30/4"),
        ("Le bac jaune est collecté le lundi, le bac gris le jeudi.", BINS, "day of other words: jeudi"),
        ("Le bac jaune est collecté le lundi et le vendredi.", BINS, "day of other words: lundi"),
        ("Le quorum est atteint lorsque la minorité des membres en exercice est présente.", QUORUM, "opposite"),
        ("Le quorum est atteint lorsque la totalité des membres en exercice est présente.", QUORUM, "opposite"),
        ("Le quorum est atteint lorsque la majorité des membres en exercice est absente.", QUORUM, "opposite"),
        ("Mme Fontaine, deuxième adjointe, est chargée des finances.", DEPUTY, "opposite"),
        ("Les agents à temps partiel ont droit à 25 jours de congés annuels.", FULL, "opposite"),
        ("Les agents à temps complet ont droit à 25 jours de congés par mois.", FULL, "opposite"),
        ("L'abonnement coûte 15 euros par mois.", "L'abonnement coûte 15 euros par an.", "opposite"),
    ],
)
def test_one_word_for_another_is_withheld(sentence: str, source: str, reason: str) -> None:
    assert any(one.startswith(reason) for one in certify(sentence, [source]).missing)


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("Les demandes de dérogation sont envoyées au maire avant le 30 avril.", DUE),
        ("Le bac gris est collecté le lundi et le vendredi, le bac jaune le jeudi.", BINS),
        ("Le quorum est atteint lorsque la majorité des membres en exercice assiste.", QUORUM),
        ("Le recours est formé devant le tribunal administratif, hormis urgence.", APPEAL[:-1] + ", sauf urgence."),
        ("Un agent à temps complet a droit à 25 jours de congés par an.", FULL),
    ],
)
def test_other_words_for_the_same_are_certified(sentence: str, source: str) -> None:
    assert certify(sentence, [source]).missing == ()


def test_an_absence_told_of_before_denies_nothing_after() -> None:
    source = "Toute absence est signalée au service 48 heures à l'avance ; à défaut, le repas est facturé."
    assert certify("À défaut, le repas n'est pas facturé.", [source]).missing == ("negation: added to factur",)
    assert certify("À défaut, le repas est facturé.", [source]).certified


def test_no_source_certifies_nothing() -> None:
    assert not certify("Le tarif est fixé.", []).certified


def test_an_empty_sentence_is_not_certified() -> None:
    assert not certify("", [FEE]).certified
    assert not certify("Oui.", [FEE]).certified


@pytest.mark.parametrize("written", ["1 200", "1.200", "1200", "1\u202f200", "1\u00a0200"])
def test_thousands_are_one_number_however_written(written: str) -> None:
    assert numbers(f"Soit {written} habitants") == {"1200"}


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("trente-trois jours", "33 jours"),
        ("quarante et une secondes", "41 secondes"),
        ("quatre-vingt-dix", "90"),
        ("deux mille vingt-cinq", "2025"),
        ("cent cinquante heures", "150 heures"),
        ("entre trois et cinq kilomètres", "entre 3 et 5 kilomètres"),
        ("un an", "1 an"),
        ("un agent", "un agent"),
    ],
)
def test_numbers_in_letters_are_read(written: str, digits: str) -> None:
    assert in_digits(written) == digits


def test_the_forms_of_a_date_meet() -> None:
    assert dates("le 1er septembre 2025") == dates("01/09/2025") == dates("September 1, 2025") == {"1/9/2025", "1/9"}


def test_units_are_told_apart() -> None:
    assert quantities("3 mois et 3 jours") == {"3 mois", "3 jour"}


def test_the_forms_of_a_reference_meet() -> None:
    assert references("article L. 2121-12") == references("art. L2121-12") == references("(L.2121-12)") == {"L2121-12"}


def test_a_restriction_is_not_a_negation() -> None:
    assert not denies("Le conseil ne délibère que si la majorité est présente.")
    assert denies("Le conseil ne délibère pas.")


_WORDS = st.sampled_from(
    "maire conseil délai peut ne pas sauf doit trois 12 € article jours le la agent convoque".split()
)


@given(st.lists(_WORDS, min_size=1, max_size=20).map(" ".join))
def test_a_sentence_is_certified_by_itself_whatever_it_says(sentence: str) -> None:
    assume(any(word in sentence for word in ("maire", "conseil", "délai", "article", "agent", "convoque")))
    assert certify(sentence, [sentence]).certified


@given(st.integers(1, 99_999), st.integers(1, 99_999), st.sampled_from(["jours", "€", "%", "mètres", "habitants"]))
def test_another_figure_is_never_certified(true: int, false: int, unit: str) -> None:
    assume(true != false)
    source = f"Le conseil municipal a fixé la limite à {true} {unit} par séance."
    assert not certify(source.replace(str(true), str(false)), [source]).certified


@given(st.integers(1, 28), st.integers(1, 28), st.sampled_from(["mars", "juin", "août"]))
def test_another_day_is_never_certified(true: int, false: int, month: str) -> None:
    assume(true != false)
    source = f"La demande est déposée avant le {true} {month} 2026."
    assert not certify(f"La demande est déposée avant le {false} {month} 2026.", [source]).certified
