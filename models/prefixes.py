"""What a context has read, kept for the next prompt: several conversations take turns, each goes on where it stood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.context import Context
from models.memory import PREFIX_BYTES

_WORTH = 64  # tokens: fewer are read again sooner than they are put aside

TokenIds = NDArray[np.intc]
_NONE: TokenIds = np.empty(0, np.intc)


@dataclass(slots=True, eq=False)
class Place:
    """One sequence of the context: the tokens that it holds, and how many of them were asked, not written."""

    sequence: int
    tokens: TokenIds = field(default_factory=lambda: _NONE)
    asked: int = 0
    busy: bool = False
    used: int = 0  # a count of prompts: the least was used longest ago

    def hold(self, tokens: Sequence[int]) -> None:
        self.tokens = np.concatenate([self.tokens, np.asarray(tokens, np.intc)])


@dataclass(frozen=True, slots=True)
class Kept:
    """The cache of one sequence as it stood, in llama.cpp's own form, which never leaves this process."""

    tokens: TokenIds
    state: bytes


class Prefixes:
    """The sequences of a context.  `take` makes one hold as much of a prompt as was ever read and is still there."""

    def __init__(self, context: Context, most_bytes: int = PREFIX_BYTES) -> None:
        self._context = context
        self._most_bytes = most_bytes
        self._kept: list[Kept] = []  # the one used last is last
        self._prompts = 0
        self.places = [Place(number) for number in range(context.sequences)]

    @property
    def free(self) -> bool:
        return any(not one.busy for one in self.places)

    def unread(self, prompt: Sequence[int]) -> int:
        """How many tokens of a prompt would have to be read."""
        wanted = np.asarray(prompt, np.intc)
        held = [one.tokens for one in self.places] + [one.tokens for one in self._kept]
        return len(wanted) - max(common(one, wanted) for one in held)

    def take(self, prompt: Sequence[int]) -> Place:
        """A free place, busy from now on: the tokens that it holds need not be read again.  At least one token of the
        prompt is left: the next one follows from it."""
        wanted = np.asarray(prompt, np.intc)
        place = min((one for one in self.places if not one.busy), key=lambda one: (_cost(one, wanted), one.used))
        reused = common(place.tokens, wanted)
        if self._context.whole:  # such a model cannot forget its last tokens alone
            self._cut(place, min(reused, len(wanted) - 1))
        else:
            kept: list[Kept | Place] = [*self._kept, *(one for one in self.places if one is not place)]
            best = max(kept, key=lambda one: common(one.tokens, wanted), default=place)
            if min(len(place.tokens), place.asked) - reused >= _WORTH:
                self._keep(place)
            if common(best.tokens, wanted) - reused >= _WORTH:
                self._copy(best, place)
            self._cut(place, min(common(place.tokens, wanted), len(wanted) - 1))
        self._prompts += 1
        place.asked, place.busy, place.used = len(wanted), True, self._prompts
        return place

    def _keep(self, place: Place) -> None:
        if len(place.tokens) > place.asked:
            self._cut(place, place.asked)
        live = place.tokens
        state = self._context.state(place.sequence, self._most_bytes) if len(live) else b""
        if not state:
            return
        others = [one for one in self._kept if common(one.tokens, live) < len(one.tokens)]  # what `live` does not hold
        self._kept = [*others, Kept(live.copy(), state)]
        self._trim()

    def _trim(self) -> None:
        while sum(len(one.state) for one in self._kept) > self._most_bytes:
            self._kept.pop(0)

    def _copy(self, source: Kept | Place, place: Place) -> None:
        """Go on from what is kept, or from what another place holds, be it busy; or stay, where that is too much."""
        if isinstance(source, Kept):
            state = source.state
            self._kept = [*(one for one in self._kept if one is not source), source]
            self._trim()
        else:
            state = self._context.state(source.sequence, self._most_bytes)
        if state and self._context.restore(place.sequence, state):
            place.tokens = source.tokens
        elif state:
            self._cut(place, 0)

    def _cut(self, place: Place, length: int) -> None:
        """Leave `length` tokens; none, where the model cannot forget its last ones."""
        if length and self._context.cut(place.sequence, length):
            place.tokens = place.tokens[:length]
        else:
            self._context.forget(place.sequence)
            place.tokens = _NONE


def common(one: TokenIds, other: TokenIds) -> int:
    """Length of the common beginning."""
    shortest = min(len(one), len(other))
    differ = np.flatnonzero(one[:shortest] != other[:shortest])
    return int(differ[0]) if len(differ) else shortest


def _cost(place: Place, wanted: TokenIds) -> int:
    """Tokens of its last prompt that a place would give up for this one, less those that it spares."""
    held = common(place.tokens, wanted)
    return min(len(place.tokens), place.asked) - min(held, place.asked) - held
