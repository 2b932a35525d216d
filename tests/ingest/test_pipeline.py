"""Runs of ingestion: what changed is read, what did not is not, and a killed run is simply run again."""

from __future__ import annotations

import os
import threading
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import psutil
import pytest

from index.records import ALL, Filter
from ingest.errors import BadCollectionName, EmptyFolder, NoSuchFolder
from ingest.isolate import IsolatedReader
from ingest.pipeline import Options, check_wanted, ingest
from ingest.progress import LineProgress, SilentProgress
from tests import files
from tests.ingest.bench import Bench
from tests.makers import found_texts


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
    with pytest.raises(NoSuchFolder):
        check_wanted([bench.folder, tmp_path / "absent"], "essai")
    with pytest.raises(BadCollectionName):
        check_wanted([bench.folder], "../évasion")
    check_wanted([bench.folder, bench.folder / "a.md"], "essai")
    assert bench.index.counter() == counter


def test_the_json_of_a_report_names_every_file_once(bench: Bench) -> None:
    bench.write("vide.md", "")
    document = bench.run().as_json(lambda code, parameters: (code, "remède"))
    assert (document["added"], document["failed"], document["unchanged"]) == (2, 1, 0)
    assert [file["path"] for file in document["files"]] == ["a.md", "b/c.txt", "vide.md"]
    assert document["files"][2]["reason"] == "ingest.empty_file"


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


def test_what_containers_hold_are_documents_of_their_own(bench: Bench) -> None:
    files.message(bench.folder / "mail.eml", attachments={"plan.md": b"Le plan du lavoir."})
    files.zipped(bench.folder / "lot.zip", {"a/b.md": "Le lavoir.", "c.zip": files.zipped_bytes({"d.md": "Lavoir."})})
    verdicts = bench.verdicts()
    assert {path for path in verdicts if "/" in path and path != "b/c.txt"} == {
        "mail.eml/plan.md", "lot.zip/a/b.md", "lot.zip/c.zip", "lot.zip/c.zip/d.md",
    }  # fmt: skip
    assert bench.found("lavoir") == {"mail.eml/plan.md", "lot.zip/a/b.md", "lot.zip/c.zip/d.md"}
    counter = bench.index.counter()
    assert bench.verdicts() == dict.fromkeys(verdicts, "unchanged")
    assert bench.index.counter() == counter
    assert not (bench.index.data_dir / "spool").exists()


def test_a_container_that_changed_changes_what_changed_in_it(bench: Bench) -> None:
    files.zipped(bench.folder / "lot.zip", {"a.md": "Un.", "b.md": "Deux.", "c.md": "Trois."})
    bench.run()
    files.zipped(bench.folder / "lot.zip", {"a.md": "Un.", "b.md": "Deux bis.", "d.md": "Trois."})
    verdicts = {path: verdict for path, verdict in bench.verdicts(prune=True).items() if path.startswith("lot")}
    assert verdicts == {
        "lot.zip": "changed", "lot.zip/a.md": "unchanged", "lot.zip/b.md": "changed", "lot.zip/d.md": "moved",
    }  # fmt: skip


def test_a_container_that_moved_moves_what_it_holds(bench: Bench) -> None:
    files.zipped(bench.folder / "lot.zip", {"a.md": "Un.", "b.md": "Deux."})
    bench.run()
    (bench.folder / "lot.zip").rename(bench.folder / "b" / "lot.zip")
    verdicts = {path: verdict for path, verdict in bench.verdicts().items() if "lot" in path}
    assert verdicts == dict.fromkeys(("b/lot.zip", "b/lot.zip/a.md", "b/lot.zip/b.md"), "moved")
    assert bench.embedder.embedded == 0
    assert set(bench.verdicts().values()) == {"unchanged"}


