"""`make bench`: an ingestion beside the bare embedder, PDF text beside pypdf, and the steps of a question."""

from __future__ import annotations

import json
import statistics
import tempfile
from pathlib import Path

from app.assistant.events import Question
from app.bootstrap import House, open_house
from app.sample.source import DOCUMENTS
from app.settings import Settings
from ingest.pipeline import ingest
from ingest.progress import SilentProgress
from tests.benchmarks import ingest as ingest_beside_embedder
from tests.benchmarks import pdf_text
from tests.benchmarks.ingest import seconds


def main() -> None:
    """Folders to ingest may be named; the sample corpus by default."""
    ingest_beside_embedder.main()
    pdf_text.main()
    with tempfile.TemporaryDirectory() as data_dir:
        house = open_house(Settings(data_dir=Path(data_dir)), prepared=True)
        ingest([DOCUMENTS], "banc", index=house.index, embedder=house.embedder, progress=SilentProgress())
        questions(house)


def questions(house: House) -> None:
    readable = frozenset(one.name for one in house.index.collections())
    lines = (DOCUMENTS.parent / "questions.jsonl").read_text("utf-8").splitlines()
    asked = [json.loads(line)["question"] for line in lines]
    embedding = [seconds(lambda one=one: house.embedder.embed_question(one)) for one in asked]
    answering = [seconds(lambda one=one: house.assistant.finish(Question(one, readable))) for one in asked]
    print(f"question: embedding p50 {statistics.median(embedding) * 1000:.1f} ms,", end=" ")
    print(f"whole quoted answer p50 {statistics.median(answering) * 1000:.1f} ms,", end=" ")
    print(f"ratio {statistics.median(answering) / statistics.median(embedding):.1f}")


if __name__ == "__main__":
    main()
