"""The next token of a text whose sentences end with their markers: the model's own choice, else the next best."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from models.markers import Phase, Writing

Logits = NDArray[np.float32]

_SHORTLIST = 256  # of the best tokens, tried before the whole vocabulary is put in order


class Vocabulary(Protocol):
    def piece(self, token: int) -> bytes:
        """The bytes of a token; none for a control token."""
        ...

    def ends(self, token: int) -> bool: ...

    @property
    def closing(self) -> Sequence[int]:
        """The tokens that can do nothing but end a sentence: stops, brackets, digits, spaces."""
        ...


class Constraint:
    """One text being written.  A sentence that the model would leave without its marker is brought to its end:
    the model chooses which marker, and nothing else."""

    def __init__(self, vocabulary: Vocabulary, passages: int, begun: str = "") -> None:
        """`begun`: what was written of the text before."""
        self._vocabulary = vocabulary
        self._state = Writing(passages).after(begun.encode()) or Writing(passages)
        self._closing = False  # the sentence
        self._ending = False  # the text

    @property
    def over(self) -> bool:
        return self._ending and self._state.may_end

    @property
    def closing(self) -> bool:
        """Is a sentence being brought to an end that the model did not write?"""
        return self._closing

    def choose(self, logits: Logits) -> int | None:
        """The best token that may be written here; None: the text ends."""
        wanted = int(logits.argmax())
        if self._vocabulary.ends(wanted):
            if self._state.may_end:
                return None
            self._ending = self._closing = True
        elif self._take(wanted):
            return wanted
        elif self._state.phase is Phase.STOPPED or b"\n" in self._vocabulary.piece(wanted):
            self._closing = True  # it wants the next sentence
        narrow = self._closing or self._state.must_close
        candidates = _sorted(logits, self._vocabulary.closing) if narrow else _descending(logits)
        return next((token for token in candidates if self._take(token)), None)

    def _take(self, token: int) -> bool:
        follow: Callable[[bytes], Writing | None] = self._state.closed_by if self._closing else self._state.after
        then = follow(self._vocabulary.piece(token))
        if then is None:
            return False
        self._state = then
        self._closing = self._closing and not then.may_end
        return True


def _sorted(logits: Logits, tokens: Sequence[int]) -> list[int]:
    return sorted(tokens, key=lambda token: -logits[token])


def _descending(logits: Logits) -> Iterator[int]:
    """All tokens, the best first; the whole is sorted only if the shortlist does not do."""
    few = min(_SHORTLIST, len(logits))
    shortlist = np.argpartition(-logits, few - 1)[:few]
    yield from (int(one) for one in shortlist[np.argsort(-logits[shortlist], kind="stable")])
    yield from (int(one) for one in np.argsort(-logits, kind="stable"))