def test_quarantine_is_kept_without_reading_until_asked_or_until_the_file_changes(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.write("a.docx", "pas un docx")
    assert bench.verdicts()["a.docx"] == "failed"
    with monkeypatch.context() as patch:
        patch.setattr("ingest.isolate.IsolatedReader.read", lambda *_: pytest.fail("read"))
        report = bench.run()
    assert {one.path: one.code for one in report.files if one.verdict == "failed"} == {"a.docx": "ingest.broken_file"}
    read: list[Path] = []
    real = IsolatedReader.read
    monkeypatch.setattr(IsolatedReader, "read", lambda self, path: read.append(path) or real(self, path))
    bench.run(again="failed")
    assert [path.name for path in read] == ["a.docx"]
    monkeypatch.setattr("ingest.settled.toolset", lambda: "others")
    bench.run()
    assert [path.name for path in read] == ["a.docx"] * 2
    bench.run(again="all")
    assert len(read) == 5


def test_quarantine_within_a_container_is_tried_again_too(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    files.zipped(bench.folder / "lot.zip", {"a.docx": "pas un docx", "b.md": "Bien."})
    first = bench.verdicts()
    assert (first["lot.zip/a.docx"], first["lot.zip/b.md"]) == ("failed", "added")
    monkeypatch.setattr("ingest.isolate.IsolatedReader.expand", lambda *_: pytest.fail("expanded"))
    assert bench.verdicts()["lot.zip/a.docx"] == "failed"
    monkeypatch.undo()
    again = bench.verdicts(again="failed")
    assert (again["lot.zip/a.docx"], again["lot.zip/b.md"]) == ("failed", "unchanged")


def test_the_same_content_under_two_paths_is_embedded_once_and_told(bench: Bench) -> None:
    text = "# Titre\n\n" + "Une phrase sur la commune. " * 60
    bench.write("x/original.md", text)
    bench.write("y/copie.md", text)
    report = bench.run()
    copies = {one.path: one.duplicate_of for one in report.files if one.duplicate_of}
    assert copies in ({"y/copie.md": "x/original.md"}, {"x/original.md": "y/copie.md"})
    assert bench.embedder.embedded == 2 + max(one.passages for one in report.files)


def test_what_is_stated_is_metadata_and_filters_apply_inside_search(bench: Bench) -> None:
    bench.write("collection.toml", '[files."a.md"]\nservice = "Scolaire"\nin_force_until = 2024-06-30\n')
    bench.write("d.md", "# Cantine\n\nLe repas coûte 4 euros.")
    assert "collection.toml" not in bench.verdicts()
    assert bench.found("repas") == {"a.md", "d.md"}
    assert bench.found("repas", Filter(in_force_on="2025-01-01")) == {"d.md"}
    assert bench.found("repas", Filter(in_force_on="2024-01-01")) == {"a.md", "d.md"}
    assert bench.found("repas", Filter(service="scolaire")) == {"a.md"}
    assert bench.found("repas", Filter(media_types=frozenset({"text/plain"}))) == set()
    assert bench.found("repas", Filter(documents=frozenset({"d.md"}))) == {"d.md"}
    [hit] = bench.index.search("repas", None, collections={"essai"}, only=Filter(service="Scolaire"))
    assert not hit.document.in_force(date(2024, 7, 1))
    assert hit.document.in_force(date(2024, 6, 30))


def test_a_statement_that_changes_is_taken_up_without_embedding(bench: Bench) -> None:
    bench.run()
    bench.write("collection.toml", 'service = "Accueil"\n')
    assert bench.verdicts() == {"a.md": "changed", "b/c.txt": "changed"}
    assert bench.embedder.embedded == 0
    assert bench.found("repas", Filter(service="Accueil")) == {"a.md"}
    bench.write("collection.toml", "service = ")
    verdicts = bench.verdicts()
    assert verdicts == {"a.md": "unchanged", "b/c.txt": "unchanged", "collection.toml": "failed"}
    assert bench.found("repas", Filter(service="Accueil")) == {"a.md"}


def test_a_filter_shows_nothing_of_other_collections(bench: Bench) -> None:
    bench.write("collection.toml", 'service = "Accueil"\n')
    bench.run(collection="secret")
    bench.run()
    for only in (ALL, Filter(service="Accueil")):
        found = bench.index.search("repas", None, collections={"essai"}, only=only)
        assert {hit.document.collection for hit in found} == {"essai"}
    assert bench.index.search("repas", None, collections=set(), only=Filter(service="Accueil")) == []


def test_a_superseded_version_stays_citable_and_out_of_search(bench: Bench) -> None:
    bench.run()
    [before] = bench.index.search("repas", None, collections={"essai"})
    bench.write("a.md", "# Cantine\n\nLe repas coûte 9 euros.")
    bench.run()
    page = bench.index.source_page("essai", before.document.sha256, before.page)
    assert page is not None
    assert page.superseded
    assert page.page.text[before.start : before.end] == before.text
    assert "9 euros" in found_texts(bench.index, "repas")[0]


def test_an_error_in_the_midst_of_a_run_ends_it_and_its_children(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(60):
        bench.write(f"{number}.md", f"# Titre {number}\n\n" + "Une phrase. " * 500)
    monkeypatch.setattr(bench.embedder, "embed", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        bench.run()
    assert [one for one in threading.enumerate() if one.name == "reader"] == []
    assert [one for one in psutil.Process().children() if "ingest.child" in one.cmdline()] == []
    monkeypatch.undo()
    assert len(bench.verdicts()) == 62


def test_what_cannot_be_opened_now_is_not_gone_even_when_pruning(bench: Bench) -> None:
    files.zipped(bench.folder / "lot.zip", {"a.md": "Le lavoir."})
    bench.run()
    whole = (bench.folder / "lot.zip").read_bytes()
    (bench.folder / "lot.zip").write_bytes(whole[:30])
    verdicts = bench.verdicts(prune=True)
    assert (verdicts["lot.zip"], verdicts["lot.zip/a.md"]) == ("failed", "unchanged")
    assert bench.found("lavoir") == {"lot.zip/a.md"}


def test_files_of_a_folder_that_may_not_be_read_are_not_gone(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.run()
    real = os.scandir

    def scandir(path: Any) -> Any:
        if str(path).endswith("/b"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert bench.verdicts(prune=True) == {"a.md": "unchanged", "b": "failed", "b/c.txt": "unchanged"}
