"""What an archivist states in collection.toml."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.statements import Stated, Statements


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_the_nearest_statement_wins(tmp_path: Path) -> None:
    write(
        tmp_path / "collection.toml",
        'service = "Mairie"\nconfidentiality = "interne"\n[files."arretes/*.pdf"]\nin_force_until = 2023-12-31\n',
    )
    write(tmp_path / "arretes" / "collection.toml", 'service = "Police"\n[files."2019.pdf"]\ntitle = "Arrêtés"\n')
    statements = Statements(tmp_path)
    assert statements.about("a.txt").metadata == {"service": "Mairie", "confidentiality": "interne"}
    assert statements.about("arretes/2019.pdf").metadata == {
        "service": "Police", "confidentiality": "interne", "in_force_until": "2023-12-31", "title": "Arrêtés",
    }  # fmt: skip
    assert statements.about("arretes/2020.txt").metadata == {"service": "Police", "confidentiality": "interne"}
    assert statements.about("a.txt").digest != statements.about("arretes/2019.pdf").digest
    assert not statements.failures


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('services = "x"', "services"),
        ("date = 3", "date = 3"),
        ('in_force_until = "demain"', "demain"),
        ("in_force_from = 2025-01-01\nin_force_until = 2024-12-31", "in_force_from 2025-01-01 > in_force_until"),
        ('in_force_from = 2025-01-01\n[files."*.txt"]\nin_force_until = 2024-12-31', "2024-12-31"),
        ("= 3", "line 1"),
    ],
)
def test_what_cannot_be_read_is_named_and_nothing_of_it_applied(text: str, named: str, tmp_path: Path) -> None:
    write(tmp_path / "collection.toml", f'service = "Mairie"\n{text}\n' if "line" not in named else text)
    statements = Statements(tmp_path)
    assert statements.about("a.txt").metadata == {}
    assert statements.about("a.txt").agrees_with("what was stated before")
    assert statements.about("a.txt").digest not in {"", Stated({"service": "Mairie"}).digest}
    assert named in statements.failures["collection.toml"].parameters["detail"]


def test_a_pattern_that_fits_no_file_is_told(tmp_path: Path) -> None:
    write(tmp_path / "collection.toml", '[files."a.*"]\nservice = "Mairie"\n[files."arrêtés/*.pdf"]\nlanguage = "fr"\n')
    statements = Statements(tmp_path)
    statements.about("a.txt")
    ((name, problem),) = statements.problems()
    assert (name, problem.code, problem.parameters) == (
        "collection.toml", "ingest.unused_pattern", {"pattern": "arrêtés/*.pdf"},
    )  # fmt: skip
