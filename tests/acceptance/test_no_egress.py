"""Nothing leaves: the whole path runs with loopback only, and a tracer sees no connection but to loopback."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import files
from tests.acceptance.conftest import COLLECTION, ROOT, SAMPLE, environment
from tests.ingest.test_hostile import docx, word_xml

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.skipif(
        shutil.which("strace") is None or subprocess.run(["unshare", "-rn", "true"], check=False).returncode != 0,
        reason="needs strace and user namespaces",
    ),
]

_INET = re.compile(r"sa_family=AF_INET6?.*?inet_(?:addr|pton)\((?:AF_INET6?, )?\"([^\"]+)\"")
_SENDS = "trace=connect,sendto,sendmsg,sendmmsg"


def traced(script: str, log: Path, *, namespace: bool, env: dict[str, str] | None = None) -> tuple[int, set[str], str]:
    """Run a shell script under the tracer: exit status, every internet address it asked for, its output."""
    line = ["strace", "-f", "-qq", "-e", _SENDS, "-e", "signal=none", "-o", str(log), "bash", "-euc", script]
    if namespace:
        line = ["unshare", "-rn", "bash", "-euc", 'ip link set lo up; exec "$@"', "-", *line]
    done = subprocess.run(line, cwd=ROOT, env=env, capture_output=True, text=True, timeout=900, check=False)
    return done.returncode, addresses(log.read_text(errors="replace")), done.stdout + done.stderr


def addresses(trace: str) -> set[str]:
    return {match.group(1) for line in trace.splitlines() for match in _INET.finditer(line)}


def test_the_tracer_sees_a_connection_that_leaves(tmp_path: Path) -> None:
    """Positive control: a connection and a datagram to a documentation address (RFC 5737) are both on record."""
    script = f"""{sys.executable} - <<'CODE' || true
import socket
for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
    with socket.socket(socket.AF_INET, kind) as one:
        one.settimeout(0.2)
        try:
            one.connect(("192.0.2.7", 9)) if kind == socket.SOCK_STREAM else one.sendto(b"x", ("192.0.2.8", 9))
        except OSError:
            pass
CODE
"""
    _, seen, _ = traced(script, tmp_path / "trace", namespace=True)
    assert {"192.0.2.7", "192.0.2.8"} <= seen


def documents_that_beckon(folder: Path) -> Path:
    """Files that name an address outside, in each way that their format knows."""
    folder.mkdir()
    away = "http://192.0.2.9/x"
    (folder / "a.html").write_text(
        f'<html><head><base href="{away}"><link rel="stylesheet" href="{away}"><script src="{away}"></script></head>'
        f'<body><img src="{away}"><iframe src="{away}"></iframe><p>Bonjour.</p></body></html>'
    )
    (folder / "a.xml").write_text(
        f'<!DOCTYPE ead SYSTEM "{away}"><ead><archdesc><did><unittitle>Fonds</unittitle></did></archdesc></ead>'
    )
    (folder / "a.md").write_text(f"# Image\n\n![x]({away})\n")
    (folder / "a.rtf").write_text(r"{\rtf1 {\field{\*\fldinst INCLUDEPICTURE " + away + r"}} Bonjour.\par}")
    files.message(folder / "a.eml", attachments={"a.html": (folder / "a.html").read_bytes()})
    files.picture(folder / "a.png", "Bonjour la commune")
    relation = (
        '<Relationship Id="r9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"'
        f' Target="{away}" TargetMode="External"/>'
    )
    docx(folder / "a.docx", word_xml("Bonjour."), relation)
    files.zipped(folder / "a.zip", {"a.html": (folder / "a.html").read_bytes()})
    return folder


def test_from_ingest_to_page_only_loopback_is_asked(tmp_path: Path) -> None:
    """Ingest, search, ask in both languages, serve and fetch a page, where no other network exists."""
    port = 18599
    beckoning = documents_that_beckon(tmp_path / "beckoning")
    script = f"""
greffier() {{ {sys.executable} -m app.cli "$@"; }}
greffier ingest {SAMPLE / "documents"} --collection {COLLECTION} --json > {tmp_path}/ingest.json
greffier ingest {beckoning} --collection formats --json > {tmp_path}/formats.json
greffier search "horaires de la mairie" --json > {tmp_path}/search.json
greffier ask "Quel est le tarif de la cantine ?" --json > {tmp_path}/ask.json
greffier ask "What are the opening hours of the town hall?" --json > {tmp_path}/ask_en.json
{sys.executable} -m app.cli serve --port {port} & server=$!
trap 'kill $server' EXIT
{sys.executable} - <<'CODE'
import time, urllib.request
for attempt in range(200):
    try:
        assert urllib.request.urlopen("http://127.0.0.1:{port}/health", timeout=5).status == 200
        assert b"<html" in urllib.request.urlopen("http://127.0.0.1:{port}/", timeout=5).read().lower()
        break
    except OSError:
        time.sleep(0.5)
else:
    raise SystemExit("the page did not come up")
time.sleep(3)  # what a server asks for by itself, it asks for at its start
CODE
"""
    status, seen, output = traced(script, tmp_path / "trace", namespace=True, env=environment(tmp_path / "data"))
    assert status == 0, output
    assert seen
    assert {one for one in seen if not (one.startswith("127.") or one in {"::1", "::ffff:127.0.0.1"})} == set()
