"""Learning from a corpus: what pairs are made, how they are batched, what counts as a win, and the packed file."""

from __future__ import annotations

import random
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.adapt.adapting import Adaptation, Lesson
from models.adapt.measure import compare, reciprocal_ranks
from models.adapt.packed import read_packed
from models.adapt.pairs import Pair, Text, pairs_of
from models.adapt.training import Options, batches_of, blended
from models.errors import CannotTeach

BODY = (
    "Le conseil municipal fixe les tarifs de la cantine scolaire. Les familles règlent chaque mois auprès de la régie. "
    "Une réduction est accordée à partir du deuxième enfant inscrit."
)
pairs = st.builds(
    lambda source, key, query: Pair(source, query, f"passage {key}", f"{source}{key}"),
    st.sampled_from("abc"), st.integers(0, 12), st.text(max_size=5),
)  # fmt: skip


def test_a_passage_gives_its_heading_a_sentence_taken_out_of_it_and_words_as_typed() -> None:
    found = list(pairs_of([Text("x", ("Cantine", "Tarifs"), BODY)], random.Random(3), a_passage=3))
    assert found[0].query == "Cantine Tarifs"
    cut = [one for one in found if one.query in BODY and one.query not in one.passage]
    assert cut, "no sentence was taken out of its surroundings"
    assert all(one.key == f"Cantine > Tarifs\n{BODY}" for one in found)
    words = {word.strip(".").lower() for word in BODY.split()}
    assert any(set(one.query.lower().split()) <= words and one.passage == one.key for one in found)


def test_a_passage_of_a_few_words_teaches_nothing() -> None:
    assert not list(pairs_of([Text("x", ("Titre",), "Néant.")], random.Random(1)))


@given(st.lists(pairs, max_size=60), st.integers(2, 8))
def test_a_batch_is_of_one_source_and_holds_no_key_twice(listed: list[Pair], size: int) -> None:
    batches = batches_of(listed, size, random.Random(1))
    for batch in batches:
        assert len({one.source for one in batch.pairs}) == 1
        assert len({one.key for one in batch.pairs}) == len(batch.pairs)
        assert size // 2 <= len(batch.pairs) <= size
    taken = [id(one) for batch in batches for one in batch.pairs]
    assert len(taken) == len(set(taken))


def test_reciprocal_ranks_are_those_of_a_plain_sort() -> None:
    chance = np.random.default_rng(1)
    vectors = {f"p{one}": chance.normal(size=8) for one in range(30)} | {
        f"q{one}": chance.normal(size=8) for one in range(9)
    }
    held = [Pair("x", f"q{one}", f"p{one}", f"p{one}") for one in range(9)]
    others = [f"p{one}" for one in range(9, 30)]
    found = reciprocal_ranks(held, others, lambda texts, _: np.array([vectors[one] for one in texts], np.float32))
    for pair, value in zip(held, found, strict=True):
        order = sorted((f"p{one}" for one in range(30)), key=lambda one: -float(vectors[pair.query] @ vectors[one]))
        rank = order.index(pair.passage) + 1
        assert value == pytest.approx(1 / rank if rank <= 10 else 0)


@pytest.mark.parametrize("value", [0.5, np.nan])
def test_a_model_that_tells_nothing_apart_finds_nothing(value: float) -> None:
    held = [Pair("x", f"q{one}", f"p{one}", f"p{one}") for one in range(9)]
    found = reciprocal_ranks(held, ["a", "b"], lambda texts, _: np.full((len(texts), 4), value, np.float32))
    assert not found.any()


def test_a_gain_that_may_be_chance_does_not_win() -> None:
    before = np.array([1.0, 0.5, 0.0, 1.0] * 10)
    assert compare(before, np.minimum(before + 0.2, 1)).won
    assert not compare(before, before).won
    lucky = before.copy()
    lucky[2] = 0.1
    assert not compare(before, lucky).won
    assert not compare(before, before - 0.1).won


def test_blended_weights_lie_between() -> None:
    import torch

    mixed = blended({"w": torch.zeros(2), "n": torch.tensor(3)}, {"w": torch.ones(2), "n": torch.tensor(5)}, 0.25)
    assert mixed["w"].tolist() == [0.25, 0.25]
    assert mixed["n"].item() == 3


