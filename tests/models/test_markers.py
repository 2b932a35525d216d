"""Sentences end with markers of passages that exist, whatever the model would rather write."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.constraint import Constraint
from models.markers import Writing, only_closes

VALID = [
    "Le repas coûte 3,85 euros [1].",
    "Le repas coûte 3.85 euros [1].",
    "Le repas coûte 3,85 euros. [1]",
    "Le repas coûte 3,85 euros.[1] La salle ouvre à 9 heures [2].",
    "Selon l'art. L. 2121-12 du code, M. le maire convoque [2][1].",
    "Le repas [1] coûte 3,85 euros [2] [3]!",
    "Voir www.exemple.fr pour le formulaire [3].\n- Le délai est de deux mois [12].",
    "1. Le délai est de deux mois [10].",
    "Il est dit « oui.\u00a0» [1]",
    "Qui signe ? [1] Le maire [2].",
]
INVALID = [
    "[1]",
    "Le repas coûte 3,85 euros [0].",
    "Le repas coûte 3,85 euros [01].",
    "Le repas coûte 3,85 euros [13].",
    "Le repas coûte 3,85 euros [].",
    "Le repas coûte 3,85 euros [sic].",
    "Le repas coûte 3,85 euros. Le goûter est gratuit [1].",
    "Le délai est de deux mois. Il court dès la demande [1].",
    "Le repas coûte 3,85 euros\n[1].",
    "Le repas coûte 3,85 euros [1]\nLe goûter",
    "Le repas coûte 3,85 euros. [1].",
    "Le repas ] coûte",
]


@pytest.mark.parametrize("text", VALID)
def test_what_may_be_written(text: str) -> None:
    then = Writing(12).after(text.encode())
    assert then is not None
    assert then.may_end


@pytest.mark.parametrize("text", INVALID)
def test_what_may_not_be_written(text: str) -> None:
    assert Writing(12).after(text.encode()) is None


@pytest.mark.parametrize("text", ["Le repas", "Le repas coûte 3 euros.", "Le repas [1]", "Le repas [", "Le repas [1"])
def test_where_a_text_may_not_end(text: str) -> None:
    then = Writing(12).after(text.encode())
    assert then is not None
    assert not then.may_end


class Letters:
    """A vocabulary of single bytes, some longer pieces, and an end."""

    pieces = (b"", *(bytes([one]) for one in range(1, 256)), b". ", b" [", b"].", b".\n", " é".encode(), b"[9")
    closing = tuple(one for one, piece in enumerate(pieces) if only_closes(piece))

    def piece(self, token: int) -> bytes:
        return self.pieces[token]

    def ends(self, token: int) -> bool:
        return token == 0

    def logits(self, *wanted: bytes) -> np.ndarray:  # type: ignore[type-arg]
        """Finite for all, highest for the wanted ones in order; b"" is the end."""
        values = np.linspace(-1, -2, len(self.pieces)).astype(np.float32)
        for place, piece in reversed(list(enumerate(wanted))):
            values[self.pieces.index(piece)] = 9 - place
        return values


def written(model: list[bytes], passages: int, tokens: int = 60) -> str:
    """What comes out of a model that wants `model`, one piece after the other, then the end."""
    constraint, letters, out = Constraint(Letters(), passages), Letters(), b""
    for number in range(tokens):
        wanted = model[number] if number < len(model) else b""
        token = constraint.choose(letters.logits(wanted, b".", b"2", b"1"))
        if token is None:
            return out.decode(errors="replace")
        out += letters.piece(token)
        if constraint.over:
            return out.decode(errors="replace")
    return out.decode(errors="replace")


def bytes_of(text: str) -> list[bytes]:
    return [bytes([one]) for one in text.encode()]


def test_a_model_that_keeps_to_it_is_left_alone() -> None:
    assert written(bytes_of("Le repas coûte 3 euros [1]."), 2) == "Le repas coûte 3 euros [1]."


def test_a_sentence_that_would_end_without_a_marker_gets_one() -> None:
    assert re.fullmatch(r"Trois mois ?(\[2\]\.|\. ?\[2\])", written(bytes_of("Trois mois"), 2))
    assert re.fullmatch(r"Trois mois\. ?\[2\]", written(bytes_of("Trois mois."), 2))


def test_a_next_sentence_is_not_begun_before_the_marker() -> None:
    out = written(bytes_of("Trois mois. Le reste suit"), 3)
    assert re.match(r"Trois mois\. ?\[[123]\]", out)


def test_a_number_without_a_passage_is_replaced_by_one_that_has() -> None:
    assert re.fullmatch(r"Un an ?\[[12]\]\.", written(bytes_of("Un an [9]."), 2))


def test_a_model_that_says_nothing_says_nothing() -> None:
    assert written([], 2) == ""


@given(st.lists(st.sampled_from(Letters.pieces), max_size=40), st.integers(1, 12))
def test_nothing_but_the_grammar_comes_out(model: list[bytes], passages: int) -> None:
    out = written(model, passages, tokens=400).encode("utf-8", errors="surrogateescape")
    assert {int(one) for one in re.findall(rb"\[(\d+)\]", out)} <= set(range(1, passages + 1))
    assert not re.search(rb"[^\[\d]\]|\[[^\d]|\]\s*\Z(?<![.!?\]\s])", out)
