"""The words of a llama.cpp model: text into tokens, and tokens into bytes."""

from __future__ import annotations

import ctypes
from typing import Any

from models.markers import only_closes

_PIECE_BYTES = 512


class Vocabulary:
    """Of one loaded model, which it must not outlive.  Satisfies `models.constraint.Vocabulary`.  Thread-safe."""

    def __init__(self, model: Any) -> None:
        from llama_cpp import llama_cpp as low

        self._low = low
        self._handle = low.llama_model_get_vocab(model)
        self._pieces: dict[int, bytes] = {}
        self._closing: tuple[int, ...] | None = None
        self.size = int(low.llama_vocab_n_tokens(self._handle))
        self.bos = self._spelt(low.llama_vocab_bos(self._handle))
        self.eos = self._spelt(low.llama_vocab_eos(self._handle))

    def tokenize(self, text: bytes, *, add_bos: bool = False, special: bool = False) -> list[int]:
        """`special` reads the spelling of control tokens as the tokens themselves."""
        most = len(text) + 8
        while True:
            room = (self._low.llama_token * most)()
            count = self._low.llama_tokenize(self._handle, text, len(text), room, most, add_bos, special)
            if count >= 0:
                return list(room[:count])
            most = -count

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

    def _spelt(self, token: int) -> str:
        """How a control token is written; nothing where the model has none."""
        return str(self._low.llama_vocab_get_text(self._handle, token).decode()) if token != -1 else ""
