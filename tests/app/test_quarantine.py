"""Quarantine is remembered by the catalogue, and another try reads what failed, no more than it must."""

from __future__ import annotations

from pathlib import Path

from app.bootstrap import Generators, House
from app.ingestion import ingest_paths, options_of
from app.quarantine import paths_to_retry, quarantine_of
from app.settings import Settings
from app.ui.retrying import Retry
from index.records import Source, SourceFacts
from ingest.progress import SilentProgress
from ingest.report import load_report
from tests import files
from tests.fakes import FakeEmbedder
from tests.makers import open_index


def source(root: Path, path: str, failure: str = "", *, warnings: tuple[str, ...] = ()) -> Source:
    return Source(path, str(root), "aa", 1, 1, 1, 1, failure, facts=SourceFacts(warnings=warnings))


def retried(*sources: Source, last_paths: tuple[str, ...] = ()) -> list[Path]:
    known = {one.path: one for one in sources}
    return paths_to_retry([one for one in sources if one.failure], known, last_paths)


def house_in(data_dir: Path) -> House:
    settings = Settings(data_dir=data_dir, threads=1)
    embedder = FakeEmbedder()
    return House(settings, open_index(data_dir, embedder), embedder, None, Generators(settings))  # type: ignore[arg-type]


def run(house: House, *paths: Path) -> None:
    ingest_paths(house, paths, "essai", options=options_of(house.settings), progress=SilentProgress())


def test_failures_formats_and_reserves_are_told_apart(tmp_path: Path) -> None:
    found = quarantine_of(
        [
            source(tmp_path, "b.pdf", "ingest.encrypted"),
            source(tmp_path, "a.pdf", "ingest.broken_file"),
            source(tmp_path, "c.zip/plan.dwg", "ingest.unsupported"),
            source(tmp_path, "d.pdf", warnings=("ingest.page_without_text:2",)),
            source(tmp_path, "e.pdf"),
        ]
    )
    assert [one.path for one in found.failed] == ["a.pdf", "b.pdf"]
    assert [one.path for one in found.ignored] == ["c.zip/plan.dwg"]
    assert [one.path for one in found.warned] == ["d.pdf"]


def test_a_file_right_below_its_folder_is_tried_alone_also_within_an_archive(tmp_path: Path) -> None:
    for name in ("a.pdf", "b.zip", "other.pdf"):
        (tmp_path / name).touch()
    broken, held = source(tmp_path, "a.pdf", "ingest.broken_file"), source(tmp_path, "b.zip/x/c.pdf", "ingest.no_text")
    assert retried(broken, held, source(tmp_path, "other.pdf")) == [tmp_path / "a.pdf", tmp_path / "b.zip"]


def test_a_file_further_down_is_tried_with_the_folder_that_gave_it_its_name(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.pdf").touch()
    (tmp_path / "b.pdf").touch()
    deep, flat = source(tmp_path, "sub/a.pdf", "ingest.broken_file"), source(tmp_path, "b.pdf", "ingest.broken_file")
    assert retried(deep, flat) == [tmp_path]


def test_a_file_that_is_gone_pulls_in_its_folder_only_if_that_was_ingested(tmp_path: Path) -> None:
    gone = source(tmp_path, "a.pdf", "ingest.broken_file")
    assert retried(gone) == [tmp_path / "a.pdf"]
    assert retried(gone, last_paths=(str(tmp_path),)) == [tmp_path]
    assert retried(source(tmp_path / "unmounted", "a.pdf", "ingest.broken_file")) == [tmp_path / "unmounted"]


def test_the_report_keeps_the_paths_of_its_run_and_quarantine_outlives_it(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
        (folder / f"{folder.name}.md").write_text("# Lavoir\n\nLe lavoir ouvre en mai.", encoding="utf-8")
    (first / "casse.pptx").write_bytes(b"PK rien")
    (first / "nouveau.md").write_text("# Pont\n\nLe pont est neuf.", encoding="utf-8")
    house = house_in(tmp_path / "data")
    run(house, first / "casse.pptx")
    run(house, second)
    report = load_report(house.index.data_dir, "essai")
    assert report is not None
    assert report["paths"] == [str(second)]
    assert [one["path"] for one in report["files"]] == ["second.md"]

    known = house.index.sources("essai")
    failed = quarantine_of(known.values()).failed
    assert [one.path for one in failed] == ["casse.pptx"]
    files.slides(first / "casse.pptx", ("Bilan", ["Douze chantiers"]))
    retry = Retry(house, "essai", paths_to_retry(failed, known, report["paths"]))
    retry.join()
    assert retry.failure is None
    known = house.index.sources("essai")
    assert set(known) == {"casse.pptx", "second.md"}  # the rest of the first folder was never asked for
    assert quarantine_of(known.values()).failed == ()
    report = load_report(house.index.data_dir, "essai")
    assert report is not None
    assert report["paths"] == [str(first / "casse.pptx")]
