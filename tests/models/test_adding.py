"""A model comes on record examined, declared and hashed, or not at all; what is copied is whole, or not there."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from models.adding import Added, Stated, add
from models.errors import (
    BadManifest,
    BadModelFile,
    BadName,
    BadWeightsFolder,
    CannotCopy,
    FileElsewhere,
    ModelFailure,
    NameTaken,
    NoRoom,
    NoSuchModel,
    NotAGenerator,
    OtherHash,
    PackagedModel,
    Undeclared,
)
from models.gguf import read_header
from models.manifest import read_manifest
from models.memory import available, needed, sequences
from models.registry import packaged_cards, register, registered, verify
from models.removing import remove
from tests.gguf_files import gguf_file

PLENTY = 64 << 30
KNOWN = Stated(licence="MIT", publisher="X", languages=("fr",))


def added(data_dir: Path, path: Path, stated: Stated | None = None, **options: Any) -> Added:
    wanted: dict[str, Any] = {"context_tokens": 2048, "memory_there": PLENTY, **options}
    return add(data_dir, path, stated or Stated(), **wanted)


def own(data_dir: Path) -> list[str]:
    packaged = {one.name for one in packaged_cards()}
    return [one.name for one in registered(data_dir) if one.name not in packaged]


@contextmanager
def refused(data_dir: Path, failure: type[ModelFailure], exit_code: int, said: str = "models") -> Iterator[None]:
    """Nothing came on record, and no copy is left."""
    with pytest.raises(failure, match=said) as why:
        yield
    assert why.value.exit_code == exit_code
    assert own(data_dir) == []
    left = [one for one in (data_dir / "models").rglob("*") if one.name not in ("registry.lock", "registry.json")]
    assert left == []


def test_the_header_says_what_is_on_record(tmp_path: Path) -> None:
    path = gguf_file(tmp_path / "essai-1b-q4_k_m.gguf")
    found = added(tmp_path / "data", path)
    card = found.card
    assert found.reserves == ()
    assert (card.name, card.role, card.path) == ("essai-1b-q4_k_m", "generator", str(path))
    assert (card.licence, card.publisher, card.languages) == ("apache-2.0", "Commune d'essai", ("fr", "en"))
    assert (card.architecture, card.quantisation, card.parameters, card.context_tokens) == (
        "llama",
        "Q4_K_M",
        192,
        4096,
    )
    assert card.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert card.size_bytes == path.stat().st_size
    assert card.chat_format == "template"
    assert registered(tmp_path / "data")[0] == card


def test_the_operator_has_the_last_word(tmp_path: Path) -> None:
    stated = Stated("autre", "generator", "EUPL-1.2", "Mairie", "FR", ("fr",), note="essai")
    card = added(tmp_path / "data", gguf_file(tmp_path / "m.gguf"), stated).card
    assert (card.name, card.licence, card.publisher, card.country) == ("autre", "EUPL-1.2", "Mairie", "FR")
    assert (card.languages, card.note) == (("fr",), "essai")


@pytest.mark.parametrize(
    ("key", "option"),
    [
        ("general.license", "--licence"),
        ("general.organization", "--publisher"),
        ("general.languages", "--languages"),
    ],
)
def test_what_nobody_says_is_asked_for(tmp_path: Path, key: str, option: str) -> None:
    path = gguf_file(tmp_path / "m.gguf", {key: None})
    with refused(tmp_path / "data", Undeclared, 2, option):
        added(tmp_path / "data", path)
    assert added(tmp_path / "data", path, KNOWN).card.name == "m"


def test_another_hash_than_the_one_announced_is_refused(tmp_path: Path) -> None:
    path = gguf_file(tmp_path / "m.gguf")
    right = hashlib.sha256(path.read_bytes()).hexdigest()
    with refused(tmp_path / "data", OtherHash, 3, right):
        added(tmp_path / "data", path, Stated(sha256="0" * 64), copy=True)
    assert added(tmp_path / "data", path, Stated(sha256=right.upper())).card.sha256 == right


def test_a_copy_serves_when_the_medium_is_gone(tmp_path: Path) -> None:
    path = gguf_file(tmp_path / "usb" / "m.gguf")
    card = added(tmp_path / "data", path, copy=True).card
    assert card.path == str(tmp_path / "data" / "models" / "m.gguf")
    path.unlink()
    verify(card)
    again = added(tmp_path / "data", Path(card.path), copy=True).card
    assert again.path == card.path
    assert [one.name for one in (tmp_path / "data" / "models").glob("*.gguf*")] == ["m.gguf"]


def test_a_copy_that_does_not_fit_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Disk(NamedTuple):
        total: int = 100
        used: int = 99
        free: int = 1

    monkeypatch.setattr(shutil, "disk_usage", lambda _: Disk())
    with refused(tmp_path / "data", NoRoom, 4):
        added(tmp_path / "data", gguf_file(tmp_path / "m.gguf"), copy=True)


def test_a_medium_that_fails_while_it_is_copied_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> str:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("models.copying._copy", fail)
    with refused(tmp_path / "data", CannotCopy, 4, "Input/output"):
        added(tmp_path / "data", gguf_file(tmp_path / "m.gguf"), copy=True)


def test_a_medium_that_gives_other_bytes_the_second_time_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.copying._copy", lambda *_: "f" * 64)
    with refused(tmp_path / "data", OtherHash, 3):
        added(tmp_path / "data", gguf_file(tmp_path / "m.gguf"), copy=True)


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".cache", "é", "a b", "x" * 81, "a\n"])
def test_a_name_is_a_name_and_no_path(tmp_path: Path, name: str) -> None:
    path = gguf_file(tmp_path / "un modèle.gguf")
    with refused(tmp_path / "data", BadName, 2):
        added(tmp_path / "data", path, Stated(name=name), copy=True)


def test_a_packaged_models_name_is_taken(tmp_path: Path) -> None:
    with refused(tmp_path / "data", NameTaken, 2):
        added(tmp_path / "data", gguf_file(tmp_path / "m.gguf"), Stated(name=packaged_cards()[0].name))


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"general.architecture": "bert"}, "bert"), ({"split.count": 2}, "2 parts"), ({"general.type": "mmproj"}, "mm")],
)
def test_what_writes_nothing_is_no_generator(tmp_path: Path, changed: dict[str, Any], said: str) -> None:
    path = gguf_file(tmp_path / "m.gguf", changed)
    with refused(tmp_path / "data", NotAGenerator, 2, said):
        added(tmp_path / "data", path)


def test_what_is_not_there_or_no_model_is_told(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "letter.gguf").write_text("Madame, Monsieur")
    for path, failure in (
        (tmp_path / "absent.gguf", BadModelFile),
        (tmp_path / "letter.gguf", BadModelFile),
        (tmp_path / "empty", BadWeightsFolder),
    ):
        with refused(tmp_path / "data", failure, 2):
            added(tmp_path / "data", path)


def test_a_model_that_does_not_fit_is_on_record_with_a_reserve(tmp_path: Path) -> None:
    found = added(tmp_path / "data", gguf_file(tmp_path / "m.gguf"), memory_there=1000)
    assert [one.code for one in found.reserves] == ["models.reserve_memory"]
    assert not registered(tmp_path / "data")[0].fits
    assert added(tmp_path / "data", gguf_file(tmp_path / "m.gguf"), memory_there=None).reserves == ()


def test_a_template_that_does_not_work_is_a_reserve(tmp_path: Path) -> None:
    for template in (None, "{{ messages.__class__.__base__ }}", "{% for"):
        found = added(tmp_path / "data", gguf_file(tmp_path / "m.gguf", {"tokenizer.chat_template": template}))
        assert [one.code for one in found.reserves] == ["models.reserve_template"]
        assert found.card.chat_format == "plain"


def test_a_shorter_context_than_wanted_is_a_reserve_and_needs_less(tmp_path: Path) -> None:
    path = gguf_file(tmp_path / "m.gguf", {"llama.context_length": 1024})
    found = added(tmp_path / "data", path)
    assert [one.code for one in found.reserves] == ["models.reserve_context"]
    assert found.card.memory_bytes == needed(read_header(path), 1024).total


def test_memory_is_weights_cache_and_room_to_work(tmp_path: Path) -> None:
    """The packaged generator: 30 blocks, 3 key-value heads of 64 numbers, keys and values, two bytes each."""
    card = next(one for one in packaged_cards() if one.role == "generator")
    need = needed(read_header(Path(card.path)), 2048)
    assert need.weights == Path(card.path).stat().st_size
    assert need.cache == 2048 * 30 * 3 * (64 + 64) * 2
    assert need.total == need.weights + need.cache + need.margin
    uneven = read_header(gguf_file(tmp_path / "m.gguf", {"llama.attention.head_count_kv": [0, 2]}))
    even = read_header(gguf_file(tmp_path / "m.gguf"))
    assert needed(uneven, 100).cache * 2 == needed(even, 100).cache == 100 * 2 * 2 * 32 * 2


def test_texts_are_written_at_once_where_their_caches_fit_in_half_of_what_is_left(tmp_path: Path) -> None:
    path = Path(next(one.path for one in packaged_cards() if one.role == "generator"))
    need = needed(read_header(path), 2048)
    left = {0: 1, -need.total: 1, 2 * need.cache - 1: 1, 2 * need.cache: 2, 5 * need.cache: 3, 50 * need.cache: 4}
    assert {spare: sequences(path, 2048, need.total + spare, 4) for spare in left} == left
    assert sequences(path, 2048, None, 4) == 4
    assert sequences(tmp_path / "absent.gguf", 2048, PLENTY, 4) == 1


def test_the_memory_that_is_there_is_what_the_system_says(tmp_path: Path) -> None:
    said = tmp_path / "meminfo"
    said.write_text("MemTotal:       16000000 kB\nMemAvailable:    1234 kB\n")
    assert available(said) == 1234 * 1024
    said.write_text("MemTotal:       16000000 kB\n")
    assert available(said) is None
    assert available(tmp_path / "absent") is None


def weights_folder(folder: Path, **changed: Any) -> Path:
    """A cross-encoder's folder: settings that are read, weights that are not."""
    folder.mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(b"weights of " + folder.name.encode())
    (folder / "tokenizer.json").write_text("{}")
    (folder / "config.json").write_text(json.dumps({"id2label": {"0": "LABEL_0"}, "hidden_size": 384, **changed}))
    return folder


