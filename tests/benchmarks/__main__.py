"""`make bench`: an ingestion beside the bare embedder, and the steps of a question; ratios within one run."""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from app.assistant.events import Question
from app.bootstrap import House, open_house
from app.sample.source import DOCUMENTS
from app.settings import Settings
from index.records import Passage
from ingest.pipeline import ingest
from ingest.progress import SilentProgress
from ingest.readers import reader_for
from ingest.split import split


def main() -> None:
    """Folders to ingest may be named; the sample corpus by default."""
    folders = [Path(name) for name in sys.argv[1:]] or [DOCUMENTS]
    with tempfile.TemporaryDirectory() as data_dir:
        house = open_house(Settings(data_dir=Path(data_dir)), prepared=True)
        for folder in folders:
            ingestion(house, folder)
        questions(house)


def ingestion(house: House, folder: Path) -> None:
    def run() -> None:
        ingest([folder], folder.parent.name, index=house.index, embedder=house.embedder, progress=SilentProgress())

    bare = seconds(lambda: house.embedder.embed([one.searchable for one in distinct_passages(folder)]))
    first, second = seconds(run), seconds(run)
    print(f"{folder}: ingest {first:.2f} s, of which bare embedder {bare / first:.0%}; unchanged {second:.3f} s")
    print(f"  first run / second run = {first / second:.0f}")


def distinct_passages(folder: Path) -> list[Passage]:
    found: dict[str, Passage] = {}
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        found |= {one.digest: one for one in split(reader_for(path).read(path))}
    return list(found.values())


def questions(house: House) -> None:
    readable = frozenset(one.name for one in house.index.collections())
    lines = (DOCUMENTS.parent / "questions.jsonl").read_text("utf-8").splitlines()
    asked = [json.loads(line)["question"] for line in lines]
    embedding = [seconds(lambda one=one: house.embedder.embed([one])) for one in asked]
    answering = [seconds(lambda one=one: house.assistant.finish(Question(one, readable))) for one in asked]
    print(f"question: embedding p50 {statistics.median(embedding) * 1000:.1f} ms,", end=" ")
    print(f"whole quoted answer p50 {statistics.median(answering) * 1000:.1f} ms,", end=" ")
    print(f"ratio {statistics.median(answering) / statistics.median(embedding):.1f}")


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
