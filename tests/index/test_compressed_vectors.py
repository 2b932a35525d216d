"""Many vectors: candidates by compressed codes must find what an exact scan finds, filtered or not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index import compressed_vectors
from index.compressed_vectors import CANDIDATES, CompressedVectors
from index.disk import sha256_of
from index.errors import CorruptGeneration
from index.generations import Shard, ShardRecord, write_shard
from index.vectors import ExactVectors, FaissVectors, Vectors

DIMENSIONS = 64
COUNT = 20_000
IDS = np.arange(COUNT, dtype=np.int64)[::-1] * 3 + 2**40  # neither positions nor in their order
CLUSTERS = 100


def clustered(count: int, seed: int) -> Vectors:
    """Vectors around the same centres, the n-th around centre n modulo CLUSTERS."""
    centres = np.random.default_rng(0).normal(size=(CLUSTERS, DIMENSIONS))
    noise = np.random.default_rng(seed).normal(size=(count, DIMENSIONS))
    vectors = centres[np.arange(count) % CLUSTERS] + 0.6 * noise
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


QUESTIONS = clustered(40, seed=2)


@pytest.fixture(scope="module")
def flat() -> FaissVectors:
    vectors = FaissVectors(DIMENSIONS)
    vectors.add(IDS.tolist(), clustered(COUNT, seed=1))
    return vectors


@pytest.fixture(scope="module")
def oracle() -> ExactVectors:
    exact = ExactVectors(DIMENSIONS)
    exact.add(IDS.tolist(), clustered(COUNT, seed=1))
    return exact


@pytest.fixture(scope="module")
def compressed(flat: FaissVectors) -> CompressedVectors:
    return CompressedVectors.of(flat)


@pytest.fixture
def by_candidates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Filters go to the candidates, however few ids they allow."""
    monkeypatch.setattr(compressed_vectors, "EXACT_UP_TO", 0)


def recall(found: list[set[int]], expected: list[set[int]]) -> float:
    return float(np.mean([len(one & other) / len(other) for one, other in zip(found, expected, strict=True)]))


def found_ids(vectors: CompressedVectors | ExactVectors, allowed: np.ndarray | None = None) -> list[set[int]]:
    return [{one for one, _ in vectors.search(question, 50, allowed)} for question in QUESTIONS]


def test_candidates_hold_the_best(compressed: CompressedVectors, oracle: ExactVectors) -> None:
    assert recall(found_ids(compressed), found_ids(oracle)) >= 0.98


def test_scores_are_cosines_of_the_half_precision_vectors(compressed: CompressedVectors, oracle: ExactVectors) -> None:
    for question in QUESTIONS[:5]:
        exact = dict(oracle.search(question, COUNT))
        found = compressed.search(question, 50)
        np.testing.assert_allclose([score for _, score in found], [exact[one] for one, _ in found], atol=1e-5)
        assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)


@pytest.mark.usefixtures("by_candidates")
@pytest.mark.parametrize("share", [0.02, 0.1, 0.5, 1.0])
def test_a_filter_loses_nothing(compressed: CompressedVectors, oracle: ExactVectors, share: float) -> None:
    allowed = np.random.default_rng(3).permutation(IDS)[: int(share * COUNT)]
    found = found_ids(compressed, allowed)
    assert set.union(*found) <= set(allowed.tolist())
    assert recall(found, found_ids(oracle, allowed)) >= 0.98


@pytest.mark.usefixtures("by_candidates")
def test_a_filter_that_allows_only_what_is_far_is_answered_all_the_same(
    compressed: CompressedVectors, oracle: ExactVectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compressed_vectors, "_PROBED", 1)
    allowed = IDS[CLUSTERS - 1 :: CLUSTERS]  # one cluster, of none of the questions
    assert found_ids(compressed, allowed) == found_ids(oracle, allowed)


def test_few_allowed_ids_are_scored_exactly(compressed: CompressedVectors, oracle: ExactVectors) -> None:
    allowed = np.random.default_rng(4).permutation(IDS)[: COUNT // 2]
    assert found_ids(compressed, allowed) == found_ids(oracle, allowed)


def test_more_hits_than_the_lists_hold_are_found_by_a_scan(
    compressed: CompressedVectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compressed_vectors, "_PROBED", 1)
    assert len(compressed.search(QUESTIONS[0], 5000)) == 5000


def test_the_same_vectors_make_the_same_files(flat: FaissVectors, tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        CompressedVectors.of(flat).save(tmp_path / name / "vectors.faiss")
    for name in ("vectors.faiss", CANDIDATES):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "other" / name).read_bytes()


def shard_of(folder: Path, flat: FaissVectors, compressed_beyond: int) -> Shard:
    folder.mkdir()
    write_shard(folder, flat, [(1, 1, "Un texte.")], compressed_beyond=compressed_beyond)
    files = {one.relative_to(folder).as_posix(): sha256_of(one) for one in folder.rglob("*") if one.is_file()}
    return Shard(folder, ShardRecord("essai", 1, files))


def test_the_size_of_a_shard_chooses_and_reading_finds_out(flat: FaissVectors, tmp_path: Path) -> None:
    small = shard_of(tmp_path / "small", flat, COUNT)
    large = shard_of(tmp_path / "large", flat, COUNT - 1)
    assert isinstance(small.vectors, FaissVectors)
    assert isinstance(large.vectors, CompressedVectors)
    assert small.vectors.ids() == large.vectors.ids() == set(IDS.tolist())
    best = flat.search(QUESTIONS[0], 10)
    assert small.vectors.search(QUESTIONS[0], 10) == best
    assert large.vectors.search(QUESTIONS[0], 10) == best


@pytest.mark.parametrize("harm", [Path.unlink, lambda path: path.write_bytes(path.read_bytes()[:-1] + b"?")])
def test_candidates_that_are_gone_or_changed_are_refused(flat: FaissVectors, tmp_path: Path, harm) -> None:  # type: ignore[no-untyped-def]
    shard = shard_of(tmp_path / "large", flat, 0)
    harm(shard.folder / CANDIDATES)
    with pytest.raises(CorruptGeneration):
        _ = shard.vectors


def test_a_file_of_candidates_that_the_manifest_does_not_know_is_not_read(flat: FaissVectors, tmp_path: Path) -> None:
    shard = shard_of(tmp_path / "small", flat, COUNT)
    (shard.folder / CANDIDATES).write_bytes(b"?")
    assert isinstance(shard.vectors, FaissVectors)
