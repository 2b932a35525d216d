"""What a context has read, kept for the next prompt: several conversations take turns, each goes on where it stood."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from models.memory import PREFIX_BYTES

if TYPE_CHECKING:
    from llama_cpp import Llama

_WORTH = 64  # tokens: fewer are read again sooner than they are put aside

TokenIds = NDArray[np.intc]


@dataclass(frozen=True, slots=True)
class Kept:
    """The cache of one sequence as it stood, in llama.cpp's own form, which never leaves this process."""

    tokens: TokenIds
    state: bytes


class Prefixes:
    """The one sequence of a context.  `resume` makes it hold as much of a prompt as was ever read and is still kept."""

    def __init__(self, model: Llama, most_bytes: int = PREFIX_BYTES) -> None:
        from llama_cpp import llama_cpp as low

        self._low = low
        self._model = model
        self._most_bytes = most_bytes
        self._kept: list[Kept] = []  # the one used last is last
        self._asked = 0  # tokens of the last prompt: what was written after it is not kept

    def resume(self, prompt: Sequence[int]) -> int:
        """How many tokens of the prompt need not be read.  At least one is left: the next token follows from it."""
        wanted = np.asarray(prompt, np.intc)
        live = self._model._input_ids
        reused = common(live, wanted)
        if self._model._is_recurrent or self._model._is_hybrid:  # cannot forget its last tokens alone
            return self._cut(min(reused, len(wanted) - 1))
        best = max(self._kept, key=lambda one: common(one.tokens, wanted), default=None)
        gained = common(best.tokens, wanted) - reused if best else 0
        if min(len(live), self._asked) - reused >= _WORTH:
            self._keep(live)
            reused = min(reused, self._model.n_tokens)
        self._asked = len(wanted)
        if best is not None and gained >= _WORTH and self._restore(best):
            reused += gained
        return self._cut(min(reused, len(wanted) - 1))

    def _keep(self, live: TokenIds) -> None:
        if len(live) > self._asked:
            live = live[: self._cut(self._asked)]
        size = self._low.llama_state_seq_get_size(self._model.ctx, 0)
        if not len(live) or not 0 < size <= self._most_bytes:
            return
        room = (ctypes.c_uint8 * size)()
        if self._low.llama_state_seq_get_data(self._model.ctx, room, size, 0) != size:
            return
        others = [one for one in self._kept if common(one.tokens, live) < len(one.tokens)]  # what `live` does not hold
        self._kept = [*others, Kept(live.copy(), bytes(room))]
        while sum(len(one.state) for one in self._kept) > self._most_bytes:
            self._kept.pop(0)

    def _restore(self, kept: Kept) -> bool:
        room = (ctypes.c_uint8 * len(kept.state)).from_buffer_copy(kept.state)
        if not self._low.llama_state_seq_set_data(self._model.ctx, room, len(kept.state), 0):
            self._forget()
            return False
        self._model.input_ids[: len(kept.tokens)] = kept.tokens
        self._model.n_tokens = len(kept.tokens)
        self._kept = [*(one for one in self._kept if one is not kept), kept]
        return True

    def _cut(self, length: int) -> int:
        """Leave `length` tokens in the sequence; none, where the model cannot forget its last ones."""
        if length and self._model._ctx.kv_cache_seq_rm(-1, length, -1):
            self._model.n_tokens = length
            return length
        self._forget()
        return 0

    def _forget(self) -> None:
        self._low.llama_memory_clear(self._low.llama_get_memory(self._model.ctx), True)
        self._model.n_tokens = 0


def common(one: TokenIds, other: TokenIds) -> int:
    """Length of the common beginning."""
    shortest = min(len(one), len(other))
    differ = np.flatnonzero(one[:shortest] != other[:shortest])
    return int(differ[0]) if len(differ) else shortest
