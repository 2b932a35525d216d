"""Vectors of passages: one protocol, an exact backend (the oracle) and FAISS."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from index.fusion import Ranking

Vectors = NDArray[np.float32]
Ids = NDArray[np.int64]

_SAMPLE = 1000


class VectorIndex(Protocol):
    """Inner product over unit vectors: a score is a cosine, higher is better."""

    def add(self, ids: Sequence[int], vectors: Vectors) -> None:
        """`vectors` has shape (len(ids), dimensions)."""
        ...

    def search(self, vector: Vectors, k: int, allowed: Ids | None = None) -> Ranking:
        """At most `k` (id, score), best first, of the `allowed` ids; `vector` has shape (dimensions,)."""
        ...

    def ids(self) -> set[int]: ...

    def __len__(self) -> int: ...

    @property
    def sample(self) -> Vectors:
        """At most 1,000 of the vectors, evenly spaced in the order of adding, shape (count, dimensions)."""
        ...

    def save(self, path: Path) -> None: ...


class ExactVectors:
    """Plain NumPy over half-precision vectors: slow, obvious, the oracle of the others."""

    def __init__(self, dimensions: int) -> None:
        self._ids: list[int] = []
        self._vectors: Vectors = np.empty((0, dimensions), np.float32)

    def add(self, ids: Sequence[int], vectors: Vectors) -> None:
        self._ids += ids
        self._vectors = np.vstack([self._vectors, _halved(vectors)])

    def search(self, vector: Vectors, k: int, allowed: Ids | None = None) -> Ranking:
        scores = self._vectors @ vector.astype(np.float32)
        kept = set(self._ids if allowed is None else allowed.tolist())
        best = [one for one in np.argsort(-scores, kind="stable") if self._ids[one] in kept][:k]
        return [(self._ids[one], float(scores[one])) for one in best]

    def ids(self) -> set[int]:
        return set(self._ids)

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def sample(self) -> Vectors:
        return self._vectors[evenly_spaced(len(self))]

    def save(self, path: Path) -> None:
        with path.open("wb") as file:
            np.savez(file, ids=np.array(self._ids, np.int64), vectors=self._vectors.astype(np.float16))

    @classmethod
    def load(cls, path: Path) -> ExactVectors:
        with np.load(path, allow_pickle=False) as saved:
            exact = cls(saved["vectors"].shape[1])
            exact.add(saved["ids"].tolist(), saved["vectors"].astype(np.float32))
        return exact


class FaissVectors:
    """Flat half-precision scan: exact over what is stored, half the memory of fp32, twice its speed.

    Nothing is ever taken out: what the catalogue no longer holds is hidden by it when hits are read, and is gone
    from here with the next generation, which is written anew from the catalogue.
    """

    def __init__(self, dimensions: int, _index: Any = None) -> None:
        import faiss

        flat = faiss.IndexScalarQuantizer(dimensions, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
        self._index = _index if _index is not None else faiss.IndexIDMap2(flat)

    @property
    def codes(self) -> Any:
        """The FAISS index of the vectors alone, by position; this object owns it and must outlive it."""
        import faiss

        return faiss.downcast_index(self._index.index)

    @property
    def positions(self) -> Ids:
        """The id at each position, in the order of adding."""
        import faiss

        ids: Ids = faiss.vector_to_array(self._index.id_map)
        return ids

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def add(self, ids: Sequence[int], vectors: Vectors) -> None:
        if len(ids):
            self._index.add_with_ids(np.ascontiguousarray(vectors, np.float32), np.asarray(ids, np.int64))

    def search(self, vector: Vectors, k: int, allowed: Ids | None = None) -> Ranking:
        import faiss

        if not len(self) or k < 1 or (allowed is not None and not len(allowed)):
            return []
        chosen: Any = None
        if allowed is not None:
            chosen = faiss.SearchParameters()
            selector = faiss.IDSelectorBatch(allowed)  # kept alive by this name while FAISS uses it
            chosen.sel = selector
        scores, ids = self._index.search(as_question(vector), min(k, len(self)), params=chosen)
        return as_ranking(scores[0], ids[0])

    def ids(self) -> set[int]:
        return set(self.positions.tolist())

    @cached_property
    def sample(self) -> Vectors:
        places = evenly_spaced(len(self))
        found: Vectors = (
            self.codes.reconstruct_batch(places) if len(places) else np.empty((0, self.codes.d), np.float32)
        )
        return found

    def save(self, path: Path) -> None:
        import faiss

        faiss.write_index(self._index, str(path))

    @classmethod
    def load(cls, path: Path, *, mapped: bool = False) -> FaissVectors:
        """The caller has checked the file's hash: FAISS trusts what it reads.

        `mapped` leaves the vectors in the file, to be read where a search needs them and shared by all processes.
        """
        import faiss

        index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC if mapped else 0)
        return cls(index.d, index)


def evenly_spaced(count: int) -> Ids:
    """At most 1,000 positions below `count`: enough for a mean and a deviation within a few hundredths."""
    return np.unique(np.linspace(0, count - 1, min(_SAMPLE, count), dtype=np.int64))


def as_question(vector: Vectors) -> Vectors:
    """The one row that FAISS wants, shape (1, dimensions)."""
    return np.ascontiguousarray(vector, np.float32)[None, :]


def as_ranking(scores: Vectors, ids: Ids) -> Ranking:
    """FAISS writes -1 where it has no hit."""
    return [(int(one), float(score)) for one, score in zip(ids, scores, strict=True) if one != -1]


def _halved(vectors: Vectors) -> Vectors:
    return vectors.astype(np.float16).astype(np.float32)
