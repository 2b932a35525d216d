"""When the documents are silent: the signs, and what decides by them."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from app.assistant.silence import SHIPPED, Measure, Signs, is_silent, signs_of
from index.records import Background, Found
from tests.app.assistant.makers import hit

FEES = hit("Le tarif du repas à la cantine est de 3,85 euros.")
QUESTION = "Quel est le tarif du repas ?"
signs = st.builds(Signs, st.floats(0, 1), st.floats(0, 1), st.floats(0, 0.5), st.floats(0, 10))


def found(*cosines: float) -> Found:
    return Found([FEES], list(cosines), Background(0.5, 0.05))


def test_the_best_is_held_against_the_twentieth_and_against_any_passage() -> None:
    seen = signs_of(found(0.9, *[0.8] * 18, 0.7, 0.1))
    assert seen is not None
    assert [round(one, 6) for one in (seen.lead, seen.height, seen.deviation)] == [0.2, 0.4, 0.05]


def test_a_reader_counts_where_it_is_sure_and_only_for_an_answer() -> None:
    near = (0.9, *[0.8] * 18, 0.7, 0.1)
    without = signs_of(found(*near))
    assert without is not None
    for doubting in (None, -9.0, 0.0):
        assert signs_of(found(*near), doubting) == without, "a reader that is not sure changes nothing"
    assert signs_of(found(*near), 3.0) == replace(without, read=3.0)


def test_what_was_to_be_refused_is_answered_where_a_reader_is_sure() -> None:
    seen = Signs(0.04, 0.14, 0.05)
    assert is_silent(QUESTION, [FEES], {}, seen)
    assert not is_silent(QUESTION, [FEES], {}, replace(seen, read=5.0))
    assert is_silent(QUESTION, [], {}, replace(seen, read=5.0)), "where nothing was found, nothing was read"


def test_too_few_passages_give_no_signs_and_the_words_decide() -> None:
    assert signs_of(found(*[0.9] * 19)) is None
    assert not is_silent(QUESTION, [FEES], {}, None)
    rare = {"tarif": 1.0, "rep": 1.0, "repas": 1.0, "hippodrom": 9.0}
    assert is_silent("Quel est le tarif du repas à l'hippodrome ?", [FEES], rare, None)


def test_what_stands_out_is_answered_and_what_does_not_is_refused() -> None:
    assert not is_silent(QUESTION, [FEES], {}, Signs(0.15, 0.3, 0.05))
    assert is_silent(QUESTION, [FEES], {}, Signs(0.03, 0.1, 0.05))


@given(signs)
def test_nothing_found_and_nothing_asked_are_never_answered(seen: Signs) -> None:
    assert is_silent(QUESTION, [], {}, seen)
    assert is_silent("?", [FEES], {}, seen)


@given(signs, st.floats(0, 1), st.floats(0, 1))
def test_the_more_it_stands_out_the_less_is_doubted(seen: Signs, lead: float, height: float) -> None:
    higher = replace(seen, lead=seen.lead + lead, height=seen.height + height, read=seen.read + lead)
    assert 0 <= SHIPPED.doubt(higher) <= SHIPPED.doubt(seen) <= 1


def test_the_threshold_decides() -> None:
    seen, even = Signs(0.1, 0.2, 0.05), (0.0, 0.0, 0.0)
    assert is_silent(QUESTION, [FEES], {}, seen, Measure(even, 0.0, 0.5))
    assert not is_silent(QUESTION, [FEES], {}, seen, Measure(even, 0.0, 0.51))
