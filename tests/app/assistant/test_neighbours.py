"""A joined passage is the page's own text over its span, and nothing is lost or doubled."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from app.assistant.answer import Assistant
from app.assistant.events import Question
from app.assistant.evidence import find_evidence
from app.assistant.neighbours import join_neighbours
from index.records import Hit
from tests.app.assistant.makers import hit
from tests.fakes import FakeEmbedder
from tests.makers import document, hold, open_index

PAGE = (
    "Le tarif de la cantine est fixé par délibération. Il est de 3,85 euros. Il est payable à la mairie, chaque mois."
)


def of_page(start: int, end: int, *, rank: int = 0, page: int = 1, sha256: str = "a" * 64) -> Hit:
    cut = hit(PAGE[start:end], passage_id=rank, score=1 - rank / 100, start=start)
    return replace(cut, page=page, document=replace(cut.document, id=1, sha256=sha256))


@given(st.lists(st.tuples(st.integers(0, len(PAGE) - 1), st.integers(1, 60)), max_size=8), st.integers(20, 200))
def test_a_joined_passage_is_the_page_over_its_span_and_covers_what_its_parts_did(
    spans: list[tuple[int, int]], most: int
) -> None:
    hits = [of_page(start, min(len(PAGE), start + length), rank=rank) for rank, (start, length) in enumerate(spans)]
    joined = join_neighbours(hits, most)
    assert all(one.text == PAGE[one.start : one.end] for one in joined)
    covered = {place for one in joined for place in range(one.start, one.end)}
    assert covered == {place for one in hits for place in range(one.start, one.end)}
    assert all(len(one.text) <= max(most, 60) for one in joined)
    if most >= len(PAGE):
        assert sum(one.end - one.start for one in joined) == len(covered)


def test_neighbours_in_any_order_are_one_passage_of_the_better_rank() -> None:
    second, other, first = of_page(50, 72, rank=0), hit("Ailleurs.", passage_id=9), of_page(0, 50, rank=2)
    joined = join_neighbours([second, other, first])
    assert [(one.passage_id, one.start, one.end) for one in joined] == [(0, 0, 72), (9, 0, 9)]
    assert joined[0].score == second.score


def test_what_is_between_two_neighbours_joins_all_three() -> None:
    joined = join_neighbours([of_page(0, 30), of_page(60, 90, rank=1), of_page(30, 60, rank=2)])
    assert [one.text for one in joined] == [PAGE[:90]]


def test_other_pages_versions_and_headings_stay_apart() -> None:
    one = of_page(0, 50)
    for other in (
        of_page(50, 72, page=2),
        of_page(50, 72, sha256="b" * 64),
        replace(of_page(50, 72), heading=("Autre",)),
        of_page(51, 72),
    ):
        assert join_neighbours([one, other]) == [one, other]


def test_a_sentence_that_leans_on_the_passage_before_is_quoted_with_it() -> None:
    parts = [of_page(50, len(PAGE)), of_page(0, 50, rank=1)]
    quoted = find_evidence("Combien coûte la cantine, en euros ?", join_neighbours(parts), {}, limit=1)[0]
    assert quoted.text == PAGE[quoted.start : quoted.end]
    assert quoted.start < 50 < quoted.end


def test_a_quotation_across_two_passages_is_cited_as_the_stored_page_has_it(tmp_path: Path) -> None:
    index = open_index(tmp_path)
    text = "Le tarif de la cantine est fixé par le conseil municipal.\n\nIl est de 3,85 euros pour chaque repas."
    hold(index, document(text))
    question = Question("Quel est le tarif en euros d'un repas de la cantine ?", frozenset({"essai"}))
    answer = Assistant(index, FakeEmbedder(), lambda language: None).finish(question)
    assert len(answer.hits) == 2
    assert [one.quote for one in answer.citations if one.start < 59 < one.end] == [text]
    assert all(one.quote == text[one.start : one.end] for one in answer.citations)
