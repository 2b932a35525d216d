"""Wrong usage is told before anything is loaded; every filter reaches the search; reports say what counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from app.cli import app
from app.cli_filters import filter_of
from app.ingestion import ingest_paths, options_of, progress_lines, totals_line
from app.ui.filtering import TYPES, filter_summary, media_types
from index.records import Filter
from tests.app.test_quarantine import house_in


@pytest.fixture
def nothing_opens(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The house takes a minute to open on some machines: here it must not be tried."""

    def refuse(*arguments: Any, **options: Any) -> None:
        raise AssertionError("the house was opened")

    monkeypatch.setattr("app.bootstrap.open_house", refuse)
    monkeypatch.setenv("GREFFIER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("GREFFIER_LANGUAGE", "fr")


def greffier(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(one) for one in arguments])


@pytest.mark.usefixtures("nothing_opens")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["ingest", "absent", "--collection", "essai"], "absent"),
        (["ingest", ".", "--collection", "../x"], "../x"),
        (["watch", "absent", "--collection", "essai"], "absent"),
        (["watch", "pyproject.toml", "--collection", "essai"], "pyproject.toml"),
        (["ask", "  "], "vide"),
        (["search", "x", "--dated-from", "hier"], "hier"),
        (["search", "x", "--type", "dwg"], "dwg"),
        (["evaluate", "absent.jsonl"], "absent.jsonl"),
    ],
)
def test_wrong_usage_is_told_at_once(arguments: list[str], said: str) -> None:
    done = greffier(*arguments)
    assert done.exit_code == 2, done.output
    assert said in done.stderr


@pytest.mark.parametrize("verb", ["search", "ask"])
def test_every_filter_has_an_option(verb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}

    def keep(**wanted: Any) -> Filter:
        given.update(wanted)
        raise SystemExit(0)

    monkeypatch.setattr("app.cli_ask.filter_of", keep)
    options = {
        "document": ["a.pdf"], "type": ["pdf"], "service": "Voirie", "author": "Durand", "reference": "2025-041",
        "confidentiality": "interne", "language": "fr", "in-force-on": "2026-01-01", "dated-from": "2025-01-01",
        "dated-until": "2025-12-31",
    }  # fmt: skip
    words = [
        word
        for name, value in options.items()
        for word in (f"--{name}", value[0] if name == "type" or name == "document" else str(value))
    ]
    greffier(verb, "x", *words)
    assert set(filter_of(**given).__slots__) == {
        "documents", "media_types", "service", "author", "reference", "confidentiality", "language",
        "in_force_on", "dated_from", "dated_until",
    }  # fmt: skip
    only = filter_of(**given)
    assert all(getattr(only, name) for name in only.__slots__)


def test_removal_is_announced_with_its_number_before_it_happens(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "corpus"
    folder.mkdir()
    for number in range(8):
        (folder / f"{number}.md").write_text(f"# Acte {number}\n\nLe lavoir numéro {number} ouvre.", encoding="utf-8")
    house = house_in(tmp_path / "data")

    def run() -> dict[str, Any]:
        options = options_of(house.settings, prune=True)
        return ingest_paths(house, [folder], "essai", options=options, progress=progress_lines("fr"))

    run()
    for number in range(1, 8):
        (folder / f"{number}.md").unlink()
    capsys.readouterr()
    report = run()
    said = capsys.readouterr().err
    assert "Retrait des documents dont le fichier a disparu : 7 (1.md, 2.md, 3.md, 4.md, 5.md, …)" in said
    assert totals_line(report, "fr").startswith(
        "essai — inchangés : 1, retirés : 7. Pages : 1, passages : 1, doublons : 0. Durée : "
    )


def test_every_type_of_the_form_is_one_that_is_read() -> None:
    from ingest.readers import SUFFIXES, media_type_of

    assert all(media_types([kind]) for kind in TYPES)
    assert {media_type_of(suffix) for suffix in SUFFIXES} - {None} <= media_types(list(TYPES))


def test_what_a_question_was_narrowed_to_is_told() -> None:
    only = Filter(media_types=media_types(["pdf", "mail"]), service="Voirie", dated_from="2025-01-31")
    assert filter_summary(only, "fr") == (
        "Documents filtrés. Service producteur : Voirie · Type : PDF, Courriel · Daté à partir du : 31/01/2025"
    )
    assert filter_summary(Filter(), "fr") == ""