def test_a_cross_encoder_is_registered_by_its_folder(tmp_path: Path) -> None:
    folder = weights_folder(tmp_path / "usb" / "ordre")
    stated = Stated(role="reranker", licence="MIT", publisher="X", languages=("fr",))
    card = added(tmp_path / "data", folder, stated).card
    assert (card.name, card.role, card.path) == ("ordre", "reranker", str(folder / "model.safetensors"))
    copy = added(tmp_path / "data", folder / "model.safetensors", stated, copy=True).card
    assert copy.path == str(tmp_path / "data" / "models" / "ordre" / "model.safetensors")
    assert sorted(one.name for one in Path(copy.path).parent.iterdir()) == sorted(one.name for one in folder.iterdir())
    verify(copy)


def test_an_embedder_is_registered_and_not_put_in_use(tmp_path: Path) -> None:
    packaged = next(one for one in packaged_cards() if one.role == "embedder")
    stated = Stated("vecteurs", "embedder", "MIT", "X", "", ("fr",))
    found = added(tmp_path / "data", Path(packaged.path).parent, stated)
    assert [one.code for one in found.reserves] == ["models.reserve_embedder"]
    assert [one.name for one in registered(tmp_path / "data") if one.role == "embedder"] == [packaged.name, "vecteurs"]


