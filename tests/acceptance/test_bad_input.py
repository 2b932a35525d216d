"""Bad input: a clear line for each, the exit code of the design, and the catalogue as it was."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.conftest import ROOT, Greffier, environment, json_of

pytestmark = pytest.mark.acceptance

GOOD = "# Horaires\n\nLa mairie ouvre à neuf heures du lundi au vendredi.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one good document."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "bon.md").write_text(GOOD, encoding="utf-8")
    return folder


def pdf(path: Path, password: str | None = None) -> None:
    from pypdf import PdfReader, PdfWriter
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(path))
    canvas.drawString(100, 700, "Le conseil municipal se réunit tous les deux mois.")
    canvas.save()
    if password:
        writer = PdfWriter(PdfReader(path))
        writer.encrypt(password, algorithm="AES-256")
        writer.write(path)


def ingest(greffier: Greffier, tmp_path: Path, *paths: Path | str) -> subprocess.CompletedProcess[str]:
    return greffier(tmp_path / "data", "ingest", *paths, "--collection", "essai", "--json")


def verdicts(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    return {file["path"]: file["verdict"] for file in json_of(done)["files"]}


def assert_sound(greffier: Greffier, tmp_path: Path) -> None:
    checked = greffier(tmp_path / "data", "check", "--json")
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("name", ["absent", "empty"])
def test_a_folder_that_is_absent_or_empty_is_wrong_usage(name: str, tmp_path: Path, greffier: Greffier) -> None:
    if name == "empty":
        (tmp_path / name).mkdir()
    done = ingest(greffier, tmp_path, tmp_path / name)
    assert done.returncode == 2
    assert name in done.stderr
    assert "Traceback" not in done.stderr


def test_a_bad_file_never_stops_the_run_and_is_named(folder: Path, tmp_path: Path, greffier: Greffier) -> None:
    pdf(folder / "tronque.pdf")
    whole = (folder / "tronque.pdf").read_bytes()
    (folder / "tronque.pdf").write_bytes(whole[: len(whole) // 3])
    pdf(folder / "protege.pdf", password="secret")
    (folder / "vide.txt").write_bytes(b"")
    (folder / "vide.pdf").write_bytes(b"")
    Path(os.fsdecode(bytes(folder) + b"/nom-\xe9t\xe9.md")).write_text(GOOD.replace("neuf", "dix"), encoding="utf-8")

    done = ingest(greffier, tmp_path, folder)

    assert done.returncode == 1
    files = {file["path"]: file for file in json_of(done)["files"]}
    assert files["bon.md"]["verdict"] == "added"
    for name in ("tronque.pdf", "protege.pdf", "vide.txt", "vide.pdf"):
        assert files[name]["verdict"] == "failed", name
        assert files[name]["reason"], name
        assert files[name]["remedy"], name
        assert name in done.stderr
    (broken_name,) = [name for name in files if name.startswith("nom-")]
    assert files[broken_name]["verdict"] == "added"
    assert len(files) == 6
    assert_sound(greffier, tmp_path)
    found = json_of(greffier(tmp_path / "data", "search", "dix heures", "--json"))["hits"]
    assert broken_name in {hit["document"]["path"] for hit in found}


@pytest.mark.skipif(shutil.which("setpriv") is None, reason="needs setpriv")
def test_a_file_that_may_not_be_read_is_named(folder: Path, tmp_path: Path) -> None:
    """Run without the right to override permissions, as an ordinary user."""
    (folder / "secret.md").write_text(GOOD, encoding="utf-8")
    (folder / "secret.md").chmod(0)
    line = [sys.executable, "-m", "app.cli", "ingest", str(folder), "--collection", "essai", "--json"]
    if os.geteuid() == 0:
        line = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search", "--inh-caps", "-all", *line]
    done = subprocess.run(
        line, cwd=ROOT, env=environment(tmp_path / "data"), capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 1, done.stderr
    assert verdicts(done) == {"bon.md": "added", "secret.md": "failed"}


def test_a_full_disk_says_so_and_leaves_the_catalogue_intact(folder: Path, tmp_path: Path, greffier: Greffier) -> None:
    """A tmpfs of a few megabytes, in a mount namespace of its own."""
    if subprocess.run(["unshare", "-rm", "true"], check=False).returncode != 0:
        pytest.skip("needs mount namespaces")
    text = "Le conseil municipal délibère sur le budget de la commune et vote les taux des impôts locaux.\n\n" * 900
    for number in range(100):  # the same passages over and over: much to store, little to embed
        (folder / f"{number:03}.txt").write_text(f"{text}Document {number}.\n", encoding="utf-8")
    small, kept = tmp_path / "small", tmp_path / "data"
    small.mkdir()
    script = f"""
mount -t tmpfs -o size=6m tmpfs {small}
{sys.executable} -m app.cli ingest {folder} --collection essai --json; status=$?
cp -r {small} {kept}
exit $status
"""
    done = subprocess.run(
        ["unshare", "-rm", "bash", "-c", script],
        cwd=ROOT,
        env=environment(small),
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 4, done.stderr
    assert "Traceback" not in done.stderr
    assert "disque" in done.stderr.lower()
    # With room again, the run goes on where it stopped.
    assert ingest(greffier, tmp_path, folder).returncode == 0
    assert_sound(greffier, tmp_path)
    summary = json_of(greffier(tmp_path / "data", "collections", "list", "--json"))["collections"]
    assert [one["documents"] for one in summary] == [101]
