"""Runs of ingestion: what changed is read, what did not is not, and a killed run is simply run again."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from index.store import Index
from ingest.errors import BadCollectionName, EmptyFolder, NoSuchFolder
from ingest.pipeline import Options, ingest
from ingest.progress import LineProgress, SilentProgress
from ingest.report import Report
from ingest.scan import Again
from tests.fakes import FakeEmbedder
from tests.makers import found_texts, open_index


class Bench:
    """A folder, an index beside it, and runs."""

    def __init__(self, base: Path) -> None:
        self.folder = base / "corpus"
        self.folder.mkdir()
        self.embedder = FakeEmbedder()
        self.index: Index = open_index(base / "data", self.embedder)

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def run(self, *, prune: bool = False, again: Again = "nothing", collection: str = "essai") -> Report:
        self.embedder.embedded = 0
        return ingest(
            [self.folder], collection, index=self.index, embedder=self.embedder, progress=SilentProgress(),
            options=Options(prune=prune, again=again, workers=2),
        )  # fmt: skip

    def verdicts(self, **options: Any) -> dict[str, str]:
        return {one.path: one.verdict for one in self.run(**options).files}


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    bench = Bench(tmp_path)
    bench.write("a.md", "# Cantine\n\nLe repas coûte 3,85 euros.")
    bench.write("b/c.txt", "La médiathèque ouvre le mardi.")
    return bench


def test_a_first_run_takes_everything_and_makes_it_searchable(bench: Bench) -> None:
    report = bench.run()
    assert Counter(one.verdict for one in report.files) == {"added": 2}
    assert found_texts(bench.index, "médiathèque")[0] == "La médiathèque ouvre le mardi."


def test_an_unchanged_second_run_embeds_nothing_reads_nothing_hashes_nothing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.run()
    monkeypatch.setattr("ingest.isolate.IsolatedReader.read", lambda *_: pytest.fail("read"))
    monkeypatch.setattr("ingest.walk.Found.hashed", lambda *_: pytest.fail("hashed"))
    counter = bench.index.counter()
    assert set(bench.verdicts().values()) == {"unchanged"}
    assert bench.embedder.embedded == 0
    assert bench.index.counter() == counter


def test_a_change_embeds_only_the_passages_that_changed(bench: Bench) -> None:
    sections = [f"# Titre {number}\n\n" + f"Paragraphe {number} sur la commune. " * 20 for number in range(6)]
    bench.write("long.md", "\n\n".join(sections))
    bench.run()
    bench.write("long.md", "\n\n".join([*sections[:5], "# Titre 5\n\nTout autre chose."]))
    assert bench.verdicts() == {"a.md": "unchanged", "b/c.txt": "unchanged", "long.md": "changed"}
    assert bench.embedder.embedded == 1


def test_a_touched_file_is_unchanged_and_is_not_hashed_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.run()
    os.utime(bench.folder / "a.md", ns=(1, 1))
    assert bench.verdicts()["a.md"] == "unchanged"
    monkeypatch.setattr("ingest.walk.Found.hashed", lambda *_: pytest.fail("hashed"))
    assert bench.verdicts()["a.md"] == "unchanged"


def test_a_moved_file_is_moved_without_work(bench: Bench) -> None:
    bench.run()
    (bench.folder / "a.md").rename(bench.folder / "b" / "z.md")
    assert bench.verdicts() == {"b/c.txt": "unchanged", "b/z.md": "moved"}
    assert bench.embedder.embedded == 0
    assert {hit.document.path for hit in bench.index.search("repas", None, collections={"essai"})} == {"b/z.md"}


def test_a_file_that_is_gone_stays_until_it_is_pruned(bench: Bench) -> None:
    bench.run()
    (bench.folder / "a.md").unlink()
    report = bench.run()
    assert {one.path: one.verdict for one in report.files} == {"a.md": "missing", "b/c.txt": "unchanged"}
    assert found_texts(bench.index, "repas")
    assert bench.verdicts(prune=True) == {"a.md": "removed", "b/c.txt": "unchanged"}
    assert not any("repas" in text for text in found_texts(bench.index, "repas"))
    assert bench.verdicts() == {"b/c.txt": "unchanged"}


def test_another_folder_of_the_collection_is_not_gone(bench: Bench, tmp_path: Path) -> None:
    bench.run()
    other = tmp_path / "autre"
    other.mkdir()
    (other / "d.md").write_text("Le marché.")
    report = ingest(
        [other],
        "essai",
        index=bench.index,
        embedder=bench.embedder,
        progress=SilentProgress(),
        options=Options(prune=True),
    )
    assert {one.path: one.verdict for one in report.files} == {"d.md": "added"}


def test_a_failure_does_not_stop_a_run_and_is_tried_again(bench: Bench) -> None:
    bench.write("vide.md", "")
    assert bench.verdicts()["vide.md"] == "failed"
    assert bench.verdicts()["vide.md"] == "failed"
    bench.write("vide.md", "Plus maintenant.")
    assert bench.verdicts()["vide.md"] == "added"


def test_a_format_that_is_not_read_is_reported_as_skipped(bench: Bench) -> None:
    bench.write("plan.dwg", "x")
    bench.write(".cache", "x")
    bench.write("~$a.docx", "x")
    report = bench.run()
    assert {one.path: one.code for one in report.files if one.verdict == "skipped"} == {
        "plan.dwg": "ingest.unsupported"
    }


def test_a_link_out_of_the_folder_is_not_followed(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("SECRET")
    (bench.folder / "lien.md").symlink_to(tmp_path / "secret.md")
    assert bench.verdicts()["lien.md"] == "failed"


def test_wrong_usage_is_refused_before_anything_is_touched(bench: Bench, tmp_path: Path) -> None:
    bench.run()
    counter = bench.index.counter()
    (tmp_path / "vide").mkdir()
    for folder, failure in ((tmp_path / "absent", NoSuchFolder), (tmp_path / "vide", EmptyFolder)):
        with pytest.raises(failure):
            ingest([folder], "essai", index=bench.index, embedder=bench.embedder, progress=SilentProgress())
    with pytest.raises(BadCollectionName):
        bench.run(collection="../évasion")
    assert bench.index.counter() == counter


def test_the_json_of_a_report_names_every_file_once(bench: Bench) -> None:
    bench.write("vide.md", "")
    document = bench.run().as_json(lambda code, parameters: (code, "remède"))
    assert (document["added"], document["failed"], document["unchanged"]) == (2, 1, 0)
    assert [file["path"] for file in document["files"]] == ["a.md", "b/c.txt", "vide.md"]
    assert document["files"][2]["reason"] == "ingest.empty_file"


KILLED = """
import sys
from pathlib import Path
from ingest.pipeline import Options, ingest
from ingest.progress import SilentProgress
from tests.fakes import FakeEmbedder
from tests.makers import open_index
embedder = FakeEmbedder()
print("go", flush=True)
ingest([Path(sys.argv[1])], "essai", index=open_index(Path(sys.argv[2]), embedder), embedder=embedder,
       progress=SilentProgress())
