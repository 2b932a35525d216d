"""Acronyms read both ways, and spelling that is mended only for words that no searched passage holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.errors import BadLexicon
from index.lexicon import read_lexicon
from index.store import Index
from tests.makers import document, found_texts, hold, open_index

ANTS = "Le titre sécurisé est fabriqué par l'ANTS."
AGENCY = "Adressez-vous à l'Agence nationale des titres sécurisés."
OTHER = "La piscine municipale ouvre à neuf heures."


@pytest.fixture
def index(tmp_path: Path) -> Index:
    index = open_index(tmp_path)
    hold(index, document(f"{ANTS}\n\n{AGENCY}\n\n{OTHER}"), document("Zoologie et métrologie.", collection="ferme"))
    return index


def by_keywords(index: Index, question: str, *collections: str) -> list[str]:
    hits = index.search(question, None, collections=collections or {"essai"}, mode="keywords")
    return [hit.text.strip() for hit in hits]


def test_an_acronym_finds_what_it_stands_for_and_the_other_way_round(index: Index) -> None:
    assert AGENCY in by_keywords(index, "ANTS")
    assert ANTS in by_keywords(index, "agence nationale des titres securises")
    assert by_keywords(index, "ANTS")[0] == ANTS  # what was written weighs more than what was meant


def test_the_archivists_lexicon_adds_and_replaces(index: Index, tmp_path: Path) -> None:
    assert by_keywords(index, "PMO") == []
    (tmp_path / "lexicon.toml").write_text('[acronyms]\nPMO = ["piscine municipale ouverte"]\nants = "piscine"\n')
    assert by_keywords(index, "PMO") == [OTHER]
    assert OTHER in by_keywords(index, "ANTS")
    assert AGENCY not in by_keywords(index, "ANTS")


@pytest.mark.parametrize("content", ["acronyms = 3", "[acronyms]\nANTS = 3", '[acronyms]\nANTS = ""', "[acronyms"])
def test_a_lexicon_that_cannot_be_read_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "lexicon.toml").write_text(content)
    with pytest.raises(BadLexicon, match=r"lexicon\.toml") as refused:
        read_lexicon(tmp_path / "lexicon.toml")
    assert refused.value.exit_code == 2


def test_a_lexicon_that_cannot_be_read_is_a_problem_of_the_check(index: Index, tmp_path: Path) -> None:
    assert index.check() == []
    (tmp_path / "lexicon.toml").write_text("[acronyms")
    assert [one.code for one in index.check()] == ["index.bad_lexicon"]


@pytest.mark.parametrize("content", ["", "# rien encore\n", "[acronyms]\n"])
def test_a_lexicon_without_an_acronym_adds_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "lexicon.toml").write_text(content)
    assert read_lexicon(tmp_path / "lexicon.toml") == read_lexicon(tmp_path / "absent.toml")


def test_every_shipped_acronym_is_the_beginning_of_its_words(tmp_path: Path) -> None:
    shipped = read_lexicon(tmp_path / "absent.toml").expansions
    assert len(shipped) > 40
    assert all(len(one.split()) > 1 for listed in shipped.values() for one in listed)


def test_a_slip_in_a_word_is_mended(index: Index) -> None:
    assert by_keywords(index, "piscnie") == [OTHER]
    assert by_keywords(index, "munnicipalle") == [OTHER]


def test_a_word_that_is_held_is_not_mended_nor_a_short_one_nor_a_number(index: Index) -> None:
    hold(index, document("La liscine est un mot rare.", path="b.md"))
    assert by_keywords(index, "liscine") == ["La liscine est un mot rare."]
    assert by_keywords(index, "nuef") == []
    assert by_keywords(index, "12345") == []


def test_a_closed_collection_mends_no_spelling_and_forbids_none(index: Index) -> None:
    assert by_keywords(index, "zoologei") == []
    assert by_keywords(index, "zoologei", "ferme") == ["Zoologie et métrologie."]
    hold(index, document("Le piscnie est un mot d'ici.", collection="ferme"))
    assert by_keywords(index, "piscnie") == [OTHER]


def test_an_expansion_does_not_drown_the_question(index: Index) -> None:
    hold(index, document("Les horaires de l'ANTS.\n\nL'agence nationale, les titres, l'agence.", path="c.md"))
    assert by_keywords(index, "horaires ANTS")[0] == "Les horaires de l'ANTS."
    assert found_texts(index, "horaires ANTS")
