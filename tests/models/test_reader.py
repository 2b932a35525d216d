"""Question and passage read together: a tiny reader of random weights made here, then the packaged one."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import ChangedFile, MissingFile
from models.protocols import ModelCard, Sentences
from models.reader import SentenceReader
from models.registry import embedder_card, packaged_cards, reader_card
from models.windows import HEADING_PIECES, TEXT_PIECES, windows_of

WORDS = ["<pad>", "<s>", "</s>", "<unk>", "cantine", "tarif", "mairie", "voirie", "repas", "euros", "deux", "."]


def card_of(path: Path, role: str) -> ModelCard:
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    return ModelCard("essai", role, str(path), sha256, "EUPL-1.2", "essai", ("fr",))  # type: ignore[arg-type]


def tiny_tokenizer() -> Any:
    from tokenizers import Tokenizer, models, pre_tokenizers

    tokenizer = Tokenizer(models.WordLevel({word: number for number, word in enumerate(WORDS)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    return tokenizer


@pytest.fixture(scope="module")
def cards(tmp_path_factory: pytest.TempPathFactory) -> tuple[ModelCard, ModelCard]:
    """A reader of two layers, and the folder whose pieces it shares."""
    import torch
    from safetensors.torch import save_file

    from models.reader_network import network

    config = {
        "vocab_size": len(WORDS), "hidden_size": 16, "num_attention_heads": 2, "intermediate_size": 16,
        "num_hidden_layers": 5, "initializer_range": 1.0, "architectures": ["BertModel"], "dtype": "float16",
    }  # fmt: skip
    folder = tmp_path_factory.mktemp("reader")
    torch.manual_seed(3)
    state = {name: one.half() for name, one in network(config, 2).state_dict().items()}
    state |= {name: one * 40 for name, one in state.items() if name in ("rel.weight", "sent.weight", "tok.weight")}
    shared = {name: one for name, one in state.items() if name.startswith("bert.embeddings.")}
    save_file({name.removeprefix("bert."): one for name, one in shared.items()}, folder / "pieces.safetensors")
    save_file({name: one for name, one in state.items() if name not in shared}, folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    tiny_tokenizer().save(str(folder / "tokenizer.json"))
    return card_of(folder / "model.safetensors", "reader"), card_of(folder / "pieces.safetensors", "embedder")


def held(text: str, heading: tuple[str, ...] = ()) -> Sentences:
    """Sentences end with a full stop."""
    spans, start = [], 0
    for part in text.split(".")[:-1]:
        end = start + len(part) + 1
        spans.append((start + len(part) - len(part.lstrip()), end))
        start = end
    return Sentences(heading, text, tuple(spans))


PASSAGES = [
    held("cantine tarif deux euros. repas."),
    held("voirie."),
    held("mairie mairie. tarif repas. voirie.", ("tarif",)),
]


def test_a_passage_is_read_alike_alone_and_among_others(cards: tuple[ModelCard, ModelCard]) -> None:
    reader = SentenceReader(*cards, threads=1, most=10)
    together = reader.read("tarif repas", PASSAGES)
    assert [len(one.sentences) for one in together] == [2, 1, 3]
    for passage, reading in zip(PASSAGES, together, strict=True):
        (alone,) = reader.read("tarif repas", [passage])
        assert alone.relevance == pytest.approx(reading.relevance, abs=0.1)
        assert alone.sentences == pytest.approx(reading.sentences, abs=0.1)
    assert len({round(one or 0, 1) for each in together for one in each.sentences}) > 3, "all sentences read alike"
    assert reader.read("voirie", PASSAGES)[0].relevance != together[0].relevance, "the question is not read"
    assert reader.read("tarif", []) == []


def test_a_sentence_is_read_in_its_surroundings(cards: tuple[ModelCard, ModelCard]) -> None:
    reader = SentenceReader(*cards, threads=1)
    first, other, headed = reader.read(
        "tarif", [held("cantine. deux euros."), held("voirie. deux euros."), held("cantine. deux euros.", ("mairie",))]
    )
    assert first.sentences[1] != pytest.approx(other.sentences[1], abs=0.01)
    assert first.sentences[1] != pytest.approx(headed.sentences[1], abs=0.01)


def test_no_more_is_read_than_may_be(cards: tuple[ModelCard, ModelCard]) -> None:
    first, second, third = SentenceReader(*cards, threads=1, most=2).read("tarif", PASSAGES)
    assert None not in (first.relevance, second.relevance, *first.sentences, *second.sentences)
    assert (third.relevance, third.sentences) == (None, (None, None, None))
    long = held("tarif " * TEXT_PIECES + ". " + "repas. " * 3)
    (reading,) = SentenceReader(*cards, threads=1, most=1).read("tarif", [long])
    assert reading.relevance is not None
    assert [one is None for one in reading.sentences] == [False, True, True, True]


def test_files_that_changed_or_are_gone_are_not_loaded(cards: tuple[ModelCard, ModelCard], tmp_path: Path) -> None:
    reader, pieces = cards
    changed = tmp_path / "model.safetensors"
    changed.write_bytes(Path(reader.path).read_bytes() + b"x")
    with pytest.raises(ChangedFile):
        SentenceReader(ModelCard("x", "reader", str(changed), reader.sha256, "", "", ()), pieces, threads=1).read(
            "tarif", PASSAGES
        )
    with pytest.raises(MissingFile):
        SentenceReader(
            reader, ModelCard("x", "embedder", str(tmp_path / "no"), pieces.sha256, "", "", ()), threads=1
        ).read("tarif", PASSAGES)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 2 * TEXT_PIECES), max_size=12), st.integers(0, 2 * HEADING_PIECES))
def test_windows_hold_each_sentence_once_and_no_more_than_they_may(lengths: list[int], heading: int) -> None:
    text, spans = "", []
    for length in lengths:
        start = len(text)
        text += "tarif " * length + "\n"
        spans.append((start, len(text) - 1))
    passage = Sentences(("repas " * heading,) if heading else (), text, tuple(spans))
    windows = list(windows_of(tiny_tokenizer(), 7, passage))
    read = [
        (number, end - start) for one in windows for number, (start, end) in zip(one.sentences, one.spans, strict=True)
    ]
    assert read == [(number, min(length, TEXT_PIECES)) for number, length in enumerate(lengths) if length]
    for one in windows:
        assert one.passage == 7
        assert len(one.pieces) <= HEADING_PIECES + TEXT_PIECES
        assert all(one.pieces[start:end] == (WORDS.index("tarif"),) * (end - start) for start, end in one.spans)
        assert one.pieces[: one.spans[0][0]] == (WORDS.index("repas"),) * min(heading, HEADING_PIECES)


def test_the_packaged_reader_tells_which_sentence_answers() -> None:
    card = reader_card(packaged_cards())
    assert card is not None
    assert Path(card.path).stat().st_size < 22_000_000
    town = held(
        "Saint-Aubin a élu son conseil municipal en mars. Il compte vingt-sept conseillers."
        " La mairie ouvre à neuf heures."
    )
    other = held("Le tarif du repas est de quatre euros. La cantine ferme en juillet.")
    reader = SentenceReader(card, embedder_card(packaged_cards()), threads=1)
    for question, sentence in (
        ("Combien de membres le conseil municipal a-t-il ?", 1),
        ("À quelle heure la mairie ouvre-t-elle ?", 2),
    ):
        first, second = reader.read(question, [town, other])
        assert first.sentences[sentence] == max(
            one for each in (first, second) for one in each.sentences if one is not None
        )
        assert first.relevance is not None
        assert second.relevance is not None
        assert first.relevance > second.relevance + 1