"""


def rows(data_dir: Path) -> dict[str, list[object]]:
    """The catalogue without its times and numbers."""
    with sqlite3.connect(data_dir / "catalogue.sqlite3") as database:
        return {
            "passages": sorted(
                database.execute(
                    "select d.path, v.sha256, p.page, p.start, p.end, p.heading, p.text, p.digest from passages p"
                    " join versions v on v.id = p.version_id join documents d on d.id = v.document_id"
                )
            ),
            "sources": sorted(database.execute("select path, sha256, size, pages, passages, failure from sources")),
            "embeddings": sorted(database.execute("select digest, vector from embeddings")),
        }


@pytest.mark.parametrize("delay", [0.15, 0.4, 0.6, 0.9])
def test_a_killed_run_run_again_equals_an_uninterrupted_one(delay: float, tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    folder.mkdir()
    for number in range(120):
        (folder / f"{number:03}.md").write_text(f"# Document {number}\n\n" + f"Le paragraphe {number} compte. " * 60)
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(folder), str(tmp_path / "killed")], stdout=subprocess.PIPE
    ) as run:
        assert run.stdout is not None
        run.stdout.readline()
        threading.Event().wait(delay)
        run.kill()
    for name in ("killed", "whole"):
        embedder = FakeEmbedder()
        index = open_index(tmp_path / name, embedder)
        ingest([folder], "essai", index=index, embedder=embedder, progress=SilentProgress())
        assert index.check() == []
    assert rows(tmp_path / "killed") == rows(tmp_path / "whole")


def test_lines_of_progress_tell_share_rate_and_time_left(capsys: pytest.CaptureFixture[str]) -> None:
    import io

    stream = io.StringIO()
    progress = LineProgress(stream)
    progress.begin(4, 100)
    progress._told -= 60
    progress._started -= 60
    progress.embedded(120)
    progress._told -= 60
    progress.read("a.md", 25)
    lines = stream.getvalue().splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("1/4  25%  120 passages  2/s  -18")
