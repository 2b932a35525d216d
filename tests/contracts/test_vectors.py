"""Every vector backend against exact NumPy.

The compressed one looks into every list of so few vectors, so it must be as exact as the others here; what it does
with many is in tests/index/test_compressed_vectors.py.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.compressed_vectors import CompressedVectors
from index.vectors import ExactVectors, FaissVectors, VectorIndex

BACKENDS = [ExactVectors, FaissVectors, CompressedVectors]


def unit_vectors(count: int, dimensions: int = 32, seed: int = 0) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=(count, dimensions)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture(params=BACKENDS, ids=lambda backend: backend.__name__)
def filled(request: pytest.FixtureRequest) -> tuple[VectorIndex, np.ndarray, np.ndarray]:
    vectors, ids = unit_vectors(500), np.arange(500) * 7 + 2**40
    compressed = request.param is CompressedVectors
    backend = FaissVectors(32) if compressed else request.param(32)
    backend.add(ids[:200].tolist(), vectors[:200])
    backend.add(ids[200:].tolist(), vectors[200:])
    return CompressedVectors.of(backend) if compressed else backend, vectors, ids


@pytest.mark.parametrize("k", [1, 10, 499, 500, 800])
def test_the_best_are_those_of_an_exact_scan_of_half_precision_vectors(filled, k: int) -> None:  # type: ignore[no-untyped-def]
    backend, vectors, ids = filled
    halved = vectors.astype(np.float16).astype(np.float32)
    for query in unit_vectors(20, seed=1):
        scores = halved @ query
        best = np.argsort(-scores)[:k]
        found = backend.search(query, k)
        assert len(found) == min(k, 500)
        np.testing.assert_allclose([score for _, score in found], scores[best], atol=1e-5)
        agreeing = {one for one, _ in found} & set(ids[best].tolist())
        assert len(agreeing) >= len(found) - 1  # two scores may be equal within rounding


def test_a_vector_finds_itself_first(filled) -> None:  # type: ignore[no-untyped-def]
    backend, vectors, ids = filled
    assert [backend.search(vectors[one], 1)[0][0] for one in range(0, 500, 50)] == ids[::50].tolist()


def test_saved_and_loaded_it_answers_the_same(filled, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    backend, vectors, ids = filled
    backend.save(tmp_path / "saved")
    loaded = type(backend).load(tmp_path / "saved")
    assert loaded.ids() == set(ids.tolist())
    assert loaded.search(vectors[3], 20) == backend.search(vectors[3], 20)


@pytest.mark.parametrize("backend", [ExactVectors, FaissVectors])
def test_an_empty_one_finds_nothing(backend: type[ExactVectors | FaissVectors], tmp_path: Path) -> None:
    empty = backend(32)
    empty.save(tmp_path / "empty")
    assert list(backend.load(tmp_path / "empty").search(unit_vectors(1)[0], 5)) == []


@pytest.mark.parametrize("share", [0, 1, 37, 500])
@pytest.mark.parametrize("exact_up_to", [0, 100])
def test_only_allowed_ids_are_found(filled, share: int, exact_up_to: int, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("index.compressed_vectors.EXACT_UP_TO", exact_up_to)
    backend, vectors, ids = filled
    allowed = np.random.default_rng(2).permutation(ids)[:share].astype(np.int64)
    halved = vectors.astype(np.float16).astype(np.float32)
    for query in unit_vectors(5, seed=3):
        scores = dict(zip(ids.tolist(), (halved @ query).tolist(), strict=True))
        best = sorted(allowed.tolist(), key=lambda one: -scores[one])[:10]
        found = backend.search(query, 10, allowed)
        np.testing.assert_allclose([score for _, score in found], [scores[one] for one in best], atol=1e-5)
        assert {one for one, _ in found} <= set(allowed.tolist())


def test_allowed_ids_of_other_shards_are_passed_over(filled, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("index.compressed_vectors.EXACT_UP_TO", 0)
    backend, vectors, ids = filled
    elsewhere = ids + 1
    assert list(backend.search(vectors[0], 10, elsewhere)) == []
    allowed = np.concatenate([elsewhere, ids[:3], np.array([0, 2**62])])
    assert {one for one, _ in backend.search(vectors[0], 10, allowed)} == set(ids[:3].tolist())
