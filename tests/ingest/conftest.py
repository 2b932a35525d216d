"""What tests of runs begin with."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ingest.bench import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    bench = Bench(tmp_path)
    bench.write("a.md", "# Cantine\n\nLe repas coûte 3,85 euros.")
    bench.write("b/c.txt", "La médiathèque ouvre le mardi.")
    return bench
