"""A watch goes on: over files that are written all the time, folders that go and come back, a lock that is held."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from app.errors import BadCalibration
from app.watched_folders import WatchedFolders
from app.watching import Changed, Watcher
from index.errors import Busy
from ingest.errors import EmptyFolder
from models.errors import MissingFile

REPORT: dict[str, Any] = {
    "collection": "essai", "added": 1, "changed": 0, "moved": 0, "unchanged": 0, "removed": 0, "failed": 0,
    "skipped": 0, "missing": 0, "duplicates": 0, "pages": 1, "passages": 2, "elapsed_s": 0.5, "files": [],
}  # fmt: skip


class Told:
    """Counts what the observer tells."""

    def __init__(self) -> None:
        self.event = threading.Event()

    def __call__(self) -> None:
        self.event.set()

    def soon(self, seconds: float = 5) -> bool:
        happened = self.event.wait(seconds)
        self.event.clear()
        return happened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    return folder


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def watched(folder: Path, told: Told) -> Iterator[WatchedFolders]:
    watched = WatchedFolders([folder], told, apart=folder / "data")
    watched.start()
    yield watched
    watched.stop()


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def test_a_file_that_is_written_all_the_time_does_not_hold_off_the_run() -> None:
    changed = Changed(quiet=0.2, longest=0.6)
    over = threading.Event()

    def write() -> None:
        while not over.wait(0.02):
            changed.tell()

    writer = threading.Thread(target=write)
    writer.start()
    started = time.monotonic()
    try:
        assert changed.wait(5)
    finally:
        over.set()
        writer.join()
    assert 0.5 < time.monotonic() - started < 2


def test_a_run_waits_for_a_moment_of_quiet_and_none_comes_without_a_change() -> None:
    changed = Changed(quiet=0.3, longest=5)
    assert not changed.wait(0.05)
    changed.tell()
    started = time.monotonic()
    assert changed.wait(1)
    assert time.monotonic() - started > 0.25
    assert not changed.wait(0.05)


def test_a_folder_that_is_removed_and_created_again_is_watched_again(
    folder: Path, told: Told, watched: WatchedFolders
) -> None:
    (folder / "a.md").write_text("a")
    assert told.soon()
    assert watched.refresh() == ([], [])
    (folder / "a.md").unlink()
    folder.rmdir()
    time.sleep(0.5)
    assert watched.refresh() == ([folder], [])
    assert watched.present() == []
    folder.mkdir()
    assert watched.refresh() == ([], [folder])
    told.event.clear()
    (folder / "b.md").write_text("b")
    assert told.soon()


def test_a_folder_that_is_replaced_between_two_looks_is_watched_again(
    folder: Path, told: Told, watched: WatchedFolders
) -> None:
    folder.rmdir()
    folder.mkdir()  # may have the inode of the one before
    until(lambda: watched.refresh() == ([folder], [folder]))
    told.event.clear()
    (folder / "b.md").write_text("b")
    assert told.soon()


def test_what_a_run_writes_below_the_folder_starts_no_other(folder: Path, told: Told, watched: WatchedFolders) -> None:
    (folder / "data" / "reports").mkdir(parents=True)
    time.sleep(0.5)
    told.event.clear()  # that the data directory was created is a change of the folder
    (folder / "data" / "reports" / "report.json").write_text("{}")
    (folder / "data" / "reports" / "report.json").rename(folder / "data" / "report.json")
    assert not told.soon(0.7)
    (folder / "data" / "report.json").rename(folder / "report.json")
    assert told.soon()


def test_a_link_to_a_folder_is_watched(tmp_path: Path, folder: Path, told: Told) -> None:
    (tmp_path / "link").symlink_to(folder)
    watched = WatchedFolders([tmp_path / "link"], told, apart=tmp_path / "data")
    watched.start()
    try:
        (folder / "a.md").write_text("a")
        assert told.soon()
    finally:
        watched.stop()


class Runs:
    """A run that fails as told, then succeeds."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.paths: list[list[Path]] = []

    def __call__(self, paths: Sequence[Path]) -> dict[str, Any]:
        self.paths.append(list(paths))
        if self.failures:
            raise self.failures.pop(0)
        return REPORT


def watcher(watched: WatchedFolders, runs: Runs, *, as_json: bool = False) -> Watcher:
    changed = Changed(quiet=0.01, longest=0.1)
    changed.tell()
    return Watcher(watched, changed, runs, "fr", as_json, busy_pause=0.01)


def test_a_lock_that_is_held_is_told_once_and_tried_again(
    folder: Path, watched: WatchedFolders, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = Runs(Busy(path="data", pid=1), Busy(path="data", pid=1))
    watching = watcher(watched, runs)
    for _ in range(3):
        watching.step()
    assert runs.paths == [[folder]] * 3
    said = capsys.readouterr()
    assert said.err.count("Une autre ingestion est en cours") == 1
    assert said.out.startswith("essai — ajoutés : 1. Pages : 1, passages : 2, doublons : 0.")


@pytest.mark.parametrize(
    "failure",
    [EmptyFolder(path="corpus"), MissingFile(name="e5", path="x"), BadCalibration(path="x", detail="y")],
    ids=lambda one: str(one.code),
)
def test_each_run_is_one_line_of_json_and_so_is_what_stopped_it(
    watched: WatchedFolders, capsys: pytest.CaptureFixture[str], failure: Exception
) -> None:
    watching = watcher(watched, Runs(failure), as_json=True)
    watching.step()
    watching.changed.tell()
    watching.step()
    failed, ran = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert failed["error"] == vars(type(failure))["code"]
    assert ran == REPORT


def test_a_folder_that_is_gone_is_told_and_the_others_are_read(
    tmp_path: Path, folder: Path, told: Told, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "autre"
    other.mkdir()
    watched = WatchedFolders([folder, other], told, apart=tmp_path / "data")
    watched.start()
    runs = Runs()
    try:
        other.rmdir()
        watching = watcher(watched, runs)
        watching.step()
        other.mkdir()
        watching.step()
    finally:
        watched.stop()
    assert runs.paths == [[folder], [folder, other]]
    said = capsys.readouterr().err
    assert "autre » n'est plus là" in said
    assert "autre » est de retour" in said
