"""What a terminal shows while a run goes on."""

from __future__ import annotations

import io

from ingest.progress import BarProgress, LineProgress, Progress


def run(progress: Progress) -> None:
    progress.embedded(256)  # what was held before, by another model
    progress.begin(1, 1000)
    progress.embedded(3)
    progress.recognised()
    progress.read("a.pdf", 1000)
    progress.finish()


def test_passages_that_are_embedded_anew_before_the_first_file_do_not_stop_a_run() -> None:
    shown = io.StringIO()
    run(BarProgress(shown))
    run(LineProgress(shown))
    assert "1/1" in shown.getvalue()
