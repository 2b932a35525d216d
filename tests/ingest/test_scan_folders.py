"""Several folders that feed one collection, folders that move, and the folder itself."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from ingest.errors import UnreadableFolder
from ingest.pipeline import check_wanted
from tests import files
from tests.ingest.bench import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.fixture
def two(bench: Bench) -> tuple[Path, Path]:
    one, other = bench.base / "A", bench.base / "B"
    one.mkdir()
    other.mkdir()
    return one, other


def lines(bench: Bench, *paths: Path, **options: Any) -> list[tuple[str, str, str]]:
    """(folder, path, verdict or code) of each file of a run, sorted."""
    report = bench.run(*paths, **options)
    return sorted((Path(one.root).name, one.path, one.code or one.verdict) for one in report.files)


def test_one_folder_under_several_spellings_is_one(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.write("x.md", "Le lavoir.")
    (bench.base / "lien").symlink_to(bench.folder)
    monkeypatch.chdir(bench.base)
    (bench.base / "B").mkdir()
    assert lines(bench, Path("corpus"), Path("B/../corpus"), Path("lien")) == [("corpus", "x.md", "added")]
    assert lines(bench, Path("lien")) == [("corpus", "x.md", "unchanged")]
    (bench.folder / "x.md").unlink()
    bench.write("y.md", "Le marché.")
    assert lines(bench, Path("lien"), prune=True) == [("corpus", "x.md", "removed"), ("corpus", "y.md", "added")]


def test_a_relative_path_is_read_from_where_the_run_was_started(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.write("README.md", "Le lavoir.")
    monkeypatch.chdir(bench.folder)
    assert bench.verdicts(Path("README.md")) == {"README.md": "added"}
    assert bench.found("lavoir") == {"README.md"}


def test_a_name_of_another_folder_is_refused_and_the_first_stays(bench: Bench, two: tuple[Path, Path]) -> None:
    one, other = two
    bench.write("a.md", "Le lavoir.", one)
    bench.write("b.md", "Le préau.", one)
    bench.write("a.md", "Le marché.", other)
    same, refused = ("A", "b.md", "unchanged"), ("B", "a.md", "ingest.name_taken")
    assert lines(bench, one, other) == [("A", "a.md", "added"), ("A", "b.md", "added"), refused]
    assert lines(bench, other) == [refused]
    assert lines(bench, other, one) == [("A", "a.md", "unchanged"), same, refused]
    assert (bench.found("lavoir"), bench.found("marché")) == ({"a.md"}, set())
    (one / "a.md").unlink()
    assert lines(bench, other, one) == [("A", "a.md", "ingest.missing"), same, refused]
    assert bench.found("lavoir") == {"a.md"}
    assert lines(bench, other, one, prune=True) == [("A", "a.md", "removed"), same, refused]
    assert lines(bench, other, one) == [same, ("B", "a.md", "added")]


def test_a_folder_that_was_renamed_keeps_its_documents(bench: Bench, two: tuple[Path, Path]) -> None:
    one, other = two
    bench.write("a.md", "Le lavoir.", one)
    bench.write("b.md", "Le préau.", one)
    files.zipped(one / "lot.zip", {"c.md": "Le kiosque."})
    bench.run(one)
    other.rmdir()
    one.rename(other)
    bench.write("b.md", "Le préau neuf.", other)
    taken = {"a.md": "unchanged", "b.md": "changed", "lot.zip": "unchanged", "lot.zip/c.md": "unchanged"}
    assert bench.verdicts(other) == taken
    (other / "a.md").unlink()
    (other / "lot.zip").unlink()
    assert bench.verdicts(other, prune=True) == {
        "a.md": "removed", "b.md": "unchanged", "lot.zip": "removed", "lot.zip/c.md": "removed",
    }  # fmt: skip


def test_a_file_that_went_to_another_folder_is_not_removed_with_the_first(bench: Bench, two: tuple[Path, Path]) -> None:
    one, other = two
    bench.write("x.md", "Le lavoir.", one)
    bench.write("y.md", "Le marché.", one)
    bench.run(one)
    (one / "x.md").rename(other / "x.md")
    assert lines(bench, one, other) == [("A", "y.md", "unchanged"), ("B", "x.md", "unchanged")]
    assert lines(bench, one, prune=True) == [("A", "y.md", "unchanged")]
    assert bench.found("lavoir") == {"x.md"}


@pytest.mark.parametrize("number", [13, 116])  # EACCES, ESTALE
def test_a_folder_that_cannot_be_listed_ends_the_run_before_anything_is_touched(
    number: int, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.write("a.md", "Le lavoir.")
    bench.run()
    counter = bench.index.counter()
    real = os.scandir

    def scandir(path: Any) -> Any:
        if str(path) == str(bench.folder):
            raise OSError(number, os.strerror(number))  # as the listing itself raises it: no name
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    with pytest.raises(UnreadableFolder):
        bench.run(prune=True)
    with pytest.raises(UnreadableFolder):
        check_wanted([bench.folder], "essai")
    monkeypatch.undo()
    assert bench.index.counter() == counter
    assert bench.verdicts() == {"a.md": "unchanged"}


def test_what_is_no_file_gets_a_verdict_and_is_never_opened(bench: Bench) -> None:
    bench.write("a.md", "Le lavoir.")
    (bench.folder / "boucle.md").symlink_to("boucle.md")
    os.mkfifo(bench.folder / "tube.md")
    os.mkfifo(bench.folder / "tube")
    (bench.folder / "dossier").symlink_to(bench.base)
    assert {path: one.code or one.verdict for path, one in bench.files().items()} == {
        "a.md": "added", "boucle.md": "ingest.unreadable", "dossier": "ingest.linked_folder",
        "tube": "ingest.not_regular", "tube.md": "ingest.not_regular",
    }  # fmt: skip


def test_the_data_directory_is_left_out_of_the_folder_that_holds_it(bench: Bench) -> None:
    bench.write("corpus/a.md", "Le lavoir.", bench.base)
    bench.write("data/originals/b.md", "Le marché.", bench.base)
    assert bench.verdicts(bench.base) == {"corpus/a.md": "added"}
