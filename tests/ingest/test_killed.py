"""kill -9 of the run or of any of its children, at random moments: the next run makes up for it.

GREFFIER_KILLS=200 pytest tests/ingest/test_killed.py runs the long version.
"""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from index.records import ALL, Filter
from index.store import Index
from ingest.pipeline import Options, ingest
from ingest.progress import SilentProgress
from tests import files
from tests.fakes import FakeEmbedder
from tests.makers import open_index

KILLS = int(os.environ.get("GREFFIER_KILLS", "5"))
MARK = "GREFFIER_TEST_RUN"  # in the environment of a run, and so of every process below it
GRACE = 2  # seconds that such a process may outlive the run
SLOW = 4  # seconds that recognising a page takes at least: longer than the grace
ALWAYS = {"titre.md": "Le préambule reste en place.", "service.md": "Le préambule se lit en premier."}
FILTERS = (ALL, Filter(service="état civil", documents=frozenset(ALWAYS)))
SLOW_PROGRAM = """#!{python} -IS
import os, sys, time
if "tsv" in sys.argv:
    time.sleep({seconds})
os.execv({program!r}, [{program!r}, *sys.argv[1:]])
"""
RUN = """
import sys
from pathlib import Path
from ingest.pipeline import Options, ingest
from ingest.progress import SilentProgress
from tests.fakes import FakeEmbedder
from tests.makers import open_index
embedder = FakeEmbedder()
index = open_index(Path(sys.argv[2]), embedder)
print("go", flush=True)
ingest([Path(sys.argv[1])], "essai", index=index, embedder=embedder, progress=SilentProgress(),
       options=Options(prune=True, workers=2))
"""


def corpus(folder: Path) -> None:
    """A first state, which a first run takes."""
    folder.mkdir()
    (folder / "collection.toml").write_text('service = "État civil"\n')
    for name, text in ALWAYS.items():
        (folder / name).write_text(f"# Préambule\n\n{text}")
    (folder / "va-bouger.md").write_text("# Marché\n\nLes étals ouvrent à huit heures.")
    (folder / "va-changer.md").write_text("# Tarifs\n\nLe repas coûte trois euros.")
    (folder / "va-partir.md").write_text("# Cirque\n\nLe cirque est interdit.")
    files.zipped(folder / "lot.zip", {"un.md": "Un lot de voirie.", "deux.md": "Deux lots de voirie."})


def changed(folder: Path) -> None:
    """The second state, whose run is killed.  What is searched all the while is read again: once as other passages."""
    with (folder / "collection.toml").open("a") as statements:
        statements.write('[files."titre.md"]\ntitle = "Règlement"\n[files."service.md"]\nreference = "R-1"\n')
    (folder / "va-bouger.md").rename(folder / "a-bouge.md")
    (folder / "va-changer.md").write_text("# Tarifs\n\nLe repas coûte quatre euros.")
    (folder / "va-partir.md").unlink()
    files.zipped(
        folder / "lot.zip", {"deux.md": "Deux lots de voirie.", "dans.zip": files.zipped_bytes({"t.md": "Trois."})}
    )
    files.message(folder / "mail.eml", attachments={"plan.md": b"Le plan du quartier.", "vide.pdf": b"%PDF-"})
    files.scanned_pdf(folder / "scan.pdf", ["Page de texte.", ["La salle des fêtes."], ["Le lavoir."]])
    for number in range(40):
        (folder / f"{number:03}.md").write_text(f"# Document {number}\n\n" + f"Le paragraphe {number} compte. " * 80)


def rows(data_dir: Path) -> dict[str, list[object]]:
    """The whole catalogue without its times and numbers."""
    version = "join versions v on v.id = {}.version_id join documents d on d.id = v.document_id"
    with sqlite3.connect(data_dir / "catalogue.sqlite3") as database:
        asked = {
            "versions": "select d.path, v.sha256, v.title, v.media_type, v.drawable, v.facts, v.superseded_at is null"
            " from versions v join documents d on d.id = v.document_id",
            "pages": f"select d.path, v.sha256, p.number, p.label, p.text, p.boxes from pages p {version.format('p')}",
            "passages": "select d.path, v.sha256, p.position, p.page, p.start, p.end, p.heading, p.text, p.digest"
            f" from passages p {version.format('p')}",
            "sources": "select path, root, sha256, size, mtime_ns, pages, passages, failure, parameters, container,"
            " facts from sources",
            "embeddings": "select digest, vector from embeddings",
            "collections": "select name from collections",
        }
        return {name: sorted(database.execute(one), key=repr) for name, one in asked.items()}