def test_a_folder_needs_a_role(tmp_path: Path) -> None:
    with refused(tmp_path / "data", Undeclared, 2, "--role"):
        added(tmp_path / "data", weights_folder(tmp_path / "f"), KNOWN)
    with refused(tmp_path / "data", NotAGenerator, 2):
        added(tmp_path / "data", tmp_path / "f", Stated(role="generator"))
    with refused(tmp_path / "data", BadWeightsFolder, 2, "reranker"):
        added(tmp_path / "data", gguf_file(tmp_path / "m.gguf"), Stated(role="reranker"))


def _link(folder: Path) -> None:
    (folder / "elsewhere").symlink_to(folder.parent)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda folder: (folder / "modeling.py").write_text("import os"), "modeling.py"),
        (lambda folder: (folder / "pytorch_model.bin").write_bytes(b"\x80"), "pytorch_model.bin"),
        (lambda folder: (folder / "config.json").write_text('{"auto_map": {}}'), "auto_map"),
        (lambda folder: (folder / "config.json").write_text("[" * 100_000), "config.json"),
        (lambda folder: (folder / "config.json").write_text("[]"), "config.json"),
        (lambda folder: (folder / "config.json").unlink(), "config.json"),
        (lambda folder: (folder / "config.json").write_text('{"id2label": {"0": "a", "1": "b"}}'), "2 outputs"),
        (lambda folder: (folder / "tokenizer.json").unlink(), "tokenizer"),
        (_link, "a link"),
    ],
)
def test_a_folder_that_would_bring_code_is_refused(tmp_path: Path, spoil: Any, said: str) -> None:
    folder = weights_folder(tmp_path / "ordre")
    spoil(folder)
    stated = Stated(role="reranker", licence="MIT", publisher="X", languages=("fr",))
    with refused(tmp_path / "data", BadWeightsFolder, 2, said):
        added(tmp_path / "data", folder, stated)


