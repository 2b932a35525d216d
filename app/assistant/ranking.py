"""Which of the ranked passages are shown: many documents, rather than many passages of one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from app.assistant.words import content_stems, fold, words
from index.records import DocumentRef, Hit

PER_DOCUMENT = 2  # passages of one document among the hits, unless the question is about it
_NEARLY_ALL = 0.7  # of the best hits: the document that holds them is what the question is about
_TITLE_STEMS = 2  # a title of one word ("Cantine") is a subject, not the name of a document


def spread(question: str, ranked: Sequence[Hit], k: int) -> list[Hit]:
    """The `k` first of the ranked hits, with at most two of one document while there are others.

    What is passed over stands at the end, in its order, where `k` are not filled without it.  The order of documents,
    each by its first passage, does not change.  A document that the question is about keeps all its passages.
    """
    free = _subjects(question, ranked[:k])
    kept: list[Hit] = []
    passed_over: list[Hit] = []
    taken: Counter[int] = Counter()
    for hit in ranked:
        taken[hit.document.id] += 1
        within = taken[hit.document.id] <= PER_DOCUMENT or hit.document.id in free
        (kept if within else passed_over).append(hit)
    return [*kept, *passed_over][:k]


def _subjects(question: str, best: Sequence[Hit]) -> set[int]:
    """Ids of the documents that the question names, or that hold nearly all of the best hits."""
    held = Counter(hit.document.id for hit in best)
    documents = {hit.document.id: hit.document for hit in best}
    return {
        one for one, document in documents.items() if held[one] >= _NEARLY_ALL * len(best) or _named(question, document)
    }


def _named(question: str, document: DocumentRef) -> bool:
    """Does the question hold every word of the document's title, or its reference as it is written?"""
    title = set(content_stems(document.title))
    if len(title) >= _TITLE_STEMS and title <= set(content_stems(question)):
        return True
    reference = _spelled(document.metadata.get("reference", ""))
    return bool(reference) and f" {reference} " in f" {_spelled(question)} "


def _spelled(text: str) -> str:
    return " ".join(fold(word.text) for word in words(text))
