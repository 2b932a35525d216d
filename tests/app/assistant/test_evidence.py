"""Evidence: the sentence that answers comes first, its span is exact, and it can be read by itself."""

from app.assistant.evidence import coverage, find_evidence
from app.assistant.words import content_stems
from tests.app.assistant.makers import hit

FEES = hit(
    "Restaurant scolaire\nLes repas sont préparés sur place. Le tarif du repas est de 3,85 €. Le menu est affiché"
    " chaque lundi à l'entrée.",
    passage_id=1,
    start=100,
    heading=("Règlement", "Cantine"),
)
HOURS = hit("La mairie est ouverte de 9 heures à 17 heures. Le samedi, elle est fermée.", passage_id=2, score=0.4)


def test_the_answering_sentence_comes_first_and_its_span_is_exact() -> None:
    best = find_evidence("Quel est le tarif d'un repas ?", [FEES, HOURS], {})[0]
    assert best.text == "Le tarif du repas est de 3,85 €."
    assert FEES.text[best.start - FEES.start : best.end - FEES.start] == best.text


def test_a_sentence_that_leans_back_takes_the_one_before_along() -> None:
    text = "La salle des fêtes accueille 120 personnes. Elle est louée 250 € la journée."
    best = find_evidence("À quel prix est-elle louée la journée ?", [hit(text)], {})[0]
    assert best.text == text


def test_an_announcement_takes_its_list() -> None:
    text = (
        "Le dossier de mariage comprend :\n- un acte de naissance ;\n- un justificatif de domicile ;"
        "\n- la liste des témoins.\nLe dépôt est gratuit pour tous."
    )
    best = find_evidence("Que comprend le dossier de mariage ?", [hit(text)], {})[0]
    assert best.text.startswith("Le dossier de mariage comprend :")
    assert best.text.endswith("la liste des témoins.")


def test_a_heading_is_not_quoted() -> None:
    text = "Article 10 : Quorum\n\nLe conseil délibère si quatorze conseillers sont présents. Le quorum est vérifié."
    quoted = find_evidence("Quel est le quorum ?", [hit(text, heading=("Règlement", "Article 10 : Quorum"))], {})
    assert [one.text for one in quoted] == ["Le conseil délibère si quatorze conseillers sont présents."]


def test_no_text_is_quoted_twice() -> None:
    twice = [hit(FEES.text, passage_id=1), hit(FEES.text, passage_id=3)]
    texts = [one.text for one in find_evidence("Quel est le tarif du repas ?", twice, {}, limit=5)]
    assert len(texts) == len(set(texts))


def test_a_rare_word_weighs_more_than_a_common_one() -> None:
    wanted = set(content_stems("tarif repas"))
    weights = dict.fromkeys(content_stems("tarif"), 9.0) | dict.fromkeys(content_stems("repas"), 1.0)
    assert coverage(wanted, "le tarif", weights) == 0.9
    assert coverage(wanted, "le repas", weights) == 0.1


def first_quoted(question: str, text: str) -> str:
    return find_evidence(question, [hit(text)], {})[0].text


def test_what_an_act_decides_comes_before_what_it_recalls() -> None:
    text = (
        "Considérant que le prix du repas de la cantine est de 9,40 € pour la commune ; Le conseil décide.\n\n"
        "Le prix du repas est fixé à 3,85 € par enfant."
    )
    assert first_quoted("Quel est le prix du repas de la cantine ?", text).endswith("3,85 € par enfant.")


def test_a_derived_word_counts_as_the_word_itself() -> None:
    text = "Le bureau accueille les usagers le matin. La construction du gymnase est confiée à la région."
    assert first_quoted("À qui est-il demandé de construire ?", text).startswith("La construction du gymnase")


def test_the_sentence_that_holds_what_is_asked_for_comes_before_one_that_repeats_the_question() -> None:
    text = (
        "Le tarif de la cantine est voté par le conseil municipal chaque année. La cantine ouvre à midi."
        " Pour la cantine, le tarif plein est de 4,10 €."
    )
    assert first_quoted("Quel est le tarif de la cantine ?", text) == "Pour la cantine, le tarif plein est de 4,10 €."


def test_a_pronoun_stands_for_the_subject_of_the_sentence_before() -> None:
    text = "L'agglomération de Dijon est appelée métropole. Elle compte 250 000 habitants. La Bourgogne est une région."
    assert "250 000 habitants" in first_quoted("Combien d'habitants dans l'agglomération de Dijon ?", text)


def test_what_is_far_below_the_best_is_not_quoted() -> None:
    other = hit(
        "Les vélos sont rangés dans la cour du collège. Les chiens sont tenus en laisse.", passage_id=7, score=0.01
    )
    assert [one.hit.passage_id for one in find_evidence("Quel est le tarif du repas ?", [FEES, other], {})].count(
        7
    ) == 0


def test_the_best_is_quoted_however_weak() -> None:
    assert find_evidence("Quelle est la capitale du Pérou ?", [HOURS], {})


def test_no_hit_gives_no_evidence() -> None:
    assert find_evidence("Quel est le tarif du repas ?", [], {}) == []


ROWS = "Prestation | Tarif\nCantine | 3,85 €\nGarderie du soir | 2,40 €"


def test_a_row_is_quoted_with_the_table_that_says_what_it_means() -> None:
    best = find_evidence("Quel est le tarif de la garderie du soir ?", [hit(ROWS)], {})[0]
    assert best.text == ROWS
    assert best.mark is not None
    assert best.text[slice(*best.mark)] == "2,40 €"


def test_of_a_long_table_the_row_is_quoted_with_the_head_where_they_are_near_else_alone() -> None:
    more = "".join(f"\nPrestation d'un autre genre, numéro {number} | {number},00 €" for number in range(30))
    question = "Quel est le tarif de la garderie du soir ?"
    assert find_evidence(question, [hit(ROWS + more)], {})[0].text == ROWS
    far = f"Prestation | Tarif{more}\nGarderie du soir | 2,40 €"
    assert find_evidence(question, [hit(far)], {})[0].text == "Garderie du soir | 2,40 €"


def test_an_item_is_quoted_with_what_announces_it() -> None:
    text = "Le dossier de mariage comprend :\n- un acte ;\n- la liste des témoins, deux au moins ;\n- une photo."
    best = find_evidence("Combien de témoins faut-il ?", [hit(text)], {})[0]
    assert best.text.startswith("Le dossier de mariage comprend :")
    assert best.text.endswith("deux au moins ;")
    assert best.mark is not None
    assert best.text[slice(*best.mark)] == "deux"
