"""The best passages read with the question by a small model: which of them answers, and in which sentence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.assistant.sentences import sentence_spans
from index.records import Hit
from models.errors import ModelFailure
from models.protocols import Reader, Reading, Sentences


def read_closely(question: str, passages: Sequence[Hit], reader: Reader | None) -> list[Reading] | None:
    """One reading a passage; None without a reader, or where its file is missing or another: quoting needs no model."""
    if reader is None or not passages:
        return None
    try:
        return reader.read(question, [_sentences(one) for one in passages])
    except ModelFailure:
        return None


def most_relevant(readings: Iterable[Reading] | None) -> float | None:
    """Log-odds that the passage that answers best does; None where nothing was read."""
    known = [one.relevance for one in readings or () if one.relevance is not None]
    return max(known, default=None)


def _sentences(hit: Hit) -> Sentences:
    return Sentences(hit.heading, hit.text, tuple((one.start, one.end) for one in sentence_spans(hit.text)))