@pytest.mark.parametrize(
    ("modules", "size", "said"),
    [
        ([{"type": "os.system"}], 384, "os.system"),
        ([3], 384, "modules"),
        ([{"type": "sentence_transformers.models.Transformer"}], 768, "768"),
    ],
)
def test_an_embedder_that_the_index_cannot_hold_is_refused(tmp_path: Path, modules: Any, size: int, said: str) -> None:
    folder = weights_folder(tmp_path / "v", hidden_size=size)
    (folder / "modules.json").write_text(json.dumps(modules))
    with refused(tmp_path / "data", BadWeightsFolder, 2, said):
        added(tmp_path / "data", folder, Stated("v", "embedder", "MIT", "X", "", ("fr",)))


def manifest(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "manifest.toml").write_text(text, encoding="utf-8")
    return folder


SHA = "a" * 64


def test_a_list_says_what_is_known_of_each_file(tmp_path: Path) -> None:
    listed = read_manifest(
        manifest(
            tmp_path,
            f'[[models]]\nfile = "m.gguf"\nsha256 = "{SHA}"\nlicence = "MIT"\npublisher = "X"\ncountry = "FR"\n'
            f'languages = ["fr"]\n[[models]]\nfile = "ordre/model.safetensors"\nsha256 = "{SHA}"\nrole = "reranker"\n',
        )
    )
    assert [one.path for one in listed] == [tmp_path / "m.gguf", tmp_path / "ordre" / "model.safetensors"]
    assert listed[0].stated == Stated("", None, "MIT", "X", "FR", ("fr",), SHA)
    assert listed[1].stated.role == "reranker"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "models"),
        ("[models]\nfile = 1", "models"),
        ("[[models]", "manifest"),
        (f'[[models]]\nfile = "../m.gguf"\nsha256 = "{SHA}"', "file"),
        (f'[[models]]\nfile = "/etc/passwd"\nsha256 = "{SHA}"', "file"),
        (f'[[models]]\nsha256 = "{SHA}"', "file"),
        ('[[models]]\nfile = "m.gguf"', "sha256"),
        ('[[models]]\nfile = "m.gguf"\nsha256 = "abc"', "sha256"),
        (f'[[models]]\nfile = "m.gguf"\nsha256 = "{SHA}"\nrole = "oracle"', "oracle"),
        (f'[[models]]\nfile = "m.gguf"\nsha256 = "{SHA}"\nlanguages = "fr"', "languages"),
        (f'[[models]]\nfile = "m.gguf"\nsha256 = "{SHA}"\nlicence = 3', "licence"),
        (f'[[models]]\nfile = "m.gguf"\nsha256 = "{SHA}"\nlicense = "MIT"', "license"),
        ("#" * 1_100_000, "bytes"),
    ],
)
def test_a_list_that_does_not_fit_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BadManifest, match=said) as refusal:
        read_manifest(manifest(tmp_path, text))
    assert refusal.value.exit_code == 2


