"""An archivist's day: a folder that is watched, a report that is read, a file that is mended and tried again."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import files
from tests.acceptance.conftest import ROOT, Greffier, command, environment, free_port, json_of, wait_for
from tests.acceptance.test_browser import CHROMIUM, FLAGS

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.acceptance


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.3)


def test_a_watched_folder_is_ingested_as_it_changes(tmp_path: Path, greffier: Greffier) -> None:
    folder, data_dir = tmp_path / "corpus", tmp_path / "data"
    folder.mkdir()
    (folder / "a.md").write_text("# Lavoir\n\nLe lavoir ouvre en mai.")
    report = data_dir / "reports" / "essai" / "report.json"

    def verdicts() -> dict[str, str]:
        if not report.exists():
            return {}
        return {one["path"]: one["verdict"] for one in json.loads(report.read_text())["files"]}

    lines = tmp_path / "runs.jsonl"
    with lines.open("w") as output, subprocess.Popen(
        command("watch", str(folder), "--collection", "essai", "--prune", "--retry", "--json"),
        cwd=ROOT, env=environment(data_dir), stdout=output, stderr=subprocess.PIPE,
    ) as watching:  # fmt: skip
        try:
            until(lambda: verdicts() == {"a.md": "added"})
            files.message(folder / "b.eml", attachments={"c.md": b"Le pont est neuf."})
            (folder / "a.md").unlink()
            until(lambda: verdicts() == {"a.md": "removed", "b.eml": "added", "b.eml/c.md": "added"})
        finally:
            watching.send_signal(signal.SIGINT)
            assert watching.wait(30) == 130
        assert watching.stderr is not None
        assert b"Retrait des documents dont le fichier a disparu : 1 (a.md)" in watching.stderr.read()
    runs = [json.loads(line) for line in lines.read_text().splitlines()]
    assert [runs[0]["added"], runs[-1]["removed"], runs[-1]["paths"]] == [1, 1, [str(folder)]]
    found = json_of(greffier(data_dir, "search", "pont neuf", "--json"))["hits"]
    assert found[0]["document"]["path"] == "b.eml/c.md"


def test_a_folder_that_is_not_there_cannot_be_watched(tmp_path: Path, greffier: Greffier) -> None:
    done = greffier(tmp_path / "data", "watch", tmp_path / "absent", "--collection", "essai")
    assert done.returncode == 2
    assert "absent" in done.stderr


@pytest.mark.skipif(CHROMIUM is None, reason="needs chromium")
def test_a_quarantined_file_is_mended_and_tried_again_from_the_page(tmp_path: Path, greffier: Greffier) -> None:
    from playwright.sync_api import sync_playwright

    folder, data_dir = tmp_path / "corpus", tmp_path / "data"
    folder.mkdir()
    (folder / "bon.md").write_text("# Lavoir\n\nLe lavoir ouvre en mai.")
    (folder / "<b>casse.pptx").write_bytes(b"PK rien")
    assert greffier(data_dir, "ingest", folder, "--collection", "essai").returncode == 1
    other = tmp_path / "autre.md"
    other.write_text("# Pont\n\nLe pont est neuf.")
    assert (
        greffier(data_dir, "ingest", other, "--collection", "essai").returncode == 0
    )  # and is forgotten by its report
    port = free_port()
    with (
        subprocess.Popen(
            command("serve", "--port", str(port)), cwd=ROOT, env=environment(data_dir), stdout=subprocess.DEVNULL
        ) as server,
        sync_playwright() as playwright,
    ):
        try:
            wait_for(f"http://127.0.0.1:{port}/health", server)
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            mend_and_try_again(browser.new_page(), f"http://127.0.0.1:{port}/?view=report", folder)
            browser.close()
        finally:
            server.terminate()
    assert json_of(greffier(data_dir, "search", "chantiers", "--json"))["hits"][0]["page"] == 1


def mend_and_try_again(page: Page, address: str, folder: Path) -> None:
    page.goto(address)
    quarantined = page.locator(".g-quotation", has_text="<b>casse.pptx")
    quarantined.wait_for(timeout=90_000)
    assert "endommagé" in quarantined.inner_text()
    mended = files.slides(folder.parent / "mended.pptx", ("Bilan", ["Douze chantiers"]))
    shutil.move(mended, folder / "<b>casse.pptx")
    page.get_by_role("button", name="Réessayer").click()
    page.locator(".g-totals", has_text="en quarantaine").wait_for(state="detached", timeout=90_000)
    assert page.locator(".g-totals", has_text="ajoutés").count() == 1
