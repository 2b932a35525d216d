"""Embeddings of passages: each distinct text once, many documents in one batch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from index.records import Passage
from index.store import Index
from models.protocols import Embedder

_BATCH = 256  # texts: enough for the embedder to sort by length, little enough to show progress

Embeddings = dict[str, NDArray[np.float32]]


def embed_passages(
    passages: Iterable[Passage], index: Index, embedder: Embedder, told: Callable[[int], None] = lambda count: None
) -> Embeddings:
    """Vectors by digest, of those passages that the index has no embedding for.  `told` gets each batch's size."""
    texts = {passage.digest: passage.searchable for passage in passages}
    missing = index.missing(texts.keys())
    wanted = [digest for digest in texts if digest in missing]
    embeddings: Embeddings = {}
    for batch in _batches(wanted):
        vectors = embedder.embed([texts[digest] for digest in batch])
        embeddings |= dict(zip(batch, vectors, strict=True))
        told(len(batch))
    return embeddings


def embed_what_is_missing(index: Index, embedder: Embedder, told: Callable[[int], None] = lambda count: None) -> None:
    """After a change of model: embed what is held, from the catalogue, a batch a transaction."""
    missing = index.unembedded()
    for start in range(0, len(missing), _BATCH):
        index.store_embeddings(embed_passages(missing[start : start + _BATCH], index, embedder, told))


def _batches(items: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(items), _BATCH):
        yield items[start : start + _BATCH]
