"""Many documents rather than many passages of one, and never fewer passages than asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from app.assistant.events import Question
from app.assistant.ranking import PER_DOCUMENT, spread
from app.assistant.retrieve import retrieve
from index.records import DocumentRef, Filter, Hit
from tests.fakes import FakeEmbedder
from tests.makers import document, hold, open_index

PLAIN = "Quel est le tarif ?"


def ranked(documents: Sequence[int], *, title: str = "Note", reference: str = "") -> list[Hit]:
    """A ranking of passages, one for each entry: the document that it belongs to."""
    facts = {"reference": reference} if reference else {}
    return [
        Hit(
            passage_id=rank,
            score=1.0 - rank / 1000,
            document=DocumentRef(one, f"{one}.md", f"{title} {one}", "essai", f"{one:064x}", facts if one == 1 else {}),
            page=1, start=0, end=4, position=rank, heading=(), text="text", found_by=("keywords",),
        )
        for rank, one in enumerate(documents)
    ]  # fmt: skip


def of(hits: Sequence[Hit]) -> list[int]:
    return [hit.document.id for hit in hits]


def test_two_passages_of_a_document_then_the_others() -> None:
    hits = spread(PLAIN, ranked([1, 1, 1, 2, 1, 3, 2, 2, 4]), 6)
    assert of(hits) == [1, 1, 2, 3, 2, 4]
    assert [hit.passage_id for hit in hits] == [0, 1, 3, 5, 6, 8]


def test_what_was_passed_over_fills_up_at_the_end() -> None:
    hits = spread(PLAIN, ranked([1, 1, 1, 2, 1, 3]), 10)
    assert [hit.passage_id for hit in hits] == [0, 1, 3, 5, 2, 4]


def test_a_document_that_holds_nearly_all_of_the_best_keeps_them() -> None:
    ranking = ranked([1, 1, 1, 1, 2, 3, 4, 5])
    assert of(spread(PLAIN, ranking, 5)) == [1, 1, 1, 1, 2]
    assert of(spread(PLAIN, ranked([1, 1, 1, 2, 3, 4, 5]), 5)) == [1, 1, 2, 3, 4]


def test_a_document_that_the_question_names_keeps_its_passages() -> None:
    ranking = ranked([1, 1, 1, 2, 2, 2, 3, 4], title="Règlement de la piscine numéro")
    assert of(spread("Que dit le règlement de la piscine numéro 1 ?", ranking, 6)) == [1, 1, 1, 2, 2, 3]
    assert of(spread("Que dit le reglement de la piscine ?", ranking, 6)) == [1, 1, 2, 2, 3, 4]


def test_a_title_of_one_word_is_a_subject_and_no_name() -> None:
    assert of(spread("Quel est l'article 1 ?", ranked([1, 1, 1, 2, 3, 4], title=""), 5)) == [1, 1, 2, 3, 4]


def test_a_document_whose_reference_the_question_names_keeps_its_passages() -> None:
    ranking = ranked([1, 1, 1, 2, 2, 2, 3, 4], reference="DEL-2025-041")
    assert of(spread("Que fixe la délibération del 2025-041 ?", ranking, 6)) == [1, 1, 1, 2, 2, 3]
    assert of(spread("Que fixe la délibération DEL-2025-0417 ?", ranking, 6)) == [1, 1, 2, 2, 3, 4]
    assert of(spread("Que fixe la délibération ?", ranking, 6)) == [1, 1, 2, 2, 3, 4]


@given(st.lists(st.integers(1, 6), max_size=40), st.integers(1, 20))
def test_no_passage_is_lost_or_doubled_and_documents_keep_their_ranks(documents: list[int], k: int) -> None:
    ranking = ranked(documents)
    whole, hits = spread(PLAIN, ranking, len(ranking)), spread(PLAIN, ranking, k)
    assert sorted(hit.passage_id for hit in whole) == list(range(len(ranking)))
    assert list(dict.fromkeys(of(whole))) == list(dict.fromkeys(documents))
    assert len(hits) == min(k, len(ranking))
    held, before = Counter(of(hits)), Counter(documents[:k])
    nearly_all = [one for one, count in before.items() if count >= 0.7 * min(k, len(documents))]
    others = sum(min(count, PER_DOCUMENT) for count in Counter(documents).values())
    if not nearly_all and others >= k:
        assert max(held.values(), default=0) <= PER_DOCUMENT


def test_retrieving_brings_other_documents_than_the_one_that_says_it_most(tmp_path: Path) -> None:
    index, embedder = open_index(tmp_path), FakeEmbedder()
    long = "\n\n".join(f"Cantine, cantine {number}." for number in range(6))
    others = [document(f"La cantine du quartier {one} et ses horaires.", path=f"{one}.md") for one in range(12)]
    hold(index, document(long, path="long.md"), *others)
    asked = Question("cantine", frozenset({"essai"}))
    engine = index.search("cantine", embedder.embed_question("cantine"), collections={"essai"})
    assert [hit.document.path for hit in engine][:6] == ["long.md"] * 6
    hits = retrieve(asked, index, embedder)
    assert len(hits) == len(engine) == 10
    assert [hit.document.path for hit in hits].count("long.md") == PER_DOCUMENT
    in_one = replace(asked, only=Filter(documents=frozenset({"long.md"})))
    assert [hit.passage_id for hit in retrieve(in_one, index, embedder)] == [hit.passage_id for hit in engine[:6]]
