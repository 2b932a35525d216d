"""Questions after questions, written by hand: what must be completed, into what, and what must stay as it is."""

from __future__ import annotations

import pytest

from app.assistant.follow_up import understood

# fmt: off
COMPLETED = [
    # Another day, person or thing: the question before.
    ("À quelle heure ouvre la médiathèque ?", "Et le samedi ?", "À quelle heure ouvre la médiathèque le samedi ?"),
    ("La piscine ouvre-t-elle le mardi ?", "Et le samedi ?", "La piscine ouvre-t-elle le samedi ?"),
    ("La piscine ouvre-t-elle le mardi ?", "Et dimanche ?", "La piscine ouvre-t-elle le dimanche ?"),
    ("Quand ouvre la mairie ?", "Le samedi aussi ?", "Quand ouvre la mairie le samedi ?"),
    ("Quand ouvre la mairie ?", "Et en été ?", "Quand ouvre la mairie en été ?"),
    (
        "Quel est le tarif de la cantine ?",
        "Et pour les enfants ?",
        "Quel est le tarif de la cantine pour les enfants ?",
    ),
    ("Quel est le tarif pour les adultes ?", "Et pour les enfants ?", "Quel est le tarif pour les enfants ?"),
    ("Quel est le tarif de la cantine ?", "Et la garderie ?", "Quel est le tarif de la garderie ?"),
    ("Quel est le tarif de la cantine ?", "Et les enfants ?", "Quel est le tarif de la cantine (les enfants) ?"),
    ("Quel est le tarif de la cantine ?", "Et les horaires ?", "Les horaires (la cantine) ?"),
    ("Combien coûte un repas à la cantine ?", "Et un goûter ?", "Combien coûte un goûter à la cantine ?"),
    (
        "Quel est le délai de convocation du conseil municipal ?",
        "Et la commission ?",
        "Quel est le délai de convocation de la commission ?",
    ),
    (
        "Quel est le délai de convocation de la commission ?",
        "Et le conseil municipal ?",
        "Quel est le délai de convocation du conseil municipal ?",
    ),
    ("Combien coûte un passeport ?", "Et pour une carte d'identité ?", "Combien coûte une carte d'identité ?"),
    (
        "Quelles pièces faut-il pour un passeport ?",
        "Et pour une carte d'identité ?",
        "Quelles pièces faut-il pour une carte d'identité ?",
    ),
    ("Peut-on s'inscrire en mairie ?", "En ligne ?", "Peut-on s'inscrire en mairie en ligne ?"),
    ("Comment réserver une salle ?", "Sans justificatif ?", "Comment réserver une salle sans justificatif ?"),
    (
        "Quel est le tarif de la cantine ?",
        "Qu'en est-il des agents ?",
        "Quel est le tarif de la cantine (les agents) ?",
    ),
    ("Qui peut voter ?", "Même question pour les mineurs ?", "Qui peut voter pour les mineurs ?"),
    # Something else of the same thing.
    ("Comment obtenir un passeport ?", "Combien coûte-t-il ?", "Combien un passeport coûte-t-il ?"),
    ("Comment obtenir un passeport ?", "Et combien coûte-t-il ?", "Combien un passeport coûte-t-il ?"),
    ("Combien coûte un passeport ?", "Et pour un mineur ?", "Combien coûte un passeport pour un mineur ?"),
    ("Quand ouvre la mairie ?", "Et à Noël ?", "Quand ouvre la mairie à Noël ?"),
    (
        "Combien coûte un repas à la cantine ?",
        "Et à la résidence ?",
        "Combien coûte un repas à la résidence ?",
    ),
    ("Combien coûte un repas ?", "Et pour une famille ?", "Combien coûte un repas pour une famille ?"),
    ("À quoi a droit un agent ?", "Et pour un stagiaire ?", "À quoi a droit un stagiaire ?"),
    ("Combien coûte un passeport ?", "Que faut-il pour l'obtenir ?", "Que faut-il pour obtenir un passeport ?"),
    ("Combien coûte un passeport ?", "Faut-il le renouveler ?", "Faut-il renouveler un passeport ?"),
    ("Comment obtenir un passeport ?", "Combien ça coûte ?", "Combien un passeport coûte ?"),
    (
        "Où se trouve la médiathèque ?",
        "À quelle heure ferme-t-elle ?",
        "À quelle heure la médiathèque ferme-t-elle ?",
    ),
    (
        "Où se trouve la médiathèque ?",
        "Est-ce qu'elle ouvre le lundi ?",
        "Est-ce que la médiathèque ouvre le lundi ?",
    ),
    ("Où se trouve la médiathèque ?", "Le lundi, est-elle ouverte ?", "Le lundi, la médiathèque est-elle ouverte ?"),
    ("Où se trouve la médiathèque ?", "Quels sont ses horaires ?", "Quels sont les horaires de la médiathèque ?"),
    ("Qui délivre la carte de séjour ?", "Comment la renouveler ?", "Comment renouveler la carte de séjour ?"),
    ("Qu'est-ce que l'aide au logement ?", "Comment l'obtenir ?", "Comment obtenir l'aide au logement ?"),
    ("Qu'est-ce que l'aide au logement ?", "Qui peut en bénéficier ?", "Qui peut en bénéficier (l'aide au logement) ?"),
    ("Qu'est-ce que le permis de construire ?", "Où le déposer ?", "Où déposer le permis de construire ?"),
    ("Quel est le prix du passeport ?", "Est-il valable dix ans ?", "Le passeport est-il valable dix ans ?"),
    ("Quels sont les agents éligibles ?", "Sont-ils indemnisés ?", "Les agents éligibles sont-ils indemnisés ?"),
    ("Où se trouve la médiathèque ?", "Ouvre-t-elle le samedi ?", "La médiathèque ouvre-t-elle le samedi ?"),
    ("Où siège la commission ?", "Et quel est son rôle ?", "Quel est le rôle de la commission ?"),
    ("Comment obtenir un passeport ?", "Où le retirer ?", "Où retirer un passeport ?"),
    ("Comment obtenir un passeport ?", "S'il est perdu, que faire ?", "Si un passeport est perdu, que faire ?"),
    ("Comment déposer une plainte ?", "C'est gratuit ?", "C'est gratuit (une plainte) ?"),
    ("Comment déposer une plainte ?", "Est-ce obligatoire ?", "Est-ce obligatoire (une plainte) ?"),
    ("Comment déposer une plainte ?", "Celle-ci est-elle publique ?", "Une plainte est-elle publique ?"),
    # Nothing of its own.
    ("Comment obtenir un passeport ?", "Combien de temps ?", "Combien de temps (un passeport) ?"),
    ("Comment obtenir un passeport ?", "À quel prix ?", "À quel prix (un passeport) ?"),
    ("Comment obtenir un passeport ?", "Quel est le montant ?", "Quel est le montant (un passeport) ?"),
    ("Comment obtenir un passeport pour un enfant ?", "Pourquoi ?", "Pourquoi (un passeport pour un enfant) ?"),
    # English.
    ("How do I renew a passport?", "How much does it cost?", "How much does it cost (a passport)?"),
    ("When does the library open?", "And on Saturday?", "When does the library open on Saturday?"),
]
# fmt: on
FORMER = ("Quel est le tarif de la cantine scolaire ?", "Comment obtenir un passeport ?", "Où se trouve la mairie ?")
ALONE = [
    "Quel est le délai de convocation du conseil municipal ?",
    "Le maire peut-il refuser un mariage ?",
    "Un agent peut-il cumuler deux emplois ?",
    "Y a-t-il des aides pour les associations ?",
    "Faut-il un justificatif de domicile ?",
    "Est-il possible de payer en ligne ?",
    "Existe-t-il une aide au transport ?",
    "Comment inscrire son enfant à la cantine ?",
    "Où déclarer ses revenus ?",
    "Comment refaire sa carte d'identité ?",
    "Peut-on scolariser son enfant à deux ans ?",
    "horaires de la piscine",
    "tarif cantine",
    "Les horaires de la piscine municipale",
    "Et combien coûte la carte de stationnement ?",
    "Et comment demander un acte de naissance ?",
    "À quel âge l'enfant doit-il entrer à l'école ?",
    "Quand la médiathèque ferme-t-elle ?",
    "La médiathèque, à quelle heure ferme-t-elle ?",
    "Un passeport, comment l'obtenir ?",
    "Ça coûte combien, un passeport ?",
    "Combien coûte le repas ?",
    "Quelles pièces fournir pour un mariage ?",
    "Pour un mariage, quelles pièces faut-il fournir ?",
    "Qui signe les arrêtés municipaux ?",
    "Que contient le dossier de demande ?",
    "Où le dossier doit-il être déposé ?",
    "Combien de jours de congé un agent a-t-il ?",
    "Les agents ont-ils droit à leurs congés pendant un arrêt maladie ?",
    "En quoi consiste le contrôle de légalité ?",
    "Dans quel délai le maire doit-il répondre ?",
    "Est-ce que la cantine est ouverte le mercredi ?",
    "Le salarié et l'employeur peuvent-ils régler un conflit à l'amiable ?",
    "Deux étrangers vivant à l'étranger peuvent-ils se marier en France ?",
    "Où Olympe de Gouges a-t-elle été inhumée ?",
    "Vacances à l'étranger : comment l'assurer ?",
    "Que s'est-il passé en 1942 ?",
    "Qu'est-ce qu'une donnée ?",
    "Quels sont les horaires de la déchetterie ?",
    "Is it possible to pay online?",
    "What is the fee for a copy?",
    # A noun that ends as an infinitive does is none.
    "Qui signe les actes quand le maire est absent ?",
    "Comment le maire est-il élu ?",
    "Comment l'usager peut-il contester ?",
    "Quand la lettre de relance est-elle envoyée ?",
    "Où le commissaire enquêteur reçoit-il le public ?",
    "Où le pompier volontaire s'inscrit-il ?",
    "Quand le goûter est-il servi ?",
    "Que faire quand le livre est perdu ?",
    "Pourquoi le trottoir de la rue Haute est-il fermé ?",
    "Pourquoi l'ordre du jour est-il publié ?",
    "Que se passe-t-il quand le titulaire de la concession meurt ?",
    "Comment la secrétaire de mairie est-elle recrutée ?",
]