class Searching:
    """Searches all the while, with and without a filter; what goes wrong is kept."""

    def __init__(self, index: Index) -> None:
        self.wrong: list[object] = []
        self.searches = 0
        self._index = index
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._search)

    def __enter__(self) -> Searching:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _search(self) -> None:
        vector = FakeEmbedder().embed(["préambule"])[0]
        while not self._over.is_set():
            for only in FILTERS:
                try:
                    hits = self._index.search("préambule", vector, collections={"essai"}, only=only)
                    found = {hit.document.path: hit.text for hit in hits}
                    self.wrong += [(path, only) for path, text in ALWAYS.items() if text not in found.get(path, "")]
                except Exception as error:
                    self.wrong.append(error)
            self.searches += 1
            time.sleep(0.01)


def with_slow_programs(folder: Path) -> str:
    """A search path on which recognition is slow; it is one process, as the program itself is."""
    program = shutil.which("tesseract")
    if program is None:
        return os.environ["PATH"]
    folder.mkdir()
    slow = folder / "tesseract"
    slow.write_text(SLOW_PROGRAM.format(python=sys.executable, seconds=SLOW, program=program))
    slow.chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


def outliving(mark: str) -> list[list[str]]:
    """Command lines of what is left of a run once the grace is over."""
    deadline = time.monotonic() + GRACE
    while left := list(left_of(mark)):
        if time.monotonic() > deadline:
            return left
        time.sleep(0.05)
    return []


def left_of(mark: str) -> Iterator[list[str]]:
    """Command lines of the processes that a run started, whoever their parent is by now."""
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == mark and process.status() != psutil.STATUS_ZOMBIE:
                yield process.cmdline()
        except psutil.Error:
            continue


def started(folder: Path, data_dir: Path, path: str, mark: str = "") -> subprocess.Popen[bytes]:
    run = subprocess.Popen(
        [sys.executable, "-c", RUN, str(folder), str(data_dir)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PATH": path, MARK: mark},
    )
    assert run.stdout is not None
    run.stdout.readline()
    return run


def kill_one(run: subprocess.Popen[bytes], chance: random.Random) -> None:
    """The run itself, or one of the processes below it."""
    try:
        main = psutil.Process(run.pid)
        chance.choice([main, *main.children(recursive=True)]).kill()
    except psutil.NoSuchProcess:
        return


@dataclass(frozen=True, slots=True)
class Prepared:
    folder: Path  # in its second state
    before: Path  # the data of the first
    due: dict[str, list[object]]  # rows after a whole run
    path: str  # where programs are looked for
    seconds: float  # of a whole run


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    base = tmp_path_factory.mktemp("killed")
    folder, before, whole = base / "corpus", base / "before", base / "whole"
    corpus(folder)
    embedder = FakeEmbedder()
    ingest([folder], "essai", index=open_index(before, embedder), embedder=embedder, progress=SilentProgress())
    changed(folder)
    shutil.copytree(before, whole)
    path = with_slow_programs(base / "programs")
    begun = time.monotonic()
    with started(folder, whole, path) as run:
        assert run.wait() == 0
    return Prepared(folder, before, rows(whole), path, time.monotonic() - begun)


@pytest.mark.timeout(60 + 30 * KILLS)
def test_a_run_killed_anywhere_and_run_again_equals_an_uninterrupted_one(prepared: Prepared, tmp_path: Path) -> None:
    folder, due = prepared.folder, prepared.due
    assert len(due["versions"]) > 45
    chance = random.Random(20260101)
    for number in range(KILLS):
        data_dir = tmp_path / f"data-{number}"
        shutil.copytree(prepared.before, data_dir)
        embedder = FakeEmbedder()
        index = open_index(data_dir, embedder)
        moment, mark = chance.uniform(0, prepared.seconds), uuid.uuid4().hex
        with Searching(index) as searching:
            with started(folder, data_dir, prepared.path, mark) as run:
                time.sleep(moment)
                kill_one(run, chance)
                run.wait()
            left = outliving(mark)
            ingest(
                [folder],
                "essai",
                index=index,
                embedder=embedder,
                progress=SilentProgress(),
                options=Options(prune=True),
            )
        assert left == [], f"kill {number} after {moment:.2f} s"
        assert searching.searches > 0
        assert searching.wrong == []
        assert index.check() == []
        assert rows(data_dir) == due, f"kill {number} after {moment:.2f} s"
        index.close()
        shutil.rmtree(data_dir)
