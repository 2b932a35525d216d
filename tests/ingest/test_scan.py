"""What one run knows of the one before: failures, renames, copies, containers, files that change meanwhile."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from index.records import Filter
from ingest.isolate import IsolatedReader
from ingest.walk import Found
from tests import files
from tests.ingest.bench import Bench


def test_a_document_whose_file_failed_and_then_went_is_missing_until_it_is_pruned(bench: Bench) -> None:
    bench.run()
    bench.write("a.md", "")
    bench.write("jamais.md", "")
    assert bench.verdicts() == {"a.md": "failed", "b/c.txt": "unchanged", "jamais.md": "failed"}
    (bench.folder / "a.md").unlink()
    (bench.folder / "jamais.md").unlink()
    assert bench.verdicts() == {"a.md": "missing", "b/c.txt": "unchanged"}
    assert bench.found("repas") == {"a.md"}
    assert bench.verdicts(prune=True) == {"a.md": "removed", "b/c.txt": "unchanged"}
    assert bench.found("repas") == set()


def test_a_file_that_is_good_again_is_changed(bench: Bench) -> None:
    bench.run()
    text = (bench.folder / "a.md").read_text()
    bench.write("a.md", "")
    bench.run()
    bench.write("a.md", text)
    assert bench.verdicts()["a.md"] == "changed"


def test_a_quarantined_file_that_was_only_touched_stays_in_quarantine(bench: Bench) -> None:
    bench.write("a.docx", "pas un docx")
    bench.run()
    os.utime(bench.folder / "a.docx", ns=(1, 1))
    assert bench.files()["a.docx"].code == "ingest.broken_file"
    assert bench.files()["a.docx"].code == "ingest.broken_file"


def written_to(path: Path, texts: list[str], real: Callable[..., Any]) -> Callable[..., Any]:
    """A reader beside which somebody writes: after each reading, the next text."""

    def read(reader: IsolatedReader, file: Path) -> Any:
        extracted = real(reader, file)
        if file == path and texts:
            path.write_text(texts.pop(0))
        return extracted

    return read


def test_a_file_that_is_written_to_while_it_is_read_is_read_once_more(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = bench.folder / "a.md"
    monkeypatch.setattr(IsolatedReader, "read", written_to(path, ["Le lavoir."], IsolatedReader.read))
    assert bench.verdicts()["a.md"] == "added"
    [hit] = bench.index.search("lavoir", None, collections={"essai"})
    assert hit.document.sha256 == Found(path, "a.md", "").hashed().sha256
    assert bench.verdicts()["a.md"] == "unchanged"


def test_a_file_that_is_written_to_again_and_again_is_left_to_the_next_run(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = bench.folder / "a.md"
    monkeypatch.setattr(IsolatedReader, "read", written_to(path, ["Un.", "Deux."], IsolatedReader.read))
    assert bench.files()["a.md"].code == "ingest.changed_meanwhile"
    assert bench.verdicts()["a.md"] == "added"


@pytest.mark.parametrize("name", ["lot.zip", "mail.eml"])
def test_a_container_that_goes_before_it_is_unpacked_costs_only_itself(
    name: str, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.zipped(bench.folder / "lot.zip", {"a.md": "Un."})
    files.message(bench.folder / "mail.eml", attachments={"plan.md": b"Le plan."})
    real = Found.hashed

    def hashed(one: Found) -> Found:
        found = real(one)
        if one.name == name:
            one.path.unlink()
        return found

    monkeypatch.setattr(Found, "hashed", hashed)
    report = bench.files()
    assert (report[name].verdict, report[name].code) == ("failed", "ingest.unreadable")
    assert report["a.md"].verdict == "added"


def test_a_member_that_left_its_archive_is_missing_without_unpacking_it_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.zipped(bench.folder / "lot.zip", {"un.md": "Un lavoir.", "deux.md": "Deux lavoirs."})
    bench.run()
    files.zipped(bench.folder / "lot.zip", {"deux.md": "Deux lavoirs."})
    assert bench.verdicts()["lot.zip/un.md"] == "missing"
    with monkeypatch.context() as patch:
        patch.setattr(IsolatedReader, "expand", lambda *_: pytest.fail("expanded"))
        verdicts = bench.verdicts()
    assert {path: verdict for path, verdict in verdicts.items() if "lot" in path} == {
        "lot.zip": "unchanged", "lot.zip/deux.md": "unchanged", "lot.zip/un.md": "missing",
    }  # fmt: skip
    files.zipped(bench.folder / "lot.zip", {"un.md": "Un lavoir.", "deux.md": "Deux lavoirs."})
    assert bench.verdicts()["lot.zip/un.md"] == "unchanged"
    files.zipped(bench.folder / "lot.zip", {"deux.md": "Deux lavoirs."})
    assert bench.verdicts(prune=True)["lot.zip/un.md"] == "removed"


def test_what_all_levels_of_an_archive_unpack_to_is_limited_together(bench: Bench) -> None:
    text = "Le lavoir. " * 20_000  # 220 kB
    inner = {name: files.zipped_bytes({"t.md": f"{name} {text}"}) for name in ("un.zip", "deux.zip")}
    files.zipped(bench.folder / "lot.zip", inner)
    assert {one.verdict for one in bench.run().files} == {"added"}
    bench.run(prune=True, again="all")
    report = bench.files(again="all", most_bytes=300_000)
    codes = {path: one.code for path, one in report.items() if one.code}
    assert codes == {"lot.zip/deux.zip": "ingest.too_large"}


def test_unpacked_files_are_removed_once_they_are_not_needed(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    files.zipped(bench.folder / "lot.zip", {"un.md": "Un.", "dans.zip": files.zipped_bytes({"deux.md": "Deux."})})
    left: list[Path] = []
    publish = bench.index.publish

    def published() -> None:
        left.extend(path for path in (bench.index.data_dir / "spool").rglob("held-*/*") if path.is_file())
        publish()

    monkeypatch.setattr(bench.index, "publish", published)
    bench.run()
    bench.run(again="all")
    files.zipped(bench.folder / "lot.zip", {"trois.md": "Un.", "quatre.md": "Deux."})
    bench.run()
    assert left == []
    assert (bench.folder / "lot.zip").exists()


def test_names_that_pass_from_file_to_file_are_moves(bench: Bench) -> None:
    bench.write("b.md", "# Voirie\n\nLe lavoir est fermé.")
    bench.run()
    (bench.folder / "a.md").rename(bench.folder / "c.md")
    (bench.folder / "b.md").rename(bench.folder / "a.md")
    assert bench.verdicts() == {"a.md": "moved", "b/c.txt": "unchanged", "c.md": "added"}
    assert (bench.found("lavoir"), bench.found("repas")) == ({"a.md"}, {"c.md"})
    assert set(bench.verdicts().values()) == {"unchanged"}
    assert bench.index.check() == []


def test_a_file_renamed_to_another_suffix_is_read_again(bench: Bench) -> None:
    bench.run()
    (bench.folder / "a.md").rename(bench.folder / "a.txt")
    assert bench.verdicts() == {"a.txt": "moved", "b/c.txt": "unchanged"}
    assert bench.found("repas", Filter(media_types=frozenset({"text/plain"}))) == {"a.txt"}
    assert set(bench.verdicts().values()) == {"unchanged"}


def test_a_title_that_was_the_name_of_the_file_follows_it(bench: Bench) -> None:
    bench.run()
    (bench.folder / "b" / "c.txt").rename(bench.folder / "horaires.txt")
    assert bench.verdicts() == {"a.md": "unchanged", "horaires.txt": "moved"}
    [hit] = bench.index.search("médiathèque", None, collections={"essai"})
    assert hit.document.title == "horaires"


def test_a_copy_is_told_by_every_run(bench: Bench) -> None:
    bench.write("z.md", (bench.folder / "a.md").read_text())
    told = [{path: one.duplicate_of for path, one in bench.files().items() if one.duplicate_of} for _ in range(3)]
    assert all(len(one) == 1 for one in told)
    assert told[1] == told[2] == {"z.md": "a.md"}


@pytest.mark.parametrize("warning", ["ingest.page_not_recognised:3:ingest.too_slow", "ingest.members_unread"])
def test_what_was_read_in_part_is_tried_again_when_asked(
    warning: str, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    real = IsolatedReader.read
    read: list[str] = []

    def warned(reader: IsolatedReader, path: Path) -> Any:
        read.append(path.name)
        return replace(real(reader, path), warnings=(warning,))

    monkeypatch.setattr(IsolatedReader, "read", warned)
    bench.run()
    bench.run()
    assert sorted(read) == ["a.md", "c.txt"]
    bench.run(again="failed")
    assert sorted(read) == ["a.md", "a.md", "c.txt", "c.txt"]


def test_what_was_stated_stays_while_its_file_has_an_error(bench: Bench) -> None:
    bench.write("collection.toml", 'service = "Accueil"\n')
    bench.run()
    bench.write("collection.toml", "service = ")
    bench.write("a.md", "# Cantine\n\nLe repas coûte 4 euros.")
    (bench.folder / "b" / "c.txt").rename(bench.folder / "c.txt")
    assert bench.verdicts() == {"a.md": "changed", "c.txt": "moved", "collection.toml": "failed"}
    assert bench.found("repas", Filter(service="Accueil")) == {"a.md"}
    assert bench.found("médiathèque", Filter(service="Accueil")) == {"c.txt"}
    counter = bench.index.counter()
    assert set(bench.verdicts().values()) == {"unchanged", "failed"}
    assert bench.index.counter() == counter
    bench.write("collection.toml", 'service = "Scolaire"\n')
    assert bench.verdicts() == {"a.md": "changed", "c.txt": "changed"}
    assert bench.found("repas", Filter(service="Scolaire")) == {"a.md"}


def test_a_pattern_without_a_file_is_told(bench: Bench) -> None:
    bench.write("collection.toml", '[files."a.pdf"]\nservice = "Accueil"\n[files."b/*"]\nservice = "Scolaire"\n')
    one = bench.files()["collection.toml"]
    assert (one.verdict, one.code, one.parameters) == ("skipped", "ingest.unused_pattern", {"pattern": "a.pdf"})


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="needs tesseract (make tools)")
def test_a_statement_that_changes_recognises_nothing_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    files.scanned_pdf(bench.folder / "scan.pdf", ["Page de texte.", ["La salle des fêtes."], ["Le lavoir."]])
    before = bench.files()["scan.pdf"].page_confidences
    assert [page for page, _ in before] == [2, 3]
    bench.write("collection.toml", 'service = "Accueil"\n')
    with monkeypatch.context() as patch:
        patch.setattr(IsolatedReader, "recognise", lambda *_: pytest.fail("recognised"))
        report = bench.files()["scan.pdf"]
    assert (report.verdict, report.page_confidences) == ("changed", before)
    assert bench.found("lavoir", Filter(service="Accueil")) == {"scan.pdf"}
    pages = []
    real = IsolatedReader.recognise
    monkeypatch.setattr(IsolatedReader, "recognise", lambda *asked: pages.append(asked[2]) or real(*asked))
    bench.run(again="all")
    assert pages == [2, 3]
