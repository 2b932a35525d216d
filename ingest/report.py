"""What a run of ingestion did: one verdict a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from index.records import Source
from ingest.errors import IngestFailure
from ingest.scan import Verdict

Describe = Callable[[str, Mapping[str, str]], tuple[str, str]]

_TOTALS: tuple[Verdict, ...] = (
    "added", "changed", "moved", "removed", "unchanged", "failed", "skipped", "missing",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FileReport:
    path: str
    verdict: Verdict
    pages: int = 0
    passages: int = 0
    code: str = ""  # of the reason, for what is neither taken nor the same
    parameters: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


@dataclass(slots=True)
class Report:
    collection: str
    files: list[FileReport] = field(default_factory=list)
    elapsed_s: float = 0.0

    @property
    def exit_code(self) -> int:
        """1 when there is something to look at."""
        return 1 if any(one.verdict in {"failed", "skipped", "missing"} for one in self.files) else 0

    def taken(self, source: Source, verdict: Verdict, warnings: tuple[str, ...] = ()) -> None:
        self.files.append(FileReport(source.path, verdict, source.pages, source.passages, warnings=warnings))

    def refused(self, path: str, verdict: Verdict, failure: IngestFailure) -> None:
        self.files.append(FileReport(path, verdict, code=failure.code, parameters=failure.parameters))

    def gone(self, source: Source, *, pruned: bool) -> None:
        verdict: Verdict = "removed" if pruned else "missing"
        code = "" if pruned else "ingest.missing"
        self.files.append(FileReport(source.path, verdict, source.pages, source.passages, code))

    def as_json(self, describe: Describe) -> dict[str, Any]:
        """The JSON of the command line; `describe` words a code in the user's language."""
        totals: dict[str, int] = {verdict: sum(one.verdict == verdict for one in self.files) for verdict in _TOTALS}
        files = [_file_json(one, describe) for one in sorted(self.files, key=lambda one: one.path)]
        return {"collection": self.collection, **totals, "elapsed_s": round(self.elapsed_s, 2), "files": files}


def _file_json(one: FileReport, describe: Describe) -> dict[str, Any]:
    reason, remedy = describe(one.code, one.parameters) if one.code else ("", "")
    return {
        "path": one.path,
        "verdict": one.verdict,
        "reason": reason,
        "remedy": remedy,
        "pages": one.pages,
        "passages": one.passages,
        "warnings": list(one.warnings),
    }
