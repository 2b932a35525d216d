"""Greedy decoding over one llama.cpp context: what was read is kept, and what is written may be constrained."""

from __future__ import annotations

import codecs
import ctypes
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from models.constraint import Constraint, Logits
from models.markers import only_closes
from models.prefixes import Prefixes

if TYPE_CHECKING:
    from llama_cpp import Llama

_STEP = 64  # tokens of a prompt that are read between two looks at whether it was cancelled
_PIECE_BYTES = 512


@dataclass(frozen=True, slots=True)
class Counts:
    """Of one generation: tokens of the prompt, those of them that were read before, tokens written; milliseconds."""

    prompt_tokens: int = 0
    reused: int = 0
    written: int = 0
    reading_ms: float = 0.0
    writing_ms: float = 0.0


class Decoder:
    """One sequence.  Not thread-safe.  `counts` are those of the last generation."""

    def __init__(self, model: Llama) -> None:
        self._model = model
        self._vocabulary = Tokens(model)
        self._prefixes = Prefixes(model)
        self.counts = Counts()

    def write(
        self,
        prompt: Sequence[int],
        *,
        max_tokens: int,
        stops: Sequence[str] = (),
        markers: int = 0,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Iterator[str]:
        """Pieces of text.  With `markers`, each sentence ends with some of [1] to [markers].

        Raises ValueError for a prompt that the context cannot hold.
        """
        held = self._model.n_ctx()
        if len(prompt) >= held:
            raise ValueError(f"{len(prompt)} tokens, context {held}")
        if not self._read(prompt, cancelled):
            return
        text = Text(stops)
        constraint = Constraint(self._vocabulary, markers) if markers else None
        for token in self._tokens(min(max_tokens, held - len(prompt)), constraint, cancelled):
            if piece := text.add(self._vocabulary.piece(token)):
                yield piece
            if text.stopped:
                return
        if rest := text.rest():
            yield rest

    def _read(self, prompt: Sequence[int], cancelled: Callable[[], bool]) -> bool:
        """False if it was cancelled on the way: what was read so far is kept."""
        began = time.perf_counter()
        reused = self._prefixes.resume(prompt)
        self.counts = Counts(len(prompt), reused)
        for start in range(reused, len(prompt), _STEP):
            if cancelled():
                return False
            self._model.eval(prompt[start : start + _STEP])
        self.counts = replace(self.counts, reading_ms=_milliseconds_since(began))
        return not cancelled()

    def _tokens(self, most: int, constraint: Constraint | None, cancelled: Callable[[], bool]) -> Iterator[int]:
        began = time.perf_counter()
        for number in range(1, most + 1):
            token = constraint.choose(self._logits()) if constraint else self._wanted()
            if token is None:
                return
            self.counts = replace(self.counts, written=number, writing_ms=_milliseconds_since(began))
            yield token
            if number == most or cancelled() or (constraint and constraint.over):
                return
            self._model.eval([token])

    def _wanted(self) -> int | None:
        token = int(self._logits().argmax())
        return None if self._vocabulary.ends(token) else token

    def _logits(self) -> Logits:
        """Of the next token; valid until the next evaluation."""
        return np.ctypeslib.as_array(self._model._ctx.get_logits(), shape=(self._vocabulary.size,))


class Tokens:
    """The vocabulary of a model.  Satisfies `models.constraint.Vocabulary`."""

    def __init__(self, model: Llama) -> None:
        from llama_cpp import llama_cpp as low

        self._low = low
        self._handle = low.llama_model_get_vocab(model.model)
        self._pieces: dict[int, bytes] = {}
        self._closing: tuple[int, ...] | None = None
        self.size = int(low.llama_vocab_n_tokens(self._handle))

    def piece(self, token: int) -> bytes:
        if token not in self._pieces:
            room = ctypes.create_string_buffer(_PIECE_BYTES)
            length = self._low.llama_token_to_piece(self._handle, token, room, _PIECE_BYTES, 0, False)
            self._pieces[token] = room.raw[: max(0, length)]
        return self._pieces[token]

    def ends(self, token: int) -> bool:
        return bool(self._low.llama_vocab_is_eog(self._handle, token))

    @property
    def closing(self) -> tuple[int, ...]:
        """Looked for once, at the first need: a tenth of a second for fifty thousand tokens."""
        if self._closing is None:
            self._closing = tuple(one for one in range(self.size) if only_closes(self.piece(one)))
        return self._closing


class Text:
    """Bytes into text: no half characters, and nothing from a stop on."""

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops = [one for one in stops if one]
        self._characters = codecs.getincrementaldecoder("utf-8")("replace")
        self._held = ""  # it may be the beginning of a stop
        self.stopped = False

    def add(self, piece: bytes) -> str:
        """What may be shown now."""
        self._held += self._characters.decode(piece)
        found = [at for stop in self._stops if (at := self._held.find(stop)) >= 0]
        if found:
            self.stopped = True
            return self._held[: min(found)]
        kept = max((_begun(self._held, stop) for stop in self._stops), default=0)
        shown, self._held = self._held[: len(self._held) - kept], self._held[len(self._held) - kept :]
        return shown

    def rest(self) -> str:
        """What was held back, once nothing follows."""
        return self._held + self._characters.decode(b"", final=True)


def _begun(text: str, stop: str) -> int:
    """Characters at the end of `text` that begin `stop`."""
    return next((size for size in range(min(len(text), len(stop) - 1), 0, -1) if stop.startswith(text[-size:])), 0)


def _milliseconds_since(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 2)
