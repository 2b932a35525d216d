"""The order of the record is the order of preference, packaged models included; two processes do not lose a card."""

from __future__ import annotations

import hashlib
import json
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from models.errors import BadRegistry, ChangedFile, NoSuchModel
from models.fingerprint import sha256_of
from models.protocols import ModelCard, Role
from models.registry import (
    choose_generator,
    embedder_card,
    packaged_cards,
    register,
    registered,
    reranker_card,
    unregister,
    use,
    uses_of,
)

PACKAGED_EMBEDDER, PACKAGED_GENERATOR, READER = (one.name for one in packaged_cards())


def card(folder: Path, name: str, role: Role = "generator", languages: tuple[str, ...] = ("fr", "en")) -> ModelCard:
    path = folder / f"{name}.gguf"
    path.write_bytes(name.encode())
    return ModelCard(name, role, str(path), hashlib.sha256(name.encode()).hexdigest(), "MIT", "X", languages)


def names(data_dir: Path) -> list[str]:
    return [one.name for one in registered(data_dir)]


def test_the_last_that_was_registered_is_the_first_that_is_chosen(tmp_path: Path) -> None:
    for name in ("un", "deux", "un"):
        register(tmp_path, card(tmp_path, name))
    assert names(tmp_path) == ["un", "deux", PACKAGED_EMBEDDER, PACKAGED_GENERATOR, READER]


def test_a_model_is_preferred_from_wherever_it_stands(tmp_path: Path) -> None:
    for name in ("un", "deux"):
        register(tmp_path, card(tmp_path, name))
    use(tmp_path, "un")
    assert names(tmp_path)[:2] == ["un", "deux"]
    use(tmp_path, PACKAGED_GENERATOR)
    assert names(tmp_path) == [PACKAGED_GENERATOR, "un", "deux", PACKAGED_EMBEDDER, READER]
    chosen = {language: choose_generator(registered(tmp_path), language) for language in ("fr", "en")}
    assert {language: one.name for language, one in chosen.items() if one} == {"fr": "un", "en": PACKAGED_GENERATOR}
    unregister(tmp_path, "un")
    assert names(tmp_path) == [PACKAGED_GENERATOR, "deux", PACKAGED_EMBEDDER, READER]


def test_a_packaged_model_is_on_record_by_its_name_alone(tmp_path: Path) -> None:
    """Its file moves with each installation: the record must not hold yesterday's path."""
    register(tmp_path, card(tmp_path, "un"))
    use(tmp_path, PACKAGED_GENERATOR)
    rows = json.loads((tmp_path / "models" / "registry.json").read_text("utf-8"))
    assert {"packaged": PACKAGED_GENERATOR} in rows
    rows.insert(0, {"packaged": "a model of a later version"})
    (tmp_path / "models" / "registry.json").write_text(json.dumps(rows))
    assert names(tmp_path) == [PACKAGED_GENERATOR, "un", PACKAGED_EMBEDDER, READER]


def test_a_model_may_be_registered_without_being_used(tmp_path: Path) -> None:
    register(tmp_path, card(tmp_path, "vecteurs", "embedder"), first=False)
    assert embedder_card(registered(tmp_path)).name == PACKAGED_EMBEDDER
    use(tmp_path, "vecteurs")
    assert embedder_card(registered(tmp_path)).name == "vecteurs"
    use(tmp_path, PACKAGED_EMBEDDER)
    assert embedder_card(registered(tmp_path)).name == PACKAGED_EMBEDDER


def test_there_is_no_reranker_until_one_is_registered(tmp_path: Path) -> None:
    assert reranker_card(registered(tmp_path)) is None
    register(tmp_path, card(tmp_path, "ordre", "reranker"))
    found = reranker_card(registered(tmp_path))
    assert found is not None
    assert found.name == "ordre"


def test_whom_a_model_serves(tmp_path: Path) -> None:
    register(tmp_path, card(tmp_path, "fr", languages=("fr",)))
    cards = registered(tmp_path)
    assert {one.name: uses_of(one, cards) for one in cards} == {
        "fr": ("fr",),
        PACKAGED_EMBEDDER: ("fr", "en"),
        PACKAGED_GENERATOR: ("en",),
        READER: ("fr", "en"),
    }


def test_a_record_of_before_is_read(tmp_path: Path) -> None:
    one = card(tmp_path, "ancien")
    old = ("name", "role", "path", "sha256", "licence", "publisher", "note")
    (tmp_path / "models").mkdir()
    row = {**{key: getattr(one, key) for key in old}, "languages": ["fr"]}
    (tmp_path / "models" / "registry.json").write_text(json.dumps([row]))
    assert registered(tmp_path)[0] == replace(one, languages=("fr",))


@pytest.mark.parametrize("record", ["{}", "[1]", "[", '[{"name": "x"}]'])
def test_a_record_that_is_none_is_named(tmp_path: Path, record: str) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "registry.json").write_text(record)
    with pytest.raises(BadRegistry):
        registered(tmp_path)


def test_a_role_that_is_none_is_named(tmp_path: Path) -> None:
    one = card(tmp_path, "x")
    register(tmp_path, one)
    path = tmp_path / "models" / "registry.json"
    path.write_text(path.read_text("utf-8").replace('"generator"', '"oracle"'))
    with pytest.raises(BadRegistry, match="oracle"):
        registered(tmp_path)


def test_only_a_sound_model_that_is_on_record_can_be_preferred(tmp_path: Path) -> None:
    with pytest.raises(NoSuchModel):
        use(tmp_path, "absent")
    one = card(tmp_path, "un")
    register(tmp_path, one)
    Path(one.path).write_bytes(b"other")
    with pytest.raises(ChangedFile):
        use(tmp_path, "un")


def test_a_record_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the data directory should be")
    with pytest.raises(BadRegistry):
        register(tmp_path / "data", card(tmp_path, "un"))


def test_cards_registered_at_once_are_all_kept(tmp_path: Path) -> None:
    cards = [card(tmp_path, f"m{number}") for number in range(12)]
    threads = [threading.Thread(target=register, args=(tmp_path, one)) for one in cards]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {one.name for one in cards} <= set(names(tmp_path))


def test_a_file_is_hashed_once_and_says_how_far_it_is(tmp_path: Path) -> None:
    path = tmp_path / "m"
    path.write_bytes(bytes(9 << 20))
    told: list[float] = []
    assert sha256_of(path, told.append) == hashlib.sha256(bytes(9 << 20)).hexdigest()
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert len(told) == 3
    sha256_of(path, told.append)
    assert len(told) == 3
