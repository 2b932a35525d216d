"""`python -m tests.benchmarks.verdicts FOLDER...`: the verdict of every file, and the memory of all processes.

Each folder is ingested by the command line into a data directory of its own; the memory that the whole tree of
processes holds (proportional set size, so that what they share counts once) is looked at ten times a second.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from app.sample.source import DOCUMENTS

_LOOKS_A_SECOND = 10


@dataclass(frozen=True, slots=True)
class Run:
    report: dict[str, Any]
    seconds: float
    most_bytes: int


def main() -> None:
    """Folders may be named; the sample corpus by default."""
    for folder in [Path(name) for name in sys.argv[1:]] or [DOCUMENTS]:
        with tempfile.TemporaryDirectory() as aside:
            tell(folder, ingested(folder, Path(aside) / "data"))


def ingested(folder: Path, data_dir: Path) -> Run:
    line = [sys.executable, "-m", "app.cli", "ingest", str(folder), "--collection", "banc", "--json"]
    started = time.perf_counter()
    with subprocess.Popen(
        line, env={**os.environ, "GREFFIER_DATA_DIR": str(data_dir)}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as run:
        most, output = 0, None
        while output is None:
            with suppress(subprocess.TimeoutExpired):
                output, _ = run.communicate(timeout=1 / _LOOKS_A_SECOND)
            most = max(most, tree_bytes(run.pid))
    return Run(json.loads(output), time.perf_counter() - started, most)


def tree_bytes(pid: int) -> int:
    """What a process and all below it hold; 0 once it has ended."""
    total = 0
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        for one in [process, *process.children(recursive=True)]:
            with suppress(psutil.Error):
                total += one.memory_full_info().pss
    return total


def tell(folder: Path, run: Run) -> None:
    files = run.report["files"]
    listed = sum(1 for one in folder.rglob("*") if one.is_file() and not one.name.startswith("."))
    print(f"{folder}: {listed} files, {len(files)} verdicts (what archives and messages hold included)")
    print(f"  {run.seconds:.0f} s, {run.report['pages']} pages, {run.report['passages']} passages")
    print(f"  most memory of all processes together: {run.most_bytes / (1 << 20):.0f} MB")
    counted = Counter((one["verdict"], one["code"]) for one in files)
    for (verdict, code), count in sorted(counted.items(), key=lambda item: -item[1]):
        print(f"  {count:5}  {verdict:9} {code}")


if __name__ == "__main__":
    main()
