"""Ingestion as the command line runs it, and its report on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from app.console import print_json, say
from app.messages import describe, text

if TYPE_CHECKING:
    from app.bootstrap import House
    from ingest.progress import Progress
    from ingest.report import Report


def ingest_paths(house: House, paths: Sequence[Path], collection: str, *, prune: bool, progress: Progress) -> Report:
    from ingest.pipeline import ingest

    return ingest(paths, collection, index=house.index, embedder=house.embedder, progress=progress, prune=prune)


def print_report(report: Report, language: str, *, as_json: bool) -> None:
    """JSON whole, or a line of totals and one line for each file to look at."""
    document = report.as_json(lambda code, parameters: describe(language, code, parameters))
    for file in document["files"]:
        if file["verdict"] in {"failed", "missing", "skipped"}:
            verdict = text(language, f"cli.verdict_{file['verdict']}")
            say(f"{verdict}  {file['path']}: {file['reason']} {file['remedy']}".rstrip())
    if as_json:
        print_json(document)
    else:
        typer.echo(text(language, "cli.ingested", **{key: value for key, value in document.items() if key != "files"}))
