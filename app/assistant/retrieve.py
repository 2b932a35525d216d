"""From a question to hits, and to the weight of its words in the collections searched."""

from __future__ import annotations

from dataclasses import replace

from app.assistant.events import Question
from app.assistant.ranking import spread
from app.assistant.reranking import rerank
from app.assistant.words import frames, is_content, stem, words
from index.records import Found, Hit, SearchMode
from index.store import Index
from models.protocols import Embedder, Reranker

HITS = 10
_CANDIDATES = 50  # of which the hits are chosen: as many as each search brings anyway, so that no score changes
_FRAMING_SHARE = 0.25  # of its rarity, for a word that any question of its kind may hold


def retrieve(
    question: Question,
    index: Index,
    embedder: Embedder,
    reranker: Reranker | None = None,
    *,
    k: int = HITS,
    mode: SearchMode = "hybrid",
) -> list[Hit]:
    """The `k` best passages of the question's collections, over many documents; none when none may be read."""
    return retrieve_among(question, index, embedder, reranker, k=k, mode=mode).hits


def retrieve_among(
    question: Question,
    index: Index,
    embedder: Embedder,
    reranker: Reranker | None = None,
    *,
    k: int = HITS,
    mode: SearchMode = "hybrid",
) -> Found:
    """The same with what tells how near they are.

    What both searches found is read again by the reranker, where one is registered.
    """
    if not question.collections or not question.text.strip():
        return Found([], [])
    vector = None if mode == "keywords" else embedder.embed_question(question.text)
    found = index.find(
        question.text,
        vector,
        collections=question.collections,
        k=max(k, _CANDIDATES),
        mode=mode,
        only=question.only,
    )
    ranked = found.hits
    if reranker is not None and mode == "hybrid":
        ranked = rerank(question.text, ranked, reranker)
    return replace(found, hits=spread(question.text, ranked, k))


def word_weights(question: Question, index: Index) -> dict[str, float]:
    """Weight of each content stem of the question: its inverse document frequency where it is searched."""
    forms = {word.text for word in words(question.text) if is_content(word.text)}
    rarity = index.rarity(sorted(forms), collections=question.collections)
    return {stem(form): rarity[form] * (_FRAMING_SHARE if frames(form) else 1.0) for form in forms}