def test_a_list_does_not_lead_out_of_its_medium_by_a_link(tmp_path: Path) -> None:
    folder = manifest(tmp_path / "usb", f'[[models]]\nfile = "m.gguf"\nsha256 = "{SHA}"')
    (folder / "m.gguf").symlink_to(gguf_file(tmp_path / "elsewhere.gguf"))
    with pytest.raises(BadManifest):
        read_manifest(folder)


def test_a_removed_model_leaves_its_file_unless_it_is_our_copy(tmp_path: Path) -> None:
    data = tmp_path / "data"
    path = gguf_file(tmp_path / "m.gguf")
    added(data, path)
    with pytest.raises(FileElsewhere) as elsewhere:
        remove(data, "m", delete_file=True)
    assert elsewhere.value.exit_code == 3
    assert own(data) == ["m"]
    remove(data, "m")
    assert own(data) == []
    assert path.exists()
    copy = Path(added(data, path, copy=True).card.path)
    remove(data, "m")
    assert copy.exists()
    added(data, copy)
    remove(data, "m", delete_file=True)
    assert not copy.exists()


def test_a_file_that_two_cards_name_stays_for_the_other(tmp_path: Path) -> None:
    data = tmp_path / "data"
    copy = Path(added(data, gguf_file(tmp_path / "m.gguf"), copy=True).card.path)
    added(data, copy, Stated(name="autre"))
    remove(data, "m", delete_file=True)
    assert copy.exists()
    remove(data, "autre", delete_file=True)
    assert not copy.exists()


def test_a_folder_of_weights_is_deleted_and_nothing_beside_it(tmp_path: Path) -> None:
    data = tmp_path / "data"
    stated = Stated(role="reranker", licence="MIT", publisher="X", languages=("fr",))
    added(data, gguf_file(tmp_path / "m.gguf"), copy=True)
    added(data, weights_folder(tmp_path / "ordre"), stated, copy=True)
    remove(data, "ordre", delete_file=True)
    assert not (data / "models" / "ordre").exists()
    assert (data / "models" / "m.gguf").exists()


def test_weights_right_in_the_folder_of_models_do_not_take_it_with_them(tmp_path: Path) -> None:
    data = tmp_path / "data"
    weights_folder(data / "models")
    stated = Stated("ordre", "reranker", "MIT", "X", "", ("fr",))
    card = added(data, data / "models" / "model.safetensors", stated).card
    with pytest.raises(FileElsewhere):
        remove(data, "ordre", delete_file=True)
    register(data, card)
    assert Path(card.path).exists()


def test_what_is_packaged_or_unknown_cannot_be_removed(tmp_path: Path) -> None:
    with pytest.raises(PackagedModel):
        remove(tmp_path, packaged_cards()[0].name)
    with pytest.raises(NoSuchModel):
        remove(tmp_path, "absent")