@pytest.mark.parametrize(("former", "question", "expected"), COMPLETED)
def test_what_leans_is_completed(former: str, question: str, expected: str) -> None:
    assert understood(question, (former,)) == expected
    assert understood(expected, (former,)) == expected  # and leans no more
    assert understood(question, ()) == question


@pytest.mark.parametrize("question", ALONE)
def test_what_stands_alone_is_not_touched(question: str) -> None:
    for former in FORMER:
        assert understood(question, (former,)) == question


def test_a_conversation_goes_on_from_what_was_understood() -> None:
    first = "À quelle heure ouvre la médiathèque le mardi ?"
    assert understood("Et le samedi ?", (first, "Et le jeudi ?")) == "À quelle heure ouvre la médiathèque le samedi ?"
    assert understood("Et en été ?", ("Qui préside le conseil ?", "Où se trouve la mairie ?")) == (
        "Où se trouve la mairie en été ?"
    )


@pytest.mark.parametrize(
    "odd",
    [
        "",
        "   ",
        "?",
        "???",
        "Et ?",
        "Et",
        "(",
        "pour",
        "a" * 2000,
        "le " * 500,
        "\n\n- x\n",
        "Et, aussi ?",
        "Et , aussi ?",
    ],
)
def test_odd_questions_break_nothing(odd: str) -> None:
    assert isinstance(understood(odd, ("Quel est le tarif ?",)), str)
    assert isinstance(understood("Et le samedi ?", (odd,)), str)
    assert isinstance(understood("Combien coûte-t-il ?", (odd, odd)), str)


@pytest.mark.parametrize("nothing", ["?", "...", "😀", "Et ?", "* -"])
def test_what_has_no_words_asks_nothing(nothing: str) -> None:
    assert understood(nothing, ("Quel est le tarif ?",)) == nothing
