"""Which generator serves: the operator's address, else the first on record; what was replaced is ended."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.bootstrap import Generators
from app.settings import Settings
from models.errors import AddressNotListed
from models.protocols import ModelCard, Prompt
from models.registry import register, use
from tests.models.test_registry_order import card
from tests.openai_server import event, piece, serving, stream


class FakeWorker:
    """Takes the place of the worker: remembers what it was started with, and that it was closed."""

    def __init__(self, card: ModelCard, *, threads: int, context_tokens: int, sequences: int) -> None:
        self.card = card
        self.sequences = sequences
        self.context_tokens = context_tokens
        self.closed = False

    def close(self) -> None:
        self.closed = True


@pytest.fixture(autouse=True)
def workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.generator.WorkerGenerator", FakeWorker)


def test_a_model_that_is_preferred_takes_over_and_the_other_gives_its_memory_back(tmp_path: Path) -> None:
    for name in ("un", "deux"):
        register(tmp_path, card(tmp_path, name))
    generators = Generators(Settings(data_dir=tmp_path))
    first = generators.choose("fr")
    assert isinstance(first, FakeWorker)
    assert first.card.name == "deux"
    assert generators.choose("en") is first
    use(tmp_path, "un")
    second = generators.choose("fr")
    assert isinstance(second, FakeWorker)
    assert (second.card.name, first.closed, second.closed) == ("un", True, False)
    generators.close()
    assert second.closed


def test_two_languages_may_be_served_by_two_models(tmp_path: Path) -> None:
    register(tmp_path, card(tmp_path, "fr", languages=("fr",)))
    register(tmp_path, card(tmp_path, "en", languages=("en",)))
    generators = Generators(Settings(data_dir=tmp_path))
    one, other = generators.choose("fr"), generators.choose("en")
    assert isinstance(one, FakeWorker)
    assert generators.choose("fr") is one
    assert not one.closed
    assert one is not other


def test_a_context_is_never_longer_than_the_model_was_made_for(tmp_path: Path) -> None:
    register(tmp_path, replace(card(tmp_path, "court"), context_tokens=1024))
    chosen = Generators(Settings(data_dir=tmp_path, context_tokens=2048)).choose("fr")
    assert isinstance(chosen, FakeWorker)
    assert chosen.context_tokens == 1024


def test_the_operators_address_comes_first_where_it_is_listed(tmp_path: Path) -> None:
    register(tmp_path, card(tmp_path, "un"))
    with serving(stream(piece("Bonjour."), event(b"[DONE]"))) as served:
        settings = Settings(
            data_dir=tmp_path, generator_url=served.url, generator_model="petit", allowed_addresses=served.allowed
        )
        generators = Generators(settings)
        chosen = generators.choose("fr")
        assert chosen is not None
        assert chosen.card.name == "petit"
        assert generators.choose("en") is chosen
        assert "".join(chosen.generate(Prompt("s", "u"), asker="a")) == "Bonjour."
        generators.close()
    refusing = Generators(Settings(data_dir=tmp_path, generator_url=served.url, generator_model="petit"))
    with pytest.raises(AddressNotListed):
        refusing.choose("fr")
