"""What a reader learns from: questions with passages, of which it is known which answer and in which sentence.

A line of a lessons file: `{"source", "question", "passages": [{"heading", "text", "spans", "relevant", "holds",
"answers"}]}`: spans of sentences in characters, 1 or 0 or -1 (not known) for a passage, numbers of the sentences that
hold the answer, its spans in characters.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.protocols import Sentences
from models.windows import QUESTION_PIECES, Window, encoded, windows_of

_NEAR = 8  # passages that are nearest to the question: most of the wrong ones are taken among them
_NEAR_SHARE = 0.6
_UNANSWERED = 0.12  # of questions, whose right passages are left out


@dataclass(frozen=True, slots=True)
class Read:
    """A question with one window of a passage.  `relevant` is -1 where it is not known; `answers` are in pieces."""

    question: tuple[int, ...]
    window: Window
    relevant: int
    holds: tuple[bool, ...]  # for each sentence of the window
    answers: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Lesson:
    source: str
    reads: tuple[Read, ...]  # as search ranked them


def read_lessons(path: Path, tokenizer: Any) -> list[Lesson]:
    with path.open(encoding="utf-8") as lines:
        return [_lesson(json.loads(line), tokenizer) for line in lines if line.strip()]


def picked(
    lessons: Sequence[Lesson], shares: dict[str, float], most: int, chance: random.Random
) -> Iterator[list[Read]]:
    """Without end: some windows of one lesson, at most two of them right; sources by their shares."""
    by_source = {name: [one for one in lessons if one.source == name] for name in shares}
    waiting: dict[str, list[Lesson]] = {name: [] for name in shares}
    names = [name for name in shares if by_source[name]]
    while True:
        (name,) = chance.choices(names, [shares[one] for one in names])
        waiting[name] = waiting[name] or chance.sample(by_source[name], len(by_source[name]))
        reads = waiting[name].pop().reads
        right = [one for one in reads if one.relevant > 0]
        right = [] if chance.random() < _UNANSWERED else chance.sample(right, min(2, len(right)))
        wrong = [one for one in reads if one.relevant <= 0]
        near, far = wrong[:_NEAR], wrong[_NEAR:]
        left = most - len(right)
        found = right + chance.sample(near, min(len(near), round(left * _NEAR_SHARE)))
        yield found + chance.sample(far, min(len(far), most - len(found)))


def _lesson(row: dict[str, Any], tokenizer: Any) -> Lesson:
    question = tuple(encoded(tokenizer, row["question"]).ids[:QUESTION_PIECES])
    reads: list[Read] = []
    for number, one in enumerate(row["passages"]):
        held = Sentences(tuple(one["heading"]), one["text"], tuple((start, end) for start, end in one["spans"]))
        for window in windows_of(tokenizer, number, held):
            holds = tuple(position in one["holds"] for position in window.sentences)
            relevant = one["relevant"] if any(holds) or one["relevant"] <= 0 or not one["holds"] else -1
            reads.append(
                Read(question, window, relevant, holds, tuple(_in_pieces(tokenizer, held, window, one["answers"])))
            )
    return Lesson(row["source"], tuple(reads))


def _in_pieces(
    tokenizer: Any, held: Sentences, window: Window, answers: Sequence[Sequence[int]]
) -> Iterator[tuple[int, int]]:
    """First and last piece of each answer that begins in a sentence of the window and ends there."""
    for position, (first, past) in zip(window.sentences, window.spans, strict=True):
        start, end = held.spans[position]
        for one, other in answers:
            if start <= one and other <= end:
                before = len(encoded(tokenizer, held.text[start:one].rstrip()).ids)
                inside = len(encoded(tokenizer, held.text[start:other].rstrip()).ids)
                if first + before < past:
                    yield first + before, min(past, first + max(inside, before + 1)) - 1
