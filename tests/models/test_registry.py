"""Registered models: the file on disk is the one on record, or it is refused."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from models.errors import BadRegistry, ChangedFile, MissingFile
from models.protocols import ModelCard
from models.registry import choose_generator, packaged_cards, register, registered, verify


def card(path: Path, content: bytes = b"weights", languages: tuple[str, ...] = ("fr",)) -> ModelCard:
    path.write_bytes(content)
    return ModelCard("essai", "generator", str(path), hashlib.sha256(content).hexdigest(), "MIT", "X", languages)


def test_the_packaged_models_are_those_on_record() -> None:
    for one in packaged_cards():
        verify(one)
        assert one.licence
        assert one.publisher


def test_a_changed_file_is_refused_also_after_it_was_accepted(tmp_path: Path) -> None:
    one = card(tmp_path / "m.gguf")
    verify(one)
    (tmp_path / "m.gguf").write_bytes(b"weightz")
    with pytest.raises(ChangedFile) as refused:
        verify(one)
    assert refused.value.exit_code == 3


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    one = card(tmp_path / "m.gguf")
    (tmp_path / "m.gguf").unlink()
    with pytest.raises(MissingFile, match=r"m\.gguf"):
        verify(one)


def test_a_registered_model_comes_before_the_packaged_ones(tmp_path: Path) -> None:
    register(tmp_path, card(tmp_path / "m.gguf", languages=("fr", "en")))
    assert [one.name for one in registered(tmp_path)] == ["essai", *(one.name for one in packaged_cards())]
    chosen = choose_generator(registered(tmp_path), "fr")
    assert chosen is not None
    assert chosen.name == "essai"


def test_the_packaged_generator_is_never_chosen_for_french() -> None:
    assert choose_generator(packaged_cards(), "fr") is None
    assert choose_generator(packaged_cards(), "en") is not None


def test_a_registry_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "registry.json").write_text("[{}]")
    with pytest.raises(BadRegistry):
        registered(tmp_path)
