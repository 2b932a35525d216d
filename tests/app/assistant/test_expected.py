"""What a question asks for, and the span that says it: a table written by hand."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.assistant.expected import answer_span, expected
from app.assistant.shapes import Kind, shapes

TABLE: tuple[tuple[Kind | None, str, str, str], ...] = (
    (
        "number",
        "Combien de conseillers composent le conseil ?",
        "Le conseil municipal compte 27 conseillers et siège à la mairie depuis 2020.",
        "27 conseillers",
    ),
    (
        "number",
        "Combien d'habitants compte la commune ?",
        "La commune compte 9 785 habitants, sur 28 km².",
        "9 785 habitants",
    ),
    ("number", "Combien de témoins faut-il ?", "Il faut deux témoins majeurs.", "deux témoins"),
    (
        "number",
        "Quel est le nombre de places ?",
        "Le parking offre quatre-vingt-dix places.",
        "quatre-vingt-dix places",
    ),
    (
        "number",
        "Quelle est la superficie de la commune ?",
        "La superficie est de 12,5 km² et la population de 3 400 habitants.",
        "12,5 km²",
    ),
    (
        "number",
        "Quelle hauteur d'eau déclenche l'alerte ?",
        "Article 12 : l'alerte est déclenchée à 2,80 mètres.",
        "2,80 mètres",
    ),
    ("number", "Combien de vœux peut-on formuler ?", "3. Le candidat formule au plus cinq vœux.", "cinq vœux"),
    ("number", "How many files may a reader consult?", "A reader may consult six files a day.", "six files"),
    (
        "amount",
        "Quel est le tarif de la cantine ?",
        "Le tarif de la cantine est fixé à 3,85 € par repas, à compter du 1er janvier 2026.",
        "3,85 €",
    ),
    ("amount", "Combien coûte une copie ?", "La copie d'une page A4 coûte 0,18 euro.", "0,18 euro"),
    ("amount", "Combien coûte la carte ?", "La carte est gratuite pour les moins de 18 ans.", "gratuite"),
    (
        "amount",
        "Quel est le montant de la subvention ?",
        "Une subvention de 1,2 million d'euros est accordée pour 3 ans.",
        "1,2 million d'euros",
    ),
    ("amount", "À combien s'élève l'amende ?", "L'amende s'élève à 135 euros, payable sous 45 jours.", "135 euros"),
    ("amount", "What is the fee for a copy?", "The fee for a copy is $3.50.", "$3.50"),
    ("amount", "How much does a copy cost?", "A copy costs 3 euros since 2020.", "3 euros"),
    ("share", "Quel est le taux de réussite ?", "Le taux de réussite atteint 38,40 % en 2025.", "38,40 %"),
    (
        "share",
        "Quelle part des élèves mange à la cantine ?",
        "La moitié mange dehors ; 60 pour cent des élèves mangent à la cantine.",
        "60 pour cent",
    ),
    (
        "date",
        "Quand commencent les travaux ?",
        "Les travaux commencent le lundi 6 juillet 2026 et durent 8 semaines.",
        "lundi 6 juillet 2026",
    ),
    (
        "date",
        "Jusqu'à quelle date peut-on s'inscrire ?",
        "On peut s'inscrire du 1er juin au 15 juillet 2026.",
        "15 juillet 2026",
    ),
    (
        "date",
        "En quelle année l'école a-t-elle été construite ?",
        "L'école, construite en 1884, compte 8 classes.",
        "1884",
    ),
    ("date", "Quel jour passe la collecte ?", "La collecte passe chaque mardi, à partir de 6 heures.", "chaque mardi"),
    ("date", "À quelle date le décret est-il paru ?", "Le décret n° 2023-1305 est paru le 27/12/2023.", "27/12/2023"),
    ("date", "De quel siècle date l'église ?", "L'église, longue de 40 mètres, date du XIIe siècle.", "XIIe siècle"),
    ("date", "When was the bridge opened?", "The bridge was opened on March 3, 1932.", "March 3, 1932"),
    ("time", "À quelle heure ouvre la mairie ?", "La mairie ouvre à 8 h 30 du lundi au vendredi.", "8 h 30"),
    ("time", "À quelle heure ferme le guichet ?", "Le guichet 4 ferme à midi.", "midi"),
    ("time", "What time does the office open?", "The office opens at 9:30 on weekdays.", "9:30"),
    (
        "duration",
        "Quel est le délai de convocation du conseil ?",
        "Le délai de convocation est de cinq jours francs ; il peut être abrégé par le maire.",
        "cinq jours francs",
    ),
    (
        "duration",
        "Combien de temps garde-t-on les images ?",
        "Les 12 caméras enregistrent ; les images sont gardées quinze jours.",
        "quinze jours",
    ),
    ("duration", "Quelle est la durée du mandat ?", "La durée du mandat est de six ans.", "six ans"),
    (
        "duration",
        "Combien de jours de congé a un agent ?",
        "Un agent a 25 jours de congé, après un an de service.",
        "25 jours",
    ),
    (
        "duration",
        "Depuis combien de temps faut-il résider ici ?",
        "Il faut résider ici depuis au moins 6 mois.",
        "6 mois",
    ),
    ("duration", "How long are records kept?", "Records are kept for 30 years.", "30 years"),
    (
        "person",
        "Qui est le commissaire enquêteur ?",
        "M. Bernard Collin a été désigné commissaire enquêteur par le président du tribunal.",
        "M. Bernard Collin",
    ),
    (
        "person",
        "Qui a conçu la médiathèque ?",
        "La médiathèque de Dijon a été conçue par Jeanne Aubert en 1998.",
        "Jeanne Aubert",
    ),
    ("person", "Qui convoque le conseil municipal ?", "Le conseil municipal est convoqué par le maire.", "le maire"),
    ("person", "Qui délivre le permis ?", "Le permis est délivré par le préfet, sous deux mois.", "le préfet"),
    ("person", "Quel est le nom du maire ?", "Le maire, M. Paul Dupont, signe les actes.", "M. Paul Dupont"),
    ("person", "Who wrote the report?", "The report was written by Anna Miller.", "Anna Miller"),
    ("place", "Où dépose-t-on le dossier ?", "Le dossier est déposé au guichet, avant le 3 mars.", "au guichet"),
    (
        "place",
        "Où se trouve le service des archives ?",
        "Le service des archives se trouve 12, rue de la République.",
        "12, rue de la République",
    ),
    ("place", "Dans quelle ville siège le tribunal ?", "Le tribunal compétent siège à Dijon.", "Dijon"),
    (
        "place",
        "Quelle est l'adresse de la mairie ?",
        "La mairie est située place de l'Hôtel-de-Ville.",
        "place de l'Hôtel-de-Ville",
    ),
    ("place", "Où le musée a-t-il été transféré ?", "Le musée a été transféré en Italie.", "Italie"),
    ("place", "Where is the archive?", "The archive is in Geneva.", "Geneva"),
    (None, "Comment obtenir un passeport ?", "Le passeport coûte 86 euros et se demande à la mairie.", ""),
    (None, "Pourquoi le parc est-il fermé ?", "Le parc est fermé depuis le 3 mars 2024.", ""),
    (None, "Qu'est-ce que le quorum ?", "Le quorum est de 14 conseillers.", ""),
    ("amount", "Quel est le tarif de la salle ?", "Salle des fêtes | 250 € | 420 € | 780 €", ""),
    ("number", "Combien de signes pour l'opposition ?", "L'opposition dispose d'un espace dans le bulletin.", ""),
    ("date", "Quand la salle est-elle ouverte en 2026 ?", "La salle est ouverte en 2026.", ""),
    ("number", "Combien de pages ?", "Voir article 12, p. 4 du code.", ""),
)


@pytest.mark.parametrize(("kind", "question", "quotation", "answer"), TABLE)
def test_the_span_that_answers(kind: Kind | None, question: str, quotation: str, answer: str) -> None:
    wanted = expected(question)
    assert (wanted.kind if wanted else None) == kind
    span = answer_span(question, quotation)
    assert (span.of(quotation) if span else "") == answer


@pytest.mark.parametrize(
    ("kind", "text", "found"),
    [
        ("number", "Article 12, page 3, n° 2025-041", []),
        ("number", "Le 3 mars 2026, vingt et une voix contre 1 200", ["vingt et une", "1 200"]),
        ("number", "2. Il y a 2.5 mètres", ["2.5 mètres"]),
        ("amount", "12 euros, 3,50 €, 2 M€ et 40 personnes", ["12 euros", "3,50 €", "2 M€"]),
        ("date", "du 2 au 15 janvier 2026, puis en 2027", ["15 janvier 2026", "2027"]),
        ("time", "de 9 h à 17h30, et 35 heures par semaine", ["9 h", "17h30"]),
        ("duration", "deux ans, trente jours ouvrés, une semaine", ["deux ans", "trente jours ouvrés", "une semaine"]),
        ("person", "Le maire et Mme Anne de la Tour, à Dijon", ["Le maire", "Mme Anne de la Tour"]),
        (
            "place",
            "à Beaune, dans la salle des fêtes, 3 rue Victor Hugo",
            ["Beaune", "dans la salle des fêtes", "3 rue Victor Hugo"],
        ),
    ],
)
def test_what_each_kind_looks_like(kind: Kind, text: str, found: list[str]) -> None:
    assert [span.of(text) for span in shapes(kind, text)] == found


def test_of_two_that_are_as_near_none_is_marked() -> None:
    assert answer_span("Quand ?", "Le 3 mars. Le 4 mars.") is None


@given(st.text(max_size=120), st.sampled_from([question for _, question, _, _ in TABLE]))
def test_a_span_lies_in_its_text(text: str, question: str) -> None:
    span = answer_span(question, text)
    assert span is None or (0 <= span.start < span.end <= len(text) and span.of(text).strip())


@pytest.mark.parametrize("row", ["12 ", "1 ", "deux ", "MM. A", "2020 ", "2 h "])
def test_a_long_table_is_read_in_one_pass(row: str) -> None:
    """A second of work; many minutes, if each figure were compared with all others."""
    kinds: tuple[Kind, ...] = ("number", "person")
    for kind in kinds:
        found = shapes(kind, row * 30_000)
        assert all(one.end <= other.start for one, other in pairwise(found))


def test_of_ten_thousand_days_that_are_as_near_none_is_marked() -> None:
    """A second of work; an hour, if each word were weighed against each day."""
    assert answer_span("Quand le maire signe-t-il ?", "le maire signe le 3 mai 2026, " * 3_000) is None
