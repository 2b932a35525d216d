"""Passages as a reader takes them: windows of whole sentences, each no longer than it can read at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from models.protocols import Sentences

QUESTION_PIECES, HEADING_PIECES, TEXT_PIECES = 40, 24, 224  # the end of a heading path says most


@dataclass(frozen=True, slots=True)
class Window:
    """Pieces of a heading and of consecutive sentences; `sentences` are their positions in the passage."""

    passage: int
    pieces: tuple[int, ...]
    sentences: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]  # of each sentence, in pieces


def windows_of(tokenizer: Any, passage: int, held: Sentences) -> Iterator[Window]:
    """Windows of one passage in order.  A sentence longer than a window is cut; one without pieces is left out."""
    heading = encoded(tokenizer, " > ".join(held.heading)).ids[-HEADING_PIECES:] if held.heading else []
    whole = encoded(tokenizer, held.text)
    pieces, sentences, spans = list(heading), list[int](), list[tuple[int, int]]()
    for position, numbers in enumerate(_by_sentence(whole.offsets, held.spans)):
        own = [whole.ids[one] for one in numbers[:TEXT_PIECES]]
        if not own:
            continue
        if sentences and len(pieces) - len(heading) + len(own) > TEXT_PIECES:
            yield Window(passage, tuple(pieces), tuple(sentences), tuple(spans))
            pieces, sentences, spans = list(heading), [], []
        sentences.append(position)
        spans.append((len(pieces), len(pieces) + len(own)))
        pieces += own
    if sentences:
        yield Window(passage, tuple(pieces), tuple(sentences), tuple(spans))


def laid_out(question: Sequence[int], pieces: Sequence[int], begin: int, end: int) -> tuple[list[int], int]:
    """Question and window as the network reads them together, and where the window's pieces begin there."""
    before = [begin, *question, end, end]
    return [*before, *pieces, end], len(before)


def ends_of(tokenizer: Any) -> tuple[int, int]:
    """Numbers of the pieces that begin a text and end it."""
    return tokenizer.token_to_id("<s>"), tokenizer.token_to_id("</s>")


def encoded(tokenizer: Any, text: str) -> Any:
    return tokenizer.encode(text, add_special_tokens=False)


def _by_sentence(offsets: Sequence[tuple[int, int]], spans: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Numbers of the pieces of each sentence: a piece belongs to the last sentence that has begun where it ends."""
    found: list[list[int]] = [[] for _ in spans]
    at = 0
    for number, (_, end) in enumerate(offsets):
        while at + 1 < len(spans) and end > spans[at + 1][0]:
            at += 1
        if spans:
            found[at].append(number)
    return found
