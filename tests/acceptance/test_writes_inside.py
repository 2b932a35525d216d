"""Nothing is written outside the data directory: a tracer sees each file that a run makes or opens to write."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests import files
from tests.acceptance.conftest import ROOT, command, environment
from tests.acceptance.test_no_egress import documents_that_beckon

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace (make tools)"),
]

_CALLS = "trace=openat,open,creat,mkdir,mkdirat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,mknod,mknodat"
_PATH = re.compile(r'(?:(?:AT_FDCWD|\d+)<([^>]*)>, )?"((?:[^"\\]|\\.)*)"')
_OPENS = re.compile(r"\bopen(?:at)?\(")
_TO_WRITE = re.compile(r"O_(?:WRONLY|RDWR|CREAT|TRUNC|TMPFILE)")
_HARMLESS = ("/dev/", "/proc/")


def written(trace: str) -> set[str]:
    """Paths that were made, renamed, or opened to be written."""
    found: set[str] = set()
    for line in trace.splitlines():
        if " = -1 " in line or (_OPENS.search(line) and not _TO_WRITE.search(line)):
            continue
        found |= {os.path.normpath(Path(folder or "/", path)) for folder, path in _PATH.findall(line)}
    return {one for one in found if not one.startswith(_HARMLESS)}


def traced(log: Path, *line: str, env: dict[str, str] | None = None) -> set[str]:
    subprocess.run(
        ["strace", "-f", "-qq", "-y", "-s", "4096", "-e", _CALLS, "-e", "signal=none", "-o", str(log), *line],
        cwd=ROOT, env=env, capture_output=True, timeout=900, check=False,
    )  # fmt: skip
    return written(log.read_text(errors="replace"))


def test_the_tracer_sees_what_is_written(tmp_path: Path) -> None:
    """Positive control: a file that is made, and one that is renamed to a place below another folder."""
    script = f"mkdir {tmp_path}/b; echo x > {tmp_path}/a; mv {tmp_path}/a {tmp_path}/b/c"
    assert {f"{tmp_path}/b", f"{tmp_path}/a", f"{tmp_path}/b/c"} <= traced(tmp_path / "trace", "bash", "-c", script)


def test_a_run_of_ingestion_writes_into_the_data_directory_only(tmp_path: Path) -> None:
    corpus = documents_that_beckon(tmp_path / "corpus")
    files.zipped(corpus / "paths.zip", {"../../out.md": "dehors", "/abs.md": "dehors", "in/../../up.md": "dehors"})
    files.scanned_pdf(corpus / "scan.pdf", [["La salle des fêtes est louée."]])
    files.workbook(corpus / "a.xlsx", {"Feuille": [["Nom", "Rue"], ["Perrot", "Haute"]]})
    (corpus / "bad.pdf").write_bytes(b"%PDF-1.7 broken")
    (corpus / "old.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    before = {one: one.stat().st_mtime_ns for one in corpus.rglob("*")}
    data_dir = tmp_path / "data"
    env = {**environment(data_dir), "PYTHONDONTWRITEBYTECODE": "1"}
    line = command("ingest", str(corpus), "--collection", "essai", "--json")
    wrote = traced(tmp_path / "trace", *line, env=env)
    assert len([one for one in wrote if one.startswith(str(data_dir))]) > 10
    assert {one for one in wrote if not one.startswith(str(data_dir))} == set()
    assert {one: one.stat().st_mtime_ns for one in corpus.rglob("*")} == before