def small_embedder(folder: Path, kind: str = "bert") -> Path:
    """Two layers of chance over the words of BODY, in a sentence-transformers folder."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Normalize, Pooling, Transformer
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import BertConfig, BertModel, DistilBertConfig, DistilBertModel, PreTrainedTokenizerFast

    words = ["[PAD]", "[UNK]", *sorted({word.strip(".").lower() for word in BODY.split()})]
    tokens = Tokenizer(models.WordLevel({word: number for number, word in enumerate(words)}, unk_token="[UNK]"))
    tokens.pre_tokenizer = pre_tokenizers.Whitespace()
    made = PreTrainedTokenizerFast(tokenizer_object=tokens, pad_token="[PAD]", unk_token="[UNK]")
    made.save_pretrained(folder / "plain")
    sizes = {"num_hidden_layers": 2, "num_attention_heads": 2, "hidden_size": 16, "intermediate_size": 32}
    if kind == "bert":
        model = BertModel(BertConfig(vocab_size=len(words), **sizes), add_pooling_layer=False)
    else:
        model = DistilBertModel(DistilBertConfig(vocab_size=len(words), n_layers=2, n_heads=2, dim=16, hidden_dim=32))
    model.save_pretrained(folder / "plain")
    modules = [Transformer(str(folder / "plain"), max_seq_length=64), Pooling(16, "mean"), Normalize()]
    SentenceTransformer(modules=modules, device="cpu").save(str(folder), create_model_card=False)
    return folder


def a_lesson() -> Lesson:
    """Each word answers itself, in the company of others."""
    words = sorted({word.strip(".").lower() for word in BODY.split()})
    held = [Pair("x", one, f"{one} {words[number - 1]}", f"held {one}") for number, one in enumerate(words)]
    return Lesson([Pair("x", one, f"{one} {one}", one) for one in words for _ in range(8)], held)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("won", [True, False])
def test_what_won_is_written_and_read_again_as_it_was_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, won: bool
) -> None:
    """Also of a model that has fewer layers than are frozen of a high one."""
    from sentence_transformers import SentenceTransformer

    monkeypatch.setattr("models.adapt.measure.Comparison.won", property(lambda _: won))
    told: list[str] = []
    run = Adaptation(
        small_embedder(tmp_path / "old"), 1, lambda step, _: told.append(step), Options(batch=8, rate=5e-3)
    )
    outcome = run.run(a_lesson(), tmp_path / "new")
    assert outcome.pairs > 100
    assert {"measure", "mine", "train"} <= set(told)
    assert (outcome.folder is not None) is won is (tmp_path / "new").exists()
    if not won:
        return
    old, new = (
        SentenceTransformer(str(tmp_path / one), device="cpu", model_kwargs={"dtype": "float32"})
        for one in ("old", "new")
    )

    def embed(model: Any, texts: Sequence[str]) -> np.ndarray:
        vectors: np.ndarray = model.encode(list(texts), normalize_embeddings=True)
        return vectors

    before = reciprocal_ranks(a_lesson().held, (), lambda texts, _: embed(old, texts))
    after = reciprocal_ranks(a_lesson().held, (), lambda texts, _: embed(new, texts))
    assert before.mean() == pytest.approx(outcome.comparison.before, abs=0.02)
    assert after.mean() == pytest.approx(outcome.comparison.after, abs=0.02)
    assert not np.allclose(embed(old, ["cantine"]), embed(new, ["cantine"]), atol=1e-3)


@pytest.mark.filterwarnings("ignore")
def test_a_model_of_another_kind_is_not_taught(tmp_path: Path) -> None:
    run = Adaptation(small_embedder(tmp_path / "old", "distilbert"), 1, lambda *_: None)
    with pytest.raises(CannotTeach, match="DistilBertModel"):
        run.run(a_lesson(), tmp_path / "new")


def packed_file(path: Path) -> tuple[Path, np.ndarray]:
    """A file as the format says, of four pieces and one matrix of 2 x 32 weights."""
    pieces = [b"<s>", b"<pad>", b"</s>", "▁é".encode()]
    bounds = np.cumsum([0, *map(len, pieces)]).astype("<u4")
    weights = np.arange(64).reshape(2, 32) % 16 - 8
    blocks = b"".join(
        struct.pack("<e", 0.5) + bytes(int(row[one] + 8) | int(row[one + 16] + 8) << 4 for one in range(16))
        for row in weights
    )
    bias = np.array([1.5, -2.0], "<f4").tobytes()
    head = b"E5S1" + struct.pack("<I7ifi", 1, 32, 0, 1, 32, 4, 8, 1, 1e-12, 32)
    head += struct.pack("<5iQ", 4, 0, 2, 1, 3, len(b"".join(pieces)))
    head += bounds.tobytes() + np.array([0, 0, 0, -3.5], "<f4").tobytes() + b"".join(pieces)
    head += struct.pack("<iI", 0, 0) + struct.pack("<i", 2)
    size = len(head) + sum(2 + len(name) + 21 for name in (b"emb.word", b"l0.q.b"))
    head += struct.pack("<H", 8) + b"emb.word" + struct.pack("<BIQQ", 1, 64, size, len(blocks))
    head += struct.pack("<H", 6) + b"l0.q.b" + struct.pack("<BIQQ", 0, 2, size + len(blocks), len(bias))
    path.write_bytes(head + blocks + bias)
    return path, weights * 0.5


def test_a_packed_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    path, weights = packed_file(tmp_path / "e5.bin")
    packed = read_packed(path)
    assert packed.pieces == ["<s>", "<pad>", "</s>", "▁é"]
    assert packed.scores == [0, 0, 0, -3.5]
    assert (packed.hidden, packed.layers, packed.heads, packed.positions) == (32, 0, 1, 8)
    np.testing.assert_array_equal(packed.matrix("emb.word", 32), weights)
    np.testing.assert_array_equal(packed.vector("l0.q.b"), [1.5, -2.0])


def test_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(ValueError, match="not a packed"):
        read_packed(tmp_path / "x")
