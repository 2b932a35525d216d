"""A registered cross-encoder: a tiny one with random weights, made here."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from models.errors import ChangedFile
from models.protocols import ModelCard
from models.reranker import CrossEncoderReranker

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "cantine", "tarif", "mairie", "voirie"]


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory) -> ModelCard:
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    folder = tmp_path_factory.mktemp("reranker")
    (folder / "vocab.txt").write_text("\n".join(WORDS), "utf-8")
    torch.manual_seed(5)
    config = BertConfig(
        vocab_size=len(WORDS), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        num_labels=1, initializer_range=1.0,
    )  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(folder)
    BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    weights = folder / "model.safetensors"
    return ModelCard(
        "essai",
        "reranker",
        str(weights),
        hashlib.sha256(weights.read_bytes()).hexdigest(),
        "EUPL-1.2",
        "essai",
        ("fr",),
    )


def test_a_text_has_its_own_relevance_wherever_it_stands(card: ModelCard) -> None:
    reranker = CrossEncoderReranker(card, threads=1)
    texts = ["cantine tarif", "voirie", "mairie mairie"]
    scores = reranker.scores("tarif", texts)
    assert scores.shape == (3,)
    assert ((scores > 0) & (scores < 1)).all()
    assert len(set(scores.tolist())) == 3
    np.testing.assert_allclose(reranker.scores("tarif", texts[::-1])[::-1], scores, atol=1e-5)
    assert not np.allclose(reranker.scores("voirie", texts), scores), "the question is not read"
    assert reranker.scores("tarif", []).shape == (0,)


def test_weights_that_changed_are_not_loaded(card: ModelCard, tmp_path: Path) -> None:
    copied = tmp_path / "model.safetensors"
    copied.write_bytes(Path(card.path).read_bytes() + b"x")
    changed = ModelCard("autre", "reranker", str(copied), card.sha256, "EUPL-1.2", "essai", ("fr",))
    with pytest.raises(ChangedFile):
        CrossEncoderReranker(changed, threads=1).scores("tarif", ["cantine"])
