"""`python -m tests.benchmarks.ingest FOLDER...`: a whole ingestion beside the bare embedder; a second run."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.bootstrap import open_house
from app.sample.source import DOCUMENTS
from app.settings import Settings
from ingest.pipeline import ingest
from ingest.progress import SilentProgress
from models.protocols import Embedder, EmbedderIdentity


class RememberingEmbedder:
    """The embedder itself; it keeps the texts that it was given, to be embedded again on their own."""

    def __init__(self, inner: Embedder) -> None:
        self._inner = inner
        self.texts: list[str] = []

    @property
    def identity(self) -> EmbedderIdentity:
        return self._inner.identity

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.texts.extend(texts)
        return self._inner.embed(texts)

    def embed_question(self, question: str) -> NDArray[np.float32]:
        return self._inner.embed_question(question)


def main() -> None:
    """Folders may be named; the sample corpus by default."""
    for folder in [Path(name) for name in sys.argv[1:]] or [DOCUMENTS]:
        measure(folder)


def measure(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as data_dir:
        house = open_house(Settings(data_dir=Path(data_dir)), prepared=True)
        embedder = RememberingEmbedder(house.embedder)
        house.embedder.embed(["Un premier texte charge le modèle."])

        def run() -> None:
            ingest([folder], "banc", index=house.index, embedder=embedder, progress=SilentProgress())

        whole = seconds(run)
        bare = seconds(lambda: house.embedder.embed(embedder.texts))
        unchanged = seconds(run)
    print(
        f"{folder}: {len(embedder.texts)} passages, ingested in {whole:.1f} s; bare embedder {bare / whole:.0%} of it;"
    )
    print(f"  unchanged second run {unchanged:.3f} s, {whole / unchanged:.0f} times faster than the first")


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
