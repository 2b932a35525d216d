"""The embedder against a plain forward pass: mean of the last layer over real tokens, normalised (Reimers, 2019)."""

from __future__ import annotations

import socket
from pathlib import Path

import numpy as np
import pytest

from models.embedder import SentenceEmbedder, load_embedder

TEXTS = [
    "Horaires de la mairie",
    "Le conseil municipal fixe les tarifs de la restauration scolaire. " * 12,
    "M. Dupont a signé l'arrêté.",
    "Quel est le délai pour contester une décision ?",
] * 12


@pytest.fixture(scope="module")
def embedder(tmp_path_factory: pytest.TempPathFactory) -> SentenceEmbedder:
    return load_embedder(threads=2, cache_dir=tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def vectors(embedder: SentenceEmbedder) -> np.ndarray:
    return embedder.embed(TEXTS)


def plain(texts: list[str], folder: Path, prefix: str) -> np.ndarray:
    import torch
    from transformers import AutoModel, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    model = AutoModel.from_pretrained(folder, local_files_only=True, dtype="float32").eval()
    rows = []
    with torch.inference_mode():
        for text in texts:
            tokens = tokenizer(prefix + text, return_tensors="pt", truncation=True, max_length=256)
            mean = model(**tokens).last_hidden_state[0].mean(dim=0)
            rows.append((mean / mean.norm()).numpy())
    return np.stack(rows)


@pytest.mark.filterwarnings("ignore")
def test_vectors_are_those_of_a_plain_forward_pass_in_the_order_of_the_texts(
    embedder: SentenceEmbedder, vectors: np.ndarray
) -> None:
    from models.registry import embedder_card, packaged_cards

    wanted = plain(TEXTS[:4], Path(embedder_card(packaged_cards()).path).parent, "passage: ")
    assert ((vectors[:4] * wanted).sum(axis=1) > 0.995).all()
    np.testing.assert_allclose(vectors, np.tile(vectors[:4], (12, 1)), atol=0.02)


@pytest.mark.filterwarnings("ignore")
def test_a_question_is_read_as_a_question(embedder: SentenceEmbedder) -> None:
    from models.registry import embedder_card, packaged_cards

    wanted = plain(TEXTS[3:4], Path(embedder_card(packaged_cards()).path).parent, "query: ")[0]
    assert embedder.embed_question(TEXTS[3]) @ wanted > 0.995
    assert embedder.embed([TEXTS[3]])[0] @ wanted < 0.995


def test_vectors_are_of_unit_length_in_single_precision(vectors: np.ndarray) -> None:
    assert vectors.shape == (len(TEXTS), 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_no_text_gives_no_vector_without_loading(tmp_path: Path) -> None:
    fresh = load_embedder(threads=1, cache_dir=tmp_path)
    assert fresh.embed([]).shape == (0, 384)
    assert fresh.identity.precision == "unloaded"


def test_the_precision_is_measured_once_and_remembered(
    embedder: SentenceEmbedder, vectors: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.precision._measured", lambda *_: pytest.fail("measured twice"))
    again = load_embedder(threads=2, cache_dir=embedder._cache_dir)
    np.testing.assert_allclose(again.embed(TEXTS[:4]), vectors[:4], atol=0.02)
    assert again.identity == embedder.identity
    assert again.identity.precision in {"fp32", "bf16"}


def test_loading_opens_no_connection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a connection was asked for")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert load_embedder(threads=2, cache_dir=tmp_path / "absent" / "cache").embed(["mairie"]).shape == (1, 384)
