"""Ingestion as the command line runs it, and its report on a terminal."""

from __future__ import annotations

import sys
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


def check_folders(paths: Sequence[Path], collection: str) -> None:
    """As `check_wanted`, of folders only: a single file is not watched."""
    from ingest.errors import NoSuchFolder
    from ingest.pipeline import check_wanted
    from ingest.walk import readable

    check_wanted(paths, collection)
    for path in paths:
        if not path.is_dir():
            raise NoSuchFolder(path=readable(path))


def ingest_paths(
    house: House, paths: Sequence[Path], collection: str, *, options: Options, progress: Progress
) -> dict[str, Any]:
    """Run, and keep the report where the interface shows it.  Returns the report's JSON, with the paths of the run."""
    from ingest.pipeline import ingest
    from ingest.report import save_report
    from ingest.walk import readable, resolved

    report = ingest(paths, collection, index=house.index, embedder=house.embedder, progress=progress, options=options)
    language = house.settings.language
    document = report.as_json(lambda code, parameters: describe(language, code, parameters))
    document = {**document, "paths": [readable(resolved(path)) for path in paths]}
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


def progress_on_terminal(language: str) -> Progress:
    """A bar on a terminal, lines elsewhere; on standard error."""
    from ingest.progress import progress_for

    return progress_for(sys.stderr, _pruning(language))


def progress_lines(language: str) -> Progress:
    """Lines, of a run that takes long; on standard error."""
    from ingest.progress import LineProgress

    return LineProgress(sys.stderr, _pruning(language))


def exit_code(report: dict[str, Any]) -> int:
    """1 when there is something to look at."""
    return 1 if any(report[verdict] for verdict in ("failed", "skipped", "missing")) else 0


def print_report(document: dict[str, Any], language: str, *, as_json: bool, in_one_line: bool = False) -> None:
    """One line for each file to look at, on standard error; then JSON, or a line of totals."""
    for file in document["files"]:
        if file["verdict"] in {"failed", "missing", "skipped"}:
            verdict = text(language, f"cli.verdict_{file['verdict']}")
            say(f"{verdict}  {file['path']}: {file['reason']} {file['remedy']}".rstrip())
        for warning in file["warnings"]:
            say(f"{text(language, 'cli.warning')}  {file['path']}: {warning}")
    if as_json:
        print_json(document, in_one_line=in_one_line)
    else:
        typer.echo(totals_line(document, language))


def totals_line(document: dict[str, Any], language: str) -> str:
    """Verdicts that no file met are left out."""
    from ingest.report import VERDICTS

    counts = [
        text(language, "cli.count", name=text(language, f"ui.total_{name}"), count=document[name])
        for name in VERDICTS
        if document[name]
    ]
    held = {name: document[name] for name in ("pages", "passages", "duplicates")}
    seconds = f"{document['elapsed_s']:.1f}"
    return text(
        language,
        "cli.ingested",
        collection=document["collection"],
        verdicts=", ".join(counts) or text(language, "cli.nothing"),
        seconds=seconds.replace(".", ",") if language == "fr" else seconds,
        **held,
    )


def _pruning(language: str) -> str:
    """A template: how many documents is known when the run has compared the folder."""
    return text(language, "cli.pruning", count="{count}", names="{names}")
