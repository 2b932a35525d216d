"""Question and passage read together: a cross-encoder of sentence-transformers, offline, for the few best hits."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.loading import loading, use
from models.protocols import ModelCard
from models.registry import verify

_TOKENS = 512  # of a question and a passage together
_BATCH = 16


class CrossEncoderReranker:
    """A registered cross-encoder with one output.  Weights load at the first question; any thread may call."""

    def __init__(self, card: ModelCard, *, threads: int) -> None:
        self.card = card
        self._threads = threads
        self._lock = threading.Lock()
        self._model: Any = None

    def scores(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """Relevance of each text, from 0 to 1, shape (len(texts),).  Raises ChangedFile, MissingFile."""
        if not texts:
            return np.empty(0, np.float32)
        with self._lock:
            model = self._loaded()
            use(self._threads)  # the question was embedded by one
            logits = model.predict(
                [(question, one) for one in texts], batch_size=_BATCH, show_progress_bar=False, activation_fn=_as_is()
            )
        relevance: NDArray[np.float32] = (1 / (1 + np.exp(-np.asarray(logits, np.float64)))).astype(np.float32)
        return relevance.reshape(len(texts))

    def _loaded(self) -> Any:
        if self._model is None:
            verify(self.card)
            self._model = _load(Path(self.card.path).parent, self._threads)
        return self._model


def _load(folder: Path, threads: int) -> Any:
    with loading(threads):
        from sentence_transformers import CrossEncoder

        return CrossEncoder(str(folder), device="cpu", local_files_only=True, max_length=_TOKENS, num_labels=1)


def _as_is() -> Any:
    import torch

    return torch.nn.Identity()
