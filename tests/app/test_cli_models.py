"""`greffier models`: what each verb prints, refuses and exits with."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from app.cli import app
from models.registry import packaged_cards, registered
from tests.gguf_files import gguf_file
from tests.models.test_adding import weights_folder

EMBEDDER, GENERATOR, READER = (one.name for one in packaged_cards())


@pytest.fixture(autouse=True)
def data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("GREFFIER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("GREFFIER_LANGUAGE", "fr")
    monkeypatch.setattr("models.memory.available", lambda: 64 << 30)
    return tmp_path / "data"


def models(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["models", *map(str, arguments)])


def document(done: Result) -> Any:
    """One JSON document on standard output, and nothing else there."""
    return json.loads(done.stdout)


def names(data: Path) -> list[str]:
    return [one.name for one in registered(data)]


def test_add_registers_and_says_what_is_on_record(tmp_path: Path, data: Path) -> None:
    path = gguf_file(tmp_path / "m.gguf")
    done = models("add", path, "--json")
    assert done.exit_code == 0, done.output
    printed = document(done)
    assert set(printed) == {"added", "warnings", "refused"}
    assert printed["added"][0]["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert printed["warnings"] == printed["refused"] == []
    assert "m : enregistré" in done.stderr
    assert names(data)[0] == "m"


def test_every_fact_has_an_option(tmp_path: Path, data: Path) -> None:
    options = {
        "name": "autre", "licence": "EUPL-1.2", "publisher": "Mairie", "country": "FR", "languages": "FR, en,fr",
        "role": "generator",
    }  # fmt: skip
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    assert models("add", gguf_file(tmp_path / "m.gguf"), *words, "--copy").exit_code == 0
    card = registered(data)[0]
    assert (card.name, card.licence, card.publisher, card.country) == ("autre", "EUPL-1.2", "Mairie", "FR")
    assert card.languages == ("fr", "en")
    assert card.path == str(data / "models" / "autre.gguf")


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["add", "absent.gguf"], 2, "absent.gguf"),
        (["add", "nameless", "--languages", "français"], 2, "français"),
        (["add", "x.gguf", "--role", "oracle"], 2, "oracle"),
        (["use", "absent"], 2, "absent"),
        (["remove", "absent"], 2, "absent"),
        (["remove", EMBEDDER], 2, EMBEDDER),
    ],
)
def test_wrong_usage_is_told_in_a_line(arguments: list[str], status: int, said: str) -> None:
    done = models(*arguments)
    assert done.exit_code == status, done.output
    assert said in done.stderr
    assert done.stdout == ""


def test_a_model_without_a_licence_is_told_how_to_say_it(tmp_path: Path, data: Path) -> None:
    done = models("add", gguf_file(tmp_path / "m.gguf", {"general.license": None}), "--json")
    assert done.exit_code == 2
    assert "--licence" in done.stderr
    assert document(done)["error"] == "models.undeclared"
    assert names(data) == [EMBEDDER, GENERATOR, READER]


def test_another_hash_is_refused_with_three(tmp_path: Path, data: Path) -> None:
    done = models("add", gguf_file(tmp_path / "m.gguf"), "--sha256", "0" * 64, "--json")
    assert done.exit_code == 3
    assert document(done)["error"] == "models.other_hash"
    assert names(data) == [EMBEDDER, GENERATOR, READER]


def test_a_model_that_does_not_fit_is_something_to_look_at(
    tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.memory.available", lambda: 1_000_000)
    done = models("add", gguf_file(tmp_path / "m.gguf"), "--json")
    assert done.exit_code == 1
    [warning] = document(done)["warnings"]
    assert warning["code"] == "models.reserve_memory"
    assert "mémoire" in done.stderr
    listed = document(models("list", "--json"))["models"][0]
    assert listed["fits"] is False
    assert "dépasse la mémoire" in models("list").stdout


def medium(folder: Path, *, right: bool = True) -> Path:
    """Two generators and a reranker; one with another hash than its own where not `right`."""
    files = [
        gguf_file(folder / "un.gguf"),
        gguf_file(folder / "deux.gguf", {"general.name": "Deux"}),
        weights_folder(folder / "ordre") / "model.safetensors",
    ]
    rows = []
    for path in files:
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        if path.name == "deux.gguf" and not right:
            sha256 = "0" * 64
        rows.append(
            f'[[models]]\nfile = "{path.relative_to(folder)}"\nsha256 = "{sha256}"\nlicence = "MIT"\n'
            f'publisher = "Essai"\ncountry = "FR"\nlanguages = ["fr"]\n'
            + ('role = "reranker"\n' if path.suffix == ".safetensors" else "")
        )
    (folder / "manifest.toml").write_text("\n".join(rows), encoding="utf-8")
    return folder


def test_a_medium_is_copied_and_registered_whole(tmp_path: Path, data: Path) -> None:
    done = models("add", medium(tmp_path / "usb"), "--json")
    assert done.exit_code == 0, done.output
    assert [one["name"] for one in document(done)["added"]] == ["un", "deux", "ordre"]
    assert all(Path(one["path"]).is_relative_to(data) for one in document(done)["added"])
    assert {one["country"] for one in document(done)["added"]} == {"FR"}
    assert models("verify").exit_code == 0


def test_one_refused_file_does_not_stop_the_others(tmp_path: Path, data: Path) -> None:
    done = models("add", medium(tmp_path / "usb", right=False), "--json")
    assert done.exit_code == 3
    printed = document(done)
    assert [one["name"] for one in printed["added"]] == ["un", "ordre"]
    assert [(Path(one["file"]).name, one["error"]) for one in printed["refused"]] == [
        ("deux.gguf", "models.other_hash")
    ]
    assert "deux" not in names(data)
    assert not (data / "models" / "deux.gguf").exists()


def test_list_tells_whose_turn_it_is_and_the_state_of_each_file(tmp_path: Path) -> None:
    path = gguf_file(tmp_path / "m.gguf")
    models("add", path)
    rows = {one["name"]: one for one in document(models("list", "--json"))["models"]}
    assert list(rows) == ["m", EMBEDDER, GENERATOR, READER]
    assert rows["m"]["serves"] == ["fr", "en"]
    assert rows[GENERATOR]["serves"] == []
    assert (rows["m"]["packaged"], rows[GENERATOR]["packaged"]) == (False, True)
    assert {one["state"] for one in rows.values()} == {"verified"}
    assert rows["m"]["memory_bytes"] > path.stat().st_size
    content = path.read_bytes()
    for spoilt, state in ((content + b"x", "changed"), (b"X" + content[1:], "changed")):
        path.write_bytes(spoilt)
        assert document(models("list", "--json"))["models"][0]["state"] == state
    path.unlink()
    assert document(models("list", "--json"))["models"][0]["state"] == "missing"
    assert "ABSENT" in models("list").stdout


def test_large_files_are_read_when_that_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.model_rows._READ_AT_ONCE", 10)
    models("add", gguf_file(tmp_path / "m.gguf"))
    assert document(models("list", "--json"))["models"][0]["state"] == "unverified"
    assert document(models("list", "--check", "--json"))["models"][0]["state"] == "verified"


def test_verify_reads_them_all_and_names_each_that_is_wrong(tmp_path: Path) -> None:
    for name in ("un", "deux", "trois"):
        models("add", gguf_file(tmp_path / f"{name}.gguf", {"general.name": name}))
    assert models("verify").exit_code == 0
    (tmp_path / "un.gguf").write_bytes(b"other")
    (tmp_path / "deux.gguf").unlink()
    done = models("verify", "--json")
    assert done.exit_code == 3
    printed = document(done)
    failed = {one["name"]: one["error"] for one in printed["failed"]}
    assert failed == {"un": "models.changed_file", "deux": "models.missing_file"}
    assert {one["name"] for one in printed["verified"]} == {"trois", EMBEDDER, GENERATOR, READER}
    models("remove", "un")
    assert models("verify").exit_code == 4


def test_use_puts_a_model_first(tmp_path: Path, data: Path) -> None:
    for name in ("un", "deux"):
        models("add", gguf_file(tmp_path / f"{name}.gguf"))
    done = models("use", "un", "--json")
    assert (done.exit_code, names(data)[0]) == (0, "un")
    assert document(done) == {"used": "un", "role": "generator", "languages": ["fr", "en"], "rebuild": False}


def test_another_embedder_asks_for_a_rebuild(tmp_path: Path, data: Path) -> None:
    folder = next(Path(one.path).parent for one in packaged_cards() if one.role == "embedder")
    added = models(
        "add", folder, "--name", "vecteurs", "--role", "embedder", "--licence", "MIT", "--publisher", "X",
        "--languages", "fr,en",
    )  # fmt: skip
    assert added.exit_code == 1
    assert "greffier models use vecteurs" in added.stderr
    used = models("use", "vecteurs", "--json")
    assert (used.exit_code, document(used)["rebuild"]) == (1, True)
    assert "greffier rebuild" in used.stderr
    again = models("use", "vecteurs")
    assert again.exit_code == 0
    removed = models("remove", "vecteurs", "--json")
    assert (removed.exit_code, document(removed)["rebuild"]) == (1, True)
    assert folder.exists()


def test_remove_deletes_what_was_copied_and_only_that(tmp_path: Path, data: Path) -> None:
    path = gguf_file(tmp_path / "m.gguf")
    models("add", path)
    refused = models("remove", "m", "--delete-file", "--json")
    assert (refused.exit_code, document(refused)["error"]) == (3, "models.file_elsewhere")
    done = models("remove", "m", "--json")
    assert (done.exit_code, document(done)["file_deleted"]) == (0, False)
    models("add", path, "--copy")
    done = models("remove", "m", "--delete-file", "--json")
    assert (done.exit_code, document(done)["file_deleted"]) == (0, True)
    assert path.exists()
    assert names(data) == [EMBEDDER, GENERATOR, READER]


def test_the_catalogue_is_by_size_of_machine_and_states_no_hash(data: Path) -> None:
    known = document(models("catalogue", "--json"))["models"]
    assert len(known) > 15
    assert all(one["name"] and one["publisher"] and one["licence"] and "fr" in one["languages"] for one in known)
    assert all(one["memory_gb"] < one["machine_gb"] and one["cores"] for one in known)
    assert {one["sha256"] for one in known} == {""}
    small = document(models("catalogue", "--memory", "8", "--json"))["models"]
    assert 0 < len(small) < len(known)
    assert all(one["machine_gb"] <= 8 for one in small)
    assert "à compléter par l'opérateur" in models("catalogue").stdout


def test_the_operator_completes_the_catalogue(data: Path) -> None:
    name = document(models("catalogue", "--json"))["models"][0]["name"]
    (data / "models").mkdir(parents=True)
    own = data / "models" / "catalogue.toml"
    own.write_text(
        f'[[models]]\nname = "{name}"\nrole = "generator"\npublisher = "X"\nlicence = "MIT"\nlanguages = ["fr"]\n'
        f'sha256 = "{"a" * 64}"\n'
    )
    known = document(models("catalogue", "--json"))["models"]
    assert known[0]["sha256"] == "a" * 64
    own.write_text('[[models]]\nname = "x"\n')
    assert models("catalogue").exit_code == 2


def test_an_address_is_listed_where_it_is_allowed_and_refused_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GREFFIER_GENERATOR_URL", "http://llm.mairie.example:8000/v1")
    monkeypatch.setenv("GREFFIER_GENERATOR_MODEL", "petit")
    refused = models("list", "--json")
    assert (refused.exit_code, document(refused)["error"]) == (3, "models.address_not_listed")
    assert "GREFFIER_ALLOWED_ADDRESSES" in refused.stderr
    monkeypatch.setenv("GREFFIER_ALLOWED_ADDRESSES", "autre.example:80, llm.mairie.example:8000")
    rows = document(models("list", "--json"))["models"]
    assert (rows[0]["name"], rows[0]["state"], rows[0]["serves"]) == ("petit", "address", ["fr", "en"])
    assert [one["name"] for one in rows if one["role"] == "generator" and one["serves"]] == ["petit"]
    monkeypatch.setenv("GREFFIER_ALLOWED_ADDRESSES", "http://llm.mairie.example:8000")
    wrong = models("list")
    assert wrong.exit_code == 2
    assert "GREFFIER_ALLOWED_ADDRESSES" in wrong.stderr


@pytest.mark.parametrize("arguments", [["serve"], ["status"], ["ask", "Quel tarif ?"]])
def test_no_verb_starts_with_an_address_that_is_not_listed(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.server.serve", lambda *_: pytest.fail("it serves"))
    monkeypatch.setenv("GREFFIER_GENERATOR_URL", "http://llm.mairie.example:8000/v1")
    monkeypatch.setenv("GREFFIER_GENERATOR_MODEL", "petit")
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 3, done.output
    assert "llm.mairie.example:8000" in done.stderr
