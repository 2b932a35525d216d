"""Sentence embeddings by sentence-transformers, offline, at the precision that this machine runs best."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from models.loading import loading, use
from models.precision import Precision, chosen_precision, instruction_set
from models.protocols import EmbedderIdentity, ModelCard
from models.registry import embedder_card, packaged_cards, verify

if TYPE_CHECKING:
    from collections.abc import Iterator

_DIMENSIONS = 384
_BATCH = 32
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # of mallopt(3)
_KEPT_BYTES = 1 << 30


class SentenceEmbedder:
    """A sentence-transformers model from a folder.  Weights load at the first text; any thread may call.

    Questions and passages are told apart by the model's own prompts ("query", "document"), where it has some.
    """

    def __init__(self, card: ModelCard, *, threads: int, cache_dir: Path) -> None:
        self._card = card
        self._threads = threads
        self._cache_dir = cache_dir
        self._lock = threading.Lock()
        self._model: Any = None
        self._precision: Precision | None = None

    @property
    def identity(self) -> EmbedderIdentity:
        return EmbedderIdentity(
            self._card.name,
            self._card.sha256,
            _DIMENSIONS,
            self._precision or "unloaded",
            instruction_set(),
            self._card.cosine_step or None,
        )

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors of passages, shape (len(texts), 384), float32; a text is read up to 256 tokens."""
        return self._embed(texts, "document", self._threads)

    def embed_question(self, question: str) -> NDArray[np.float32]:
        """Unit vector of a question, shape (384,), float32.

        By one thread: a question is short, and two threads that wait for each other stand still for a second where
        a generator writes or an ingestion runs on the same cores.
        """
        vector: NDArray[np.float32] = self._embed([question], "query", 1)[0]
        return vector

    def _embed(self, texts: Sequence[str], prompt: str, threads: int) -> NDArray[np.float32]:
        if not texts:
            return np.empty((0, _DIMENSIONS), np.float32)
        with self._lock:
            model = self._loaded()
            prefix = model.prompts.get(prompt, "")
            use(threads)
            return _encode(model, [prefix + one for one in texts])

    def prepare(self) -> None:
        """Load the weights now, and choose the precision: `identity` is complete afterwards."""
        with self._lock:
            self._loaded()

    def _loaded(self) -> Any:
        if self._model is None:
            verify(self._card)
            self._model = _load(Path(self._card.path).parent, self._threads)
            self._precision = chosen_precision(
                self._model, _encode, self._card.sha256, self._threads, self._cache_dir / "precision.json"
            )
        return self._model


def load_embedder(card: ModelCard | None = None, *, threads: int, cache_dir: Path) -> SentenceEmbedder:
    """The embedder of a card, else the embedded default.  Costs nothing until the first text."""
    return SentenceEmbedder(card or embedder_card(packaged_cards()), threads=threads, cache_dir=cache_dir)


def _load(folder: Path, threads: int) -> Any:
    _keep_freed_memory()
    with loading(threads):
        from sentence_transformers import SentenceTransformer

        model = SentenceTransformer(str(folder), device="cpu", local_files_only=True, model_kwargs={"dtype": "float32"})
    model.max_seq_length = 256
    return model.eval()


def _keep_freed_memory() -> None:
    """Each batch frees what the next one asks for again: handed back to the system, every page of it faults."""
    with suppress(OSError, AttributeError):  # no glibc
        libc = ctypes.CDLL(None)
        libc.mallopt(_M_MMAP_THRESHOLD, _KEPT_BYTES)
        libc.mallopt(_M_TRIM_THRESHOLD, _KEPT_BYTES)


def _encode(model: Any, texts: Sequence[str]) -> NDArray[np.float32]:
    """Longest first, so that a batch holds texts of one length and little is padded."""
    order = sorted(range(len(texts)), key=lambda one: -len(texts[one]))
    vectors = np.empty((len(texts), _DIMENSIONS), np.float32)
    for batch in _batches(order):
        vectors[batch] = _forward(model, [texts[one] for one in batch])
    return vectors


def _forward(model: Any, texts: Sequence[str]) -> NDArray[np.float32]:
    import torch

    with torch.inference_mode():
        features = model.preprocess(list(texts))
        pooled = model(features)["sentence_embedding"].to(torch.float32)
        normalised: NDArray[np.float32] = torch.nn.functional.normalize(pooled, dim=1).numpy()
    return normalised


def _batches(order: Sequence[int]) -> Iterator[list[int]]:
    for start in range(0, len(order), _BATCH):
        yield list(order[start : start + _BATCH])
