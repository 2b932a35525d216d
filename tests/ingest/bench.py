"""A folder, an index beside it, and runs of ingestion."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from index.records import ALL, Filter
from index.store import Index
from ingest.pipeline import Options, ingest
from ingest.progress import SilentProgress
from ingest.report import FileReport, Report
from ingest.settled import Again
from tests.fakes import FakeEmbedder
from tests.makers import open_index


class Bench:
    def __init__(self, base: Path) -> None:
        self.base = base
        self.folder = base / "corpus"
        self.folder.mkdir()
        self.embedder = FakeEmbedder()
        self.index: Index = open_index(base / "data", self.embedder)

    def write(self, name: str, text: str, folder: Path | None = None) -> Path:
        path = (folder or self.folder) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def run(
        self,
        *paths: Path,
        prune: bool = False,
        again: Again = "nothing",
        collection: str = "essai",
        most_bytes: int = 2 << 30,
    ) -> Report:
        self.embedder.embedded = 0
        return ingest(
            paths or [self.folder], collection, index=self.index, embedder=self.embedder, progress=SilentProgress(),
            options=Options(prune=prune, again=again, workers=2, most_bytes=most_bytes),
        )  # fmt: skip

    def files(self, *paths: Path, **options: Any) -> dict[str, FileReport]:
        return {one.path: one for one in self.run(*paths, **options).files}

    def verdicts(self, *paths: Path, **options: Any) -> dict[str, str]:
        return {path: one.verdict for path, one in self.files(*paths, **options).items()}

    def found(self, question: str, only: Filter = ALL) -> set[str]:
        """Paths of the documents that a search finds."""
        hits = self.index.search(question, None, collections={"essai"}, only=only)
        return {hit.document.path for hit in hits}
