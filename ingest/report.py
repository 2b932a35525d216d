"""What a run of ingestion did: one verdict a file."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

from index.records import Source
from ingest.errors import IngestFailure, Unsupported
from ingest.scan import Verdict

Describe = Callable[[str, Mapping[str, str]], tuple[str, str]]

VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


@dataclass(frozen=True, slots=True)
class FileReport:
    path: str
    verdict: Verdict
    pages: int = 0
    passages: int = 0
    code: str = ""  # of the reason, for what is neither taken nor the same
    parameters: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    confidence: float | None = None  # of recognised pages, mean, 0 to 100
    page_confidences: tuple[tuple[int, float], ...] = ()  # (page, confidence) of each recognised page
    duplicate_of: str = ""
    root: str = ""


@dataclass(slots=True)
class Report:
    collection: str
    files: list[FileReport] = field(default_factory=list)
    elapsed_s: float = 0.0

    def taken(self, source: Source, verdict: Verdict, *, duplicate_of: str = "") -> None:
        facts = source.facts
        self.files.append(
            FileReport(
                source.path,
                verdict,
                source.pages,
                source.passages,
                warnings=facts.warnings,
                confidence=facts.confidence,
                page_confidences=facts.confidences,
                duplicate_of=duplicate_of,
                root=source.root,
            )
        )

    def refused(self, path: str, verdict: Verdict, failure: IngestFailure, root: str) -> None:
        self.files.append(FileReport(path, verdict, code=failure.code, parameters=failure.parameters, root=root))

    def quarantined(self, source: Source) -> None:
        """It failed before, and nothing has changed that would let it be read."""
        verdict = verdict_of(source.failure)
        self.files.append(
            FileReport(source.path, verdict, code=source.failure, parameters=source.parameters, root=source.root)
        )

    def gone(self, source: Source, *, pruned: bool) -> None:
        verdict: Verdict = "removed" if pruned else "missing"
        code = "" if pruned else "ingest.missing"
        self.files.append(FileReport(source.path, verdict, source.pages, source.passages, code, root=source.root))

    def as_json(self, describe: Describe) -> dict[str, Any]:
        """The JSON of the command line; `describe` words a code in the user's language."""
        totals: dict[str, int] = {verdict: sum(one.verdict == verdict for one in self.files) for verdict in VERDICTS}
        taken = [one for one in self.files if one.verdict in {"added", "changed", "moved", "unchanged"}]
        return {
            "collection": self.collection,
            **totals,
            "duplicates": sum(bool(one.duplicate_of) for one in self.files),
            "pages": sum(one.pages for one in taken),
            "passages": sum(one.passages for one in taken),
            "elapsed_s": round(self.elapsed_s, 2),
            "finished_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "files": [_file_json(one, describe) for one in sorted(self.files, key=lambda one: one.path)],
        }


def verdict_of(failure: str) -> Verdict:
    """Of a file that was not taken, by the code of the failure: what no reader takes is passed over."""
    return "skipped" if failure == Unsupported.code else "failed"


def save_report(report: Mapping[str, Any], data_dir: Path) -> Path:
    """The last run of each collection, written aside and renamed."""
    path = report_path(data_dir, report["collection"])
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    aside.write_text(json.dumps(report, ensure_ascii=False, indent=1), encoding="utf-8")
    aside.replace(path)
    return path


def load_report(data_dir: Path, collection: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads(report_path(data_dir, collection).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found


def report_path(data_dir: Path, collection: str) -> Path:
    return data_dir / "reports" / collection / "report.json"


def _file_json(one: FileReport, describe: Describe) -> dict[str, Any]:
    reason, remedy = describe(one.code, one.parameters) if one.code else ("", "")
    return {
        "path": one.path,
        "verdict": one.verdict,
        "reason": reason,
        "remedy": remedy,
        "pages": one.pages,
        "passages": one.passages,
        "confidence": one.confidence,
        "page_confidences": [{"page": page, "confidence": confidence} for page, confidence in one.page_confidences],
        "duplicate_of": one.duplicate_of,
        "warnings": list(worded(one.warnings, describe)),
        "code": one.code,
        "parameters": dict(one.parameters),
        "warning_codes": list(one.warnings),
        "root": one.root,
    }


def worded(warnings: Iterable[str], describe: Describe) -> Iterable[str]:
    """A line for each kind of warning, with the pages that it is about."""
    pages: dict[str, list[int]] = {}
    for warning in warnings:
        code, _, rest = warning.partition(":")
        number = rest.partition(":")[0]
        pages.setdefault(code, []).extend([int(number)] if number.isdigit() else [])
    for code, numbers in pages.items():
        yield " ".join(describe(code, {"pages": ranges(numbers)})).strip()


def ranges(numbers: Iterable[int]) -> str:
    """1, 2, 3, 7 as "1–3, 7"."""
    spans: list[list[int]] = []
    for one in sorted(set(numbers)):
        if spans and one == spans[-1][1] + 1:
            spans[-1][1] = one
        else:
            spans.append([one, one])
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in spans)
