"""Real parts, driven as a user drives them: the command line in child processes, over the sample corpus."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "app" / "sample"
COLLECTION = "saint-aubin"

Greffier = Callable[..., subprocess.CompletedProcess[str]]


def environment(data_dir: Path) -> dict[str, str]:
    return {**os.environ, "GREFFIER_DATA_DIR": str(data_dir), "GREFFIER_LANGUAGE": "fr", "PYTHONPATH": str(ROOT)}


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "app.cli", *arguments]


@pytest.fixture(scope="session")
def greffier() -> Greffier:
    """`greffier(data_dir, *arguments)` runs one verb to its end."""

    def run(data_dir: Path, *arguments: str | Path, timeout: float = 600) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command(*map(str, arguments)),
            cwd=ROOT,
            env=environment(data_dir),
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout,
            check=False,
        )

    return run


def json_of(done: subprocess.CompletedProcess[str]) -> Any:
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="session")
def sample_data_dir(tmp_path_factory: pytest.TempPathFactory, greffier: Greffier) -> Path:
    """A data directory into which the sample corpus was ingested.  Shared: tests only read it."""
    data_dir = tmp_path_factory.mktemp("sample") / "data"
    done = greffier(data_dir, "ingest", SAMPLE / "documents", "--collection", COLLECTION, "--json")
    assert done.returncode == 0, done.stderr
    return data_dir


@pytest.fixture(scope="session")
def server(sample_data_dir: Path) -> Iterator[str]:
    """The address of `greffier serve` over the sample corpus."""
    port = free_port()
    with subprocess.Popen(
        command("serve", "--port", str(port)), cwd=ROOT, env=environment(sample_data_dir), stdout=subprocess.DEVNULL
    ) as process:
        try:
            wait_for(f"http://127.0.0.1:{port}/health", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str, process: subprocess.Popen[Any], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert process.poll() is None, f"the server ended with {process.returncode}"
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.3)
    raise AssertionError(f"{url} did not answer within {seconds} s")
