"""Keywords against a plain BM25 (Robertson and Zaragoza, 2009; k1 = 1.2, b = 0.75, as Lucene counts)."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.keywords import TantivyKeywords, analyse

TEXTS = {
    3: "La cantine est ouverte le lundi. Le tarif de la cantine est fixé par délibération.",
    5: "La médiathèque prête des livres ; le tarif annuel est de douze euros.",
    8: "L'école élémentaire accueille les élèves à l'heure du déjeuner.",
    13: "Tarifs, tarifs et encore tarifs : cimetière, marché, salles, cantine.",
    21: "Horaires.",
}
TRIPLES = [(one, one % 5, text) for one, text in TEXTS.items()]  # two versions hold passage 3, 8 and 13


def bm25(texts: dict[int, str], question: str) -> dict[int, float]:
    """Lucene rounds lengths to a byte; here they are exact, so scores agree only nearly, and ranks where not close."""
    terms = {one: analyse(text) for one, text in texts.items()}
    mean = sum(map(len, terms.values())) / len(terms)
    scores = {}
    for one, listed in terms.items():
        counts = Counter(listed)
        score = 0.0
        for term in set(analyse(question)):
            holding = sum(term in other for other in terms.values())
            weight = math.log(1 + (len(terms) - holding + 0.5) / (holding + 0.5))
            frequency = counts[term]
            score += weight * frequency * 2.2 / (frequency + 1.2 * (0.25 + 0.75 * len(listed) / mean))
        if score:
            scores[one] = score
    return scores


@pytest.mark.parametrize(
    "question", ["Quel est le tarif de la cantine ?", "écoles élémentaires", "livre", "horaire du cimetière", "ecole"]
)
def test_scores_are_those_of_bm25(question: str, tmp_path: Path) -> None:
    TantivyKeywords.write(tmp_path / "keywords", TRIPLES)
    found = dict(TantivyKeywords(tmp_path / "keywords").search(question, 10))
    wanted = bm25(TEXTS, question)
    assert found.keys() == wanted.keys()
    for one, score in wanted.items():
        assert found[one] == pytest.approx(score, rel=0.12)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60))
def test_no_text_of_a_user_is_a_syntax_error(tmp_path_factory: pytest.TempPathFactory, question: str) -> None:
    folder = tmp_path_factory.mktemp("keywords") / "index"
    TantivyKeywords.write(folder, TRIPLES)
    for _, score in TantivyKeywords(folder).search(question, 10):
        assert score > 0


def test_french_is_read_without_accents_elisions_and_endings() -> None:
    assert analyse("L'école élémentaire") == analyse("les écoles élémentaires")
    assert set(analyse("Qu'est-ce que la médiathèque ?")) == {"mediathequ"}
    assert analyse("aujourd’hui, n° 2025-041")[-2:] == ["2025", "041"]


def test_rarity_falls_with_the_number_of_passages_that_hold_a_word(tmp_path: Path) -> None:
    TantivyKeywords.write(tmp_path / "keywords", TRIPLES)
    rarity = TantivyKeywords(tmp_path / "keywords").rarity(["tarif", "cantine", "livres", "parking", "le"])
    assert rarity["parking"] > rarity["livres"] > rarity["cantine"] > rarity["tarif"] > rarity["le"] == 0
    assert rarity["cantine"] == pytest.approx(math.log(1 + (5 - 2 + 0.5) / (2 + 0.5)))


def test_only_passages_of_the_allowed_versions_are_found_with_the_same_scores(tmp_path: Path) -> None:
    TantivyKeywords.write(tmp_path / "keywords", TRIPLES)
    keywords = TantivyKeywords(tmp_path / "keywords")
    every = dict(keywords.search("tarif de la cantine", 10))
    assert set(every) == {3, 5, 13}
    assert dict(keywords.search("tarif de la cantine", 10, [3])) == {one: every[one] for one in (3, 13)}
    assert dict(keywords.search("tarif de la cantine", 10, [0, 99])) == {5: every[5]}
    assert keywords.search("tarif de la cantine", 10, []) == []
