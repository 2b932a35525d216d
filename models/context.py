"""A llama.cpp model and one context of several sequences, through the library's C interface.

`llama_cpp.Llama` has one sequence, compiles the chat template that it finds in the file, and keeps the scores of every
token; here the sequences of several askers are read and written in one pass over the weights.
"""

from __future__ import annotations

import ctypes
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.constraint import Logits
from models.vocabulary import Vocabulary

MOST_TOKENS = 512  # of one pass
TOGETHER = 4  # rows that some kernels multiply together
_ERROR = 4  # ggml_log_level


@dataclass(frozen=True, slots=True)
class Part:
    """Tokens that a sequence goes on with, from a position on.  `scored`: the scores of what follows are wanted."""

    sequence: int
    position: int
    tokens: Sequence[int]
    scored: bool


class Context:
    """Not thread-safe, but for its `vocabulary`.  `length` is the most tokens of each sequence."""

    def __init__(self, path: str, *, threads: int, length: int, sequences: int = 1, repacked: bool = True) -> None:
        """Raises ValueError for a file that is no model or a context for which there is no memory."""
        from llama_cpp import llama_cpp as low

        self._low = low
        self.length = length
        self.sequences = sequences
        low.llama_log_set(_errors_only(), ctypes.c_void_p(0))
        low.llama_backend_init()
        self._model = _model(path, repacked)
        self._context = low.llama_init_from_model(self._model, self._parameters(threads))
        if not self._context:
            raise ValueError(f"no context of {sequences} x {length} tokens")
        self._memory = low.llama_get_memory(self._context)
        self._batch = low.llama_batch_init(MOST_TOKENS, 0, 1)
        self.vocabulary = Vocabulary(self._model)
        self.whole = bool(low.llama_model_is_recurrent(self._model) or low.llama_model_is_hybrid(self._model))

    def close(self) -> None:
        self._low.llama_batch_free(self._batch)
        self._low.llama_free(self._context)
        self._low.llama_model_free(self._model)

    def metadata(self, key: str) -> str:
        """What the file says of itself under a key; nothing where it does not."""
        length = self._low.llama_model_meta_val_str(self._model, key.encode(), None, 0)
        if length < 0:
            return ""
        room = ctypes.create_string_buffer(length + 1)
        self._low.llama_model_meta_val_str(self._model, key.encode(), room, length + 1)
        return room.value.decode(errors="replace")

    def run(self, parts: Sequence[Part]) -> list[Logits | None]:
        """Read parts of different sequences in one pass, `MOST_TOKENS` at most.  The scores that follow each one which
        is scored, shape (vocabulary,): they are overwritten by the next pass.  Raises ValueError for more, RuntimeError
        where llama.cpp fails."""
        if sum(len(part.tokens) for part in parts) > MOST_TOKENS:
            raise ValueError(f"more than {MOST_TOKENS} tokens")
        batch, row, last = self._batch, 0, {}
        for part in sorted(parts, key=lambda one: one.sequence):  # others than neighbours would be computed apart
            for offset, token in enumerate(part.tokens):
                batch.token[row] = token
                batch.pos[row] = part.position + offset
                batch.n_seq_id[row] = 1
                batch.seq_id[row][0] = part.sequence
                batch.logits[row] = part.scored and offset == len(part.tokens) - 1
                row += 1
            last[part.sequence] = row - 1
        batch.n_tokens = row
        if code := self._low.llama_decode(self._context, batch):
            raise RuntimeError(f"llama_decode: {code}")
        return [self._scores(last[part.sequence]) if part.scored else None for part in parts]

    def prefers_four(self) -> bool:
        """Do four rows, one of each sequence, take less time than two?  So it is with weights that llama.cpp lays out
        anew for kernels of four rows; others are multiplied row by row.  To be asked of an empty context."""
        if self.sequences != TOGETHER or self.whole:
            return False
        two, four = (min(self._seconds(rows) for _ in range(3)) for rows in (2, TOGETHER))
        return four < two

    def _seconds(self, rows: int) -> float:
        began = time.perf_counter()
        self.run([Part(sequence, 0, [0], True) for sequence in range(rows)])
        taken = time.perf_counter() - began
        for sequence in range(rows):
            self.forget(sequence)
        return taken

    def cut(self, sequence: int, length: int) -> bool:
        """Leave the first `length` tokens.  False, and all are there still, where the model cannot."""
        return bool(self._low.llama_memory_seq_rm(self._memory, sequence, length, -1))

    def forget(self, sequence: int) -> None:
        self._low.llama_memory_seq_rm(self._memory, sequence, -1, -1)

    def state(self, sequence: int, most_bytes: int) -> bytes:
        """What a sequence holds, in llama.cpp's own form; nothing where that is more than `most_bytes`."""
        size = self._low.llama_state_seq_get_size(self._context, sequence)
        if not 0 < size <= most_bytes:
            return b""
        room = (ctypes.c_uint8 * size)()
        return ctypes.string_at(room, self._low.llama_state_seq_get_data(self._context, room, size, sequence))

    def restore(self, sequence: int, state: bytes) -> bool:
        room = (ctypes.c_uint8 * len(state)).from_buffer_copy(state)
        return bool(self._low.llama_state_seq_set_data(self._context, room, len(state), sequence))

    def _scores(self, row: int) -> Logits:
        scores = self._low.llama_get_logits_ith(self._context, row)
        return np.ctypeslib.as_array(scores, shape=(self.vocabulary.size,))

    def _parameters(self, threads: int) -> Any:
        wanted = self._low.llama_context_default_params()
        wanted.n_ctx = self.length * self.sequences
        wanted.n_batch = wanted.n_ubatch = min(MOST_TOKENS, wanted.n_ctx)
        wanted.n_seq_max = self.sequences
        wanted.flash_attn_type = self._low.LLAMA_FLASH_ATTN_TYPE_DISABLED  # on processors it takes half as long again
        wanted.kv_unified = False  # else each token is held against those of all sequences
        wanted.n_threads = wanted.n_threads_batch = threads
        wanted.no_perf = True
        return wanted


def _model(path: str, repacked: bool) -> Any:
    """`repacked`: weights are laid out anew for this processor's matrix instructions, where it has some."""
    from llama_cpp import llama_cpp as low

    wanted = low.llama_model_default_params()
    wanted.use_extra_bufts = repacked
    model = low.llama_model_load_from_file(path.encode(), wanted)
    if not model:
        raise ValueError(f"llama.cpp cannot load {path}")
    return model


_kept: list[Any] = []  # a callback must outlive its use


def _errors_only() -> Any:
    """A logger that prints what went wrong, and nothing else, to standard error."""
    from llama_cpp import llama_cpp as low

    if not _kept:

        def say(level: int, text: bytes, _: Any) -> None:
            if level == _ERROR:
                sys.stderr.write(text.decode(errors="replace"))

        _kept.append(low.llama_log_callback(say))
    return _kept[0]
