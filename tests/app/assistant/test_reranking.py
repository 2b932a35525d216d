"""The best hits, read again with the question."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from app.assistant.events import Question
from app.assistant.reranking import CANDIDATES, rerank
from app.assistant.retrieve import retrieve
from tests.app.assistant.makers import hit
from tests.fakes import FakeEmbedder
from tests.makers import document, hold, open_index


class ByLength:
    """The longest text is the most relevant; remembers what it read."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def scores(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        self.read += texts
        return np.array([len(text) / 10_000 for text in texts], np.float32)


@given(st.lists(st.integers(1, 300), max_size=60))
def test_thirty_are_read_and_ordered_the_others_follow(lengths: list[int]) -> None:
    ranked = [
        hit("x" * length, passage_id=number, score=1 / (number + 1), heading=("T",))
        for number, length in enumerate(lengths)
    ]
    reranker = ByLength()
    found = rerank("?", ranked, reranker)
    assert reranker.read == ["T\n" + one.text for one in ranked[:CANDIDATES]]
    assert CANDIDATES == 30
    ordered = sorted(range(min(30, len(lengths))), key=lambda number: (-lengths[number], number))
    assert [one.passage_id for one in found] == [*ordered, *range(30, len(lengths))]
    scores = [one.score for one in found]
    assert scores == sorted(scores, reverse=True)


def test_a_reranker_decides_what_both_searches_found_and_no_single_search(tmp_path: Path) -> None:
    index, embedder = open_index(tmp_path), FakeEmbedder()
    texts = ["Cantine.", "La cantine, ses menus et ses horaires, dont on parle longuement ici."]
    hold(index, *(document(text, path=f"{number}.md") for number, text in enumerate(texts)))
    asked = Question("cantine", frozenset({"essai"}))
    best = [
        retrieve(asked, index, embedder, reranker, mode=mode)[0].document.path
        for reranker, mode in ((None, "hybrid"), (ByLength(), "hybrid"), (ByLength(), "keywords"))
    ]
    assert best == ["0.md", "1.md", "0.md"]
