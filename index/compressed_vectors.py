"""Vectors of large shards: candidates by compressed codes, scored again exactly by the half-precision vectors."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from index.vectors import FaissVectors, Ids, Vectors, as_question, as_ranking

if TYPE_CHECKING:
    from collections.abc import Sequence

    from index.fusion import Ranking

COMPRESSED_BEYOND = 300_000  # vectors: up to here the flat scan answers in some 10 ms and is exact
CANDIDATES = "candidates.faiss"  # beside the file of the flat vectors
EXACT_UP_TO = 30_000  # allowed ids that are scored one by one rather than looked for among candidates

_SUBSPACE = 4  # dimensions that share one code of 4 bits
_SAMPLE = 100_000  # vectors to train on, whatever the size
_SEED = 20
_BLOCK = 50_000  # vectors decoded at once: 77 MB of 384 dimensions
_LISTS_PER_ROOT = 4  # lists per square root of the number of vectors (FAISS, guidelines to choose an index)
_VECTORS_PER_LIST = 39  # of the sample, at least: below this k-means warns
_PROBED = 64  # lists that a search looks into
_DEPTH = 1000  # candidates to be scored again
_DEPTH_PER_HIT = 10  # the same where many hits are wanted


class CompressedVectors:
    """Inverted lists of 4-bit product codes (FAISS fast scan), refined by the flat vectors that they stand for.

    The flat vectors stay whole beside them, in the file that a smaller shard has alone: every score is theirs, and
    where candidates cannot be trusted they are scanned, so a filter never loses a hit.  Written once from the flat
    vectors, the same file for the same vectors; nothing is added or taken out later (see FaissVectors).
    """

    def __init__(self, flat: FaissVectors, lists: Any) -> None:
        import faiss

        self._flat = flat
        self._lists = lists
        self._codes = flat.codes
        self._refined = faiss.IndexRefine(lists, self._codes)
        self._ids = flat.positions

    @classmethod
    def of(cls, flat: FaissVectors) -> CompressedVectors:
        """Train on a sample and code every vector; `flat` must hold some."""
        return cls(flat, _lists_of(flat.codes))

    def add(self, ids: Sequence[int], vectors: Vectors) -> None:
        raise NotImplementedError("A generation never changes: add to the flat vectors and compress them")

    def search(self, vector: Vectors, k: int, allowed: Ids | None = None) -> Ranking:
        wanted = min(k, len(self._flat) if allowed is None else len(allowed))
        if wanted < 1:
            return []
        if allowed is None:
            found = self._refine(vector, wanted, None)
        elif len(allowed) <= EXACT_UP_TO:
            return self._flat.search(vector, k, allowed)
        else:
            found = self._refine(vector, wanted, self._bitmap(allowed))
        # The lists that were looked into may hold too few: then nothing but a scan finds all.
        return found if len(found) == wanted else self._flat.search(vector, k, allowed)

    def ids(self) -> set[int]:
        return self._flat.ids()

    def save(self, path: Path) -> None:
        import faiss

        self._flat.save(path)
        faiss.write_index(self._lists, str(path.with_name(CANDIDATES)))

    @classmethod
    def load(cls, path: Path) -> CompressedVectors:
        """The caller has checked both files' hashes: FAISS trusts what it reads."""
        import faiss

        return cls(FaissVectors.load(path, mapped=True), faiss.read_index(str(path.with_name(CANDIDATES))))

    def _refine(self, vector: Vectors, wanted: int, bitmap: Any) -> Ranking:
        import faiss

        depth = max(_DEPTH, wanted * _DEPTH_PER_HIT)
        # Each is kept alive by its name while FAISS uses it.
        selector = None if bitmap is None else faiss.IDSelectorBitmap(bitmap)
        probing = faiss.IVFSearchParameters(nprobe=_PROBED, sel=selector)
        chosen = faiss.IndexRefineSearchParameters(k_factor=depth / wanted, base_index_params=probing)
        scores, positions = self._refined.search(as_question(vector), wanted, params=chosen)
        return [(int(self._ids[one]), score) for one, score in as_ranking(scores[0], positions[0])]

    def _bitmap(self, allowed: Ids) -> Any:
        """One bit a position; ids of other shards among the allowed have none."""
        order, ordered = self._ordered
        places = np.minimum(np.searchsorted(ordered, allowed), len(ordered) - 1)
        bits = np.zeros(len(ordered), np.bool_)
        bits[order[places[ordered[places] == allowed]]] = True
        return np.packbits(bits, bitorder="little")

    @cached_property
    def _ordered(self) -> tuple[Ids, Ids]:
        order = np.argsort(self._ids)
        return order, self._ids[order]


def _lists_of(codes: Any) -> Any:
    """Inverted lists over every position of `codes`, with a seeded sample of bounded size to train on."""
    import faiss

    total, dimensions = codes.ntotal, codes.d
    sample = np.sort(np.random.default_rng(_SEED).permutation(total)[:_SAMPLE])
    count = max(1, min(int(_LISTS_PER_ROOT * total**0.5), len(sample) // _VECTORS_PER_LIST))
    lists = faiss.IndexIVFPQFastScan(
        faiss.IndexFlatIP(dimensions), dimensions, count, dimensions // _SUBSPACE, 4, faiss.METRIC_INNER_PRODUCT
    )
    lists.cp.seed = lists.pq.cp.seed = _SEED
    lists.cp.spherical = True
    lists.train(codes.reconstruct_batch(sample))
    for start in range(0, total, _BLOCK):
        lists.add(codes.reconstruct_n(start, min(_BLOCK, total - start)))
    return lists
