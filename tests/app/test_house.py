"""A house in service takes up what was put in use meanwhile, and gives back what it no longer needs."""

from __future__ import annotations

from pathlib import Path

import pytest

from app import bootstrap
from app.assistant.silence import SHIPPED, Measure
from app.bootstrap import House, open_house
from app.calibration import Calibrated, activate, deactivate
from app.settings import Settings
from app.watching import watch_folders
from ingest.pipeline import Options
from models.registry import register, unregister
from tests.app.test_generators import FakeWorker
from tests.models.test_registry_order import card


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setattr("models.generator.WorkerGenerator", FakeWorker)
    register(tmp_path, card(tmp_path, "writer"))
    return open_house(Settings(data_dir=tmp_path))


def fitted(house: House) -> Calibrated:
    found = Calibrated(Measure((1.5, 2.0, -3.0), 0.25, 0.4), 30, 30, 0.5, 0.8, None, 0.06)
    activate(house.settings.data_dir, found, house.embedder.identity.sha256)
    return found


def test_where_nothing_changed_the_house_stays(house: House) -> None:
    assert house.renewed() is house


def test_an_embedder_put_in_use_takes_over_and_the_generators_go_on(house: House, tmp_path: Path) -> None:
    writer = house.generators.choose("fr")
    register(tmp_path, card(tmp_path, "taught", role="embedder"))
    renewed = house.renewed()
    assert (renewed.embedder.identity.name, renewed.index.model.name) == ("taught", "taught")
    assert renewed.generators.choose("fr") is writer, "another worker holds the same weights once more"
    assert isinstance(writer, FakeWorker)
    assert not writer.closed
    unregister(tmp_path, "taught")
    assert renewed.renewed().embedder.identity.name == house.embedder.identity.name


def test_the_packaged_reader_serves_unless_it_is_switched_off(house: House, tmp_path: Path) -> None:
    assert house.assistant.reader is house.reader is not None
    off = open_house(Settings(data_dir=tmp_path, read_passages=0))
    assert off.assistant.reader is off.reader is None
    fitted(house)
    assert house.renewed().reader is house.reader, "another holds the same weights once more"


def test_a_calibration_is_taken_up_and_left_again_without_loading_a_model(house: House) -> None:
    found = fitted(house)
    renewed = house.renewed()
    assert (renewed.assistant.measure, renewed.index.cosine_step) == (found.measure, 0.06)
    assert renewed.embedder is house.embedder
    assert renewed.renewed() is renewed
    deactivate(house.settings.data_dir)
    assert renewed.renewed().assistant.measure == SHIPPED


def test_the_house_that_is_served_is_renewed(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "_serving", {"house": house})
    assert bootstrap.house() is house
    found = fitted(house)
    assert bootstrap.house().assistant.measure == found.measure
    assert bootstrap.house() is bootstrap.house()


def test_a_watch_ingests_with_the_embedder_that_is_in_use_now(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise it would publish with the one before, and searching would be refused."""
    used: list[str] = []

    def ingested(renewed: House, *_: object, **__: object) -> dict[str, object]:
        used.append(renewed.embedder.identity.name)
        raise KeyboardInterrupt

    monkeypatch.setattr("app.watching.ingest_paths", ingested)
    monkeypatch.setattr("models.embedder.SentenceEmbedder.prepare", lambda _: None)
    register(tmp_path, card(tmp_path, "taught", role="embedder"))
    (tmp_path / "texts").mkdir()
    with pytest.raises(KeyboardInterrupt):
        watch_folders(house, [tmp_path / "texts"], "essai", Options())
    assert used == ["taught"]
