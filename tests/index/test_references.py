"""References are one term in every spelling that documents and people give them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.keywords import TantivyKeywords
from index.references import references


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("l'article L. 1234-5 du code", ["l1234-5"]),
        ("art. L 1234-5", ["l1234-5"]),
        ("L1234-5", ["l1234-5"]),
        ("(R.311-12-1)", ["r311-12-1"]),
        ("R. * 123-4", ["r123-4"]),
        ("décret n° 2023-1305 du 27 décembre", ["2023-1305"]),
        ("loi 78-17 et loi n°2016-1321", ["78-17", "2016-1321"]),
        ("l'article 12 et les articles 15-1", ["art12", "art15-1"]),
        ("le 12-03-2024, le 01 42 76 40 40, L'an 2000", []),
        ("L 1234‑5", ["l1234-5"]),
        ("néant", []),
    ],
)
def test_each_spelling_is_the_same_reference(written: str, wanted: list[str]) -> None:
    assert references(written) == wanted


@given(st.sampled_from("LRDA"), st.lists(st.integers(1, 9999), min_size=2, max_size=4))
def test_spaces_and_points_do_not_count(letter: str, numbers: list[int]) -> None:
    number = "-".join(map(str, numbers))
    spellings = [f"{letter}{number}", f"{letter}. {number}", f"{letter} {number}", f"{letter}.{number}"]
    assert {tuple(references(f"Voir {one}, alinéa.")) for one in spellings} == {(f"{letter.lower()}{number}",)}


def test_the_passage_that_holds_the_reference_comes_before_those_that_hold_its_pieces(tmp_path: Path) -> None:
    texts = {
        1: "L'article L. 1234-6 fixe le délai de préavis. L. 1234, 5 et 1234 sont des nombres ; 5 fois L.",
        2: "Aux termes de l'article L.1234-5, l'indemnité de préavis est due, sauf faute grave, et selon l'usage.",
        3: "L'article L. 123-45 traite des délais, 1234, 5, 1234.",
        4: "Article L. 5-1234 : délais de préavis et indemnité.",
    }
    TantivyKeywords.write(tmp_path / "k", [(one, 1, text) for one, text in texts.items()])
    keywords = TantivyKeywords(tmp_path / "k")
    for asked in ("que dit L1234-5 ?", "article L. 1234-5", "préavis L 1234-5"):
        assert keywords.search(asked, 4)[0][0] == 2, asked
