"""What ends with a run: the processes that read, what those started, what was unpacked."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from ingest.isolate import IsolatedReader
from tests import files

RUN = """
import sys
from pathlib import Path
from ingest.pipeline import ingest
from ingest.progress import SilentProgress
from tests.fakes import FakeEmbedder
from tests.makers import open_index
embedder = FakeEmbedder()
index = open_index(Path(sys.argv[2]), embedder)
try:
    ingest([Path(sys.argv[1])], "essai", index=index, embedder=embedder, progress=SilentProgress())
except KeyboardInterrupt:
    sys.exit(7)
"""
TESSERACT = """#!/bin/sh
[ "$1" = --list-langs ] && { echo fra; exit; }
sleep 4711 &
echo $! $$ > "{told}.new" && mv "{told}.new" "{told}"
sleep 4711
"""


def until(happened: object, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not happened():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def run(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], list[psutil.Process]]]:
    """A run in the midst of recognising a page, and all the processes below it."""
    (tmp_path / "corpus").mkdir()
    (tmp_path / "bin").mkdir()
    files.scanned_pdf(tmp_path / "corpus" / "scan.pdf", ["Page de texte.", ["La salle des fêtes."]])
    files.zipped(tmp_path / "corpus" / "lot.zip", {"a.md": "Le lavoir."})
    told, program = tmp_path / "told", tmp_path / "bin" / "tesseract"
    program.write_text(TESSERACT.replace("{told}", str(told)))
    program.chmod(0o755)
    path = f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, str(tmp_path / "corpus"), str(tmp_path / "data")], env={**os.environ, "PATH": path}
    )
    until(told.exists)
    below = psutil.Process(process.pid).children(recursive=True)
    assert {int(number) for number in told.read_text().split()} <= {one.pid for one in below}
    assert list((tmp_path / "data" / "spool").iterdir())
    yield process, below
    process.kill()
    process.wait()
    for one in below:
        if one.is_running():
            one.kill()


def ended(below: list[psutil.Process]) -> bool:
    return not [one for one in below if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]


def test_nothing_that_a_killed_run_started_goes_on(
    run: tuple[subprocess.Popen[bytes], list[psutil.Process]],
) -> None:
    process, below = run
    process.send_signal(signal.SIGKILL)
    process.wait()
    until(lambda: ended(below), 5)


def test_termination_ends_a_run_as_an_interruption_does(
    run: tuple[subprocess.Popen[bytes], list[psutil.Process]], tmp_path: Path
) -> None:
    process, below = run
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) == 7
    until(lambda: ended(below), 5)
    assert not (tmp_path / "data" / "spool").exists()


def test_a_reading_process_that_is_killed_takes_what_it_started_along(
    run: tuple[subprocess.Popen[bytes], list[psutil.Process]],
) -> None:
    _, below = run
    child = next(one for one in below if "ingest.child" in one.cmdline() and len(one.children()) > 1)
    programs = [one for one in child.children(recursive=True) if "ingest.child" not in one.cmdline()]
    assert len(programs) == 3
    child.kill()
    until(lambda: ended(programs), 5)


def test_the_handler_of_termination_is_as_it_was_after_a_run(tmp_path: Path) -> None:
    from ingest.pipeline import interrupted_by_termination

    def ended_within() -> None:
        with interrupted_by_termination():
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(1)

    with pytest.raises(KeyboardInterrupt):
        ended_within()
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


def test_an_interruption_while_a_container_is_unpacked_leaves_no_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.ingest.bench import Bench

    bench = Bench(tmp_path)
    files.zipped(bench.folder / "lot.zip", {"a.md": "Le lavoir."})
    real = IsolatedReader.expand

    def interrupted(*asked: object) -> None:
        real(*asked)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr(IsolatedReader, "expand", interrupted)
    with pytest.raises(KeyboardInterrupt):
        bench.run()
    assert [one for one in psutil.Process().children() if "ingest.child" in one.cmdline()] == []
