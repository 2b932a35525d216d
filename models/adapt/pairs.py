"""Contrastive pairs: real questions with the passage that answers them, and pairs that a corpus makes by itself.

A passage gives three kinds of queries of its own: its heading path, one of its sentences (taken out of it: the inverse
cloze task, Lee, Chang and Toutanova, 2019), and words picked from one, as people type them into a search box.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_SENTENCE = re.compile(r"(?<=[.!?;])\s+(?=[A-ZÀ-ÝŒ«\"(\-–•0-9])|\n+")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_SHORTEST, _LONGEST = 30, 300  # characters of a sentence that can stand for a question
_SENTENCE_STAYS = 0.15  # share of the pairs whose sentence stays in the passage: words in common matter too
_SHORT_WORDS = 3


@dataclass(frozen=True, slots=True)
class Text:
    """A passage to learn from.  `source` names where it comes from: pairs of one source are told apart together."""

    source: str
    heading: tuple[str, ...]
    body: str

    @property
    def searchable(self) -> str:
        """As the index embeds it."""
        return _searchable(self.heading, self.body)


@dataclass(frozen=True, slots=True)
class Pair:
    """`passage` answers `query`.  Pairs of one `key` never stand against each other."""

    source: str
    query: str
    passage: str
    key: str


def pairs_of(texts: Sequence[Text], chance: random.Random, *, a_passage: int = 2) -> Iterator[Pair]:
    """Up to `a_passage` pairs of each kind of query, of each passage that has enough text."""
    for text in texts:
        key = text.searchable
        if text.heading and len(text.body) >= 2 * _SHORTEST:
            yield Pair(text.source, " ".join(text.heading[-2:]), text.body, key)
        sentences = [one.strip() for one in _SENTENCE.split(text.body) if _SHORTEST <= len(one.strip()) <= _LONGEST]
        for sentence in chance.sample(sentences, min(a_passage, len(sentences))):
            rest = text.body if chance.random() < _SENTENCE_STAYS else text.body.replace(sentence, " ", 1)
            if len(rest) >= 2 * _SHORTEST:
                yield Pair(text.source, sentence, _searchable(text.heading, rest), key)
        for sentence in chance.sample(sentences, min(a_passage, len(sentences))):
            if query := _typed(sentence, chance):
                yield Pair(text.source, query, text.searchable, key)


def _typed(sentence: str, chance: random.Random) -> str:
    """Three to eight of the longer words of a sentence, mostly in their order."""
    words = [one for one in _WORD.findall(sentence) if len(one) > _SHORT_WORDS]
    if len(words) < 3:
        return ""
    count = min(len(words), chance.randint(3, 8))
    kept = sorted(chance.sample(range(len(words)), count))
    if chance.random() < 0.3:
        chance.shuffle(kept)
    return " ".join(words[one].lower() if chance.random() < 0.5 else words[one] for one in kept)


def _searchable(heading: Sequence[str], body: str) -> str:
    return " > ".join(heading) + "\n" + body.strip() if heading else body.strip()
