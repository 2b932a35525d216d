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
_EXACT_SHARE = 0.1  # the same, of all vectors: few allowed ones may stand together, far from any list looked into

_SUBSPACE = 4  # dimensions that share one code of 4 bits
_SAMPLE = 100_000  # vectors to train on, whatever the size
_SEED = 20
_BLOCK = 50_000  # vectors decoded at once: 77 MB of 384 dimensions
_LISTS_PER_ROOT = 4  # lists per square root of the number of vectors (FAISS, guidelines to choose an index)
_VECTORS_PER_LIST = 39  # of the sample, at least: below this k-means warns
_PROBED = 64  # lists that a search looks into
_SCORED_AGAIN = 80  # one vector in so many: recall@50 is 0.99 of a million vectors around 2,000 centres
_DEPTH = 1000  # candidates to be scored again, at least
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
        places = None if allowed is None else self._places(allowed)
        among = len(self._flat) if places is None else len(places)
        wanted = min(k, among)
        if wanted < 1:
            return []
        trusted = places is None or among > max(EXACT_UP_TO, _EXACT_SHARE * len(self._flat))
        found = self._refine(vector, wanted, places) if trusted else []
        # The lists that were looked into may hold too few: then nothing but a scan finds all.
        return found if len(found) == wanted else self._flat.search(vector, k, allowed)

    def ids(self) -> set[int]:
        return self._flat.ids()

    def __len__(self) -> int:
        return len(self._flat)

    @property
    def sample(self) -> Vectors:
        return self._flat.sample

    def save(self, path: Path) -> None:
        import faiss

        self._flat.save(path)
        faiss.write_index(self._lists, str(path.with_name(CANDIDATES)))

    @classmethod
    def load(cls, path: Path) -> CompressedVectors:
        """The caller has checked both files' hashes: FAISS trusts what it reads."""
        import faiss

        return cls(FaissVectors.load(path, mapped=True), faiss.read_index(str(path.with_name(CANDIDATES))))

    def _refine(self, vector: Vectors, wanted: int, places: Ids | None) -> Ranking:
        import faiss

        depth = max(_DEPTH, wanted * _DEPTH_PER_HIT, len(self._flat) // _SCORED_AGAIN)
        rarity = 1.0 if places is None else len(self._flat) / len(places)
        probing: Any = faiss.IVFSearchParameters()
        probing.nprobe = int(_PROBED * rarity)
        if places is not None:
            selector = self._selector(places)
            probing.sel = selector  # kept alive by this name while FAISS uses it
        chosen: Any = faiss.IndexRefineSearchParameters()
        chosen.k_factor, chosen.base_index_params = depth / wanted, probing
        scores, found = self._refined.search(as_question(vector), wanted, params=chosen)
        return [(int(self._ids[one]), score) for one, score in as_ranking(scores[0], found[0])]

    def _places(self, allowed: Ids) -> Ids:
        """Positions of the allowed ids; those of other shards have none."""
        order, ordered = self._ordered
        near = np.minimum(np.searchsorted(ordered, allowed), len(ordered) - 1)
        places: Ids = order[near[ordered[near] == allowed]]
        return places

    def _selector(self, places: Ids) -> Any:
        import faiss

        bits = np.zeros(len(self._flat), np.bool_)
        bits[places] = True
        make: Any = faiss.IDSelectorBitmap  # whose Python form takes, and keeps, an array
        return make(np.packbits(bits, bitorder="little"))

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
