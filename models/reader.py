"""The packaged reader: a small cross-encoder over the embedder's own pieces, offline, for the few best passages."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from models.loading import loading, use
from models.precision import runs_brain_floats
from models.protocols import ModelCard, Reading, Sentences
from models.registry import verify
from models.windows import QUESTION_PIECES, Window, encoded, ends_of, laid_out, windows_of

WINDOWS = 3  # read for a question: some 55 ms in brain floats, 150 ms without them; six tell little more
_BATCH = 3  # of like length, so that little is padded
_LAYER = re.compile(r"bert\.encoder\.layer\.(\d+)\.")


@dataclass(frozen=True, slots=True)
class _Loaded:
    network: Any
    tokenizer: Any
    begin: int
    end: int


class SentenceReader:
    """A reader whose word pieces are those of an embedder.  Loads at the first question; any thread may call."""

    def __init__(self, card: ModelCard, pieces: ModelCard, *, threads: int, most: int = WINDOWS) -> None:
        """At most `most` windows are read for a question."""
        self.card = card
        self._pieces = pieces
        self._threads = threads
        self._most = most
        self._lock = threading.Lock()
        self._model: _Loaded | None = None

    def read(self, question: str, passages: Sequence[Sentences]) -> list[Reading]:
        """The first passages, as many windows as allowed; the others stay unread.  Raises ChangedFile, MissingFile."""
        model = self._loaded()
        in_order = (one for number, held in enumerate(passages) for one in windows_of(model.tokenizer, number, held))
        windows = list(islice(in_order, self._most))
        asked = encoded(model.tokenizer, question).ids[:QUESTION_PIECES]
        relevance: list[float | None] = [None] * len(passages)
        sentences: list[list[float | None]] = [[None] * len(one.spans) for one in passages]
        use(self._threads)
        windows.sort(key=lambda one: -len(one.pieces))
        for start in range(0, len(windows), _BATCH):
            batch = windows[start : start + _BATCH]
            for window, (answers, logits) in zip(batch, _forward(model, asked, batch), strict=True):
                known = relevance[window.passage]
                relevance[window.passage] = answers if known is None else max(known, answers)
                for position, logit in zip(window.sentences, logits, strict=True):
                    sentences[window.passage][position] = logit
        return [Reading(one, tuple(each)) for one, each in zip(relevance, sentences, strict=True)]

    def _loaded(self) -> _Loaded:
        with self._lock:
            if self._model is None:
                verify(self.card)
                verify(self._pieces)
                self._model = _load(Path(self.card.path), Path(self._pieces.path), self._threads)
            return self._model


def _load(weights: Path, pieces: Path, threads: int) -> _Loaded:
    with loading(threads):
        import torch
        from safetensors import safe_open
        from safetensors.torch import load_file
        from tokenizers import Tokenizer

        from models.reader_network import network

        state = load_file(weights)
        with safe_open(pieces, "pt") as held:
            state |= {f"bert.{name}": held.get_tensor(name) for name in held.keys() if name.startswith("embeddings.")}  # noqa: SIM118
        layers = 1 + max(int(found.group(1)) for name in state if (found := _LAYER.match(name)))
        model = network(json.loads((pieces.parent / "config.json").read_text("utf-8")), layers)
        kind = torch.bfloat16 if runs_brain_floats() else torch.float32
        model.load_state_dict(state)
        tokenizer = Tokenizer.from_file(str(pieces.parent / "tokenizer.json"))
        tokenizer.no_truncation()
        tokenizer.no_padding()
    return _Loaded(model.eval().to(kind), tokenizer, *ends_of(tokenizer))


def _forward(model: _Loaded, asked: list[int], batch: Sequence[Window]) -> list[tuple[float, list[float]]]:
    """Logits of each window and of its sentences."""
    import torch

    rows = [laid_out(asked, one.pieces, model.begin, model.end) for one in batch]
    length = max(len(whole) for whole, _ in rows)
    pieces, held = torch.zeros(len(batch), length, dtype=torch.long), torch.zeros(len(batch), length, dtype=torch.long)
    sentence = torch.full((len(batch), length), -1)
    count = 0
    for row, (window, (whole, before)) in enumerate(zip(batch, rows, strict=True)):
        pieces[row, : len(whole)], held[row, : len(whole)] = torch.tensor(whole), 1
        for start, end in window.spans:
            sentence[row, before + start : before + end] = count
            count += 1
    with torch.inference_mode():
        relevance, logits, _ = model.network(pieces, held, sentence, count)
    answers, flat = relevance.tolist(), iter(logits.tolist())
    return [(answers[row], [next(flat) for _ in window.spans]) for row, window in enumerate(batch)]
