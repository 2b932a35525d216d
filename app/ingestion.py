"""Ingestion as the command line runs it, and its report on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from app.console import print_json, say
from app.messages import describe, text

if TYPE_CHECKING:
    from app.bootstrap import House
    from app.settings import Settings
    from ingest.pipeline import Options
    from ingest.progress import Progress


def ingest_paths(
    house: House, paths: Sequence[Path], collection: str, *, options: Options, progress: Progress
) -> dict[str, Any]:
    """Run, and keep the report where the interface shows it.  Returns the report's JSON."""
    from ingest.pipeline import ingest
    from ingest.report import save_report

    report = ingest(paths, collection, index=house.index, embedder=house.embedder, progress=progress, options=options)
    language = house.settings.language
    document = report.as_json(lambda code, parameters: describe(language, code, parameters))
    save_report(document, house.index.data_dir)
    return document


def options_of(
    settings: Settings, *, prune: bool = False, retry: bool = False, reread: bool = False, workers: int | None = None
) -> Options:
    from ingest.pipeline import Options

    return Options(
        prune=prune,
        again="all" if reread else "failed" if retry else "nothing",
        workers=workers or settings.threads,
        memory_bytes=settings.reader_memory_mb << 20,
    )


def exit_code(report: dict[str, Any]) -> int:
    """1 when there is something to look at."""
    return 1 if any(report[verdict] for verdict in ("failed", "skipped", "missing")) else 0


def print_report(document: dict[str, Any], language: str, *, as_json: bool) -> None:
    """JSON whole, or a line of totals and one line for each file to look at."""
    for file in document["files"]:
        if file["verdict"] in {"failed", "missing", "skipped"}:
            verdict = text(language, f"cli.verdict_{file['verdict']}")
            say(f"{verdict}  {file['path']}: {file['reason']} {file['remedy']}".rstrip())
        for warning in file["warnings"]:
            say(f"{text(language, 'cli.warning')}  {file['path']}: {warning}")
    if as_json:
        print_json(document)
    else:
        typer.echo(text(language, "cli.ingested", **{key: value for key, value in document.items() if key != "files"}))
