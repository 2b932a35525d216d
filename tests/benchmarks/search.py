"""`python -m tests.benchmarks.search [--sizes 10000,100000] [--text FOLDER] [--questions FILE]`: search by size.

Each size is a collection of its own in a catalogue of its own: stored, published, opened and searched as the product
does, beside a flat scan of the same vectors in single precision.  A million passages take some 5 GB of disk and memory.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.assistant.events import Question
from app.assistant.retrieve import retrieve
from app.bootstrap import House, open_house
from app.sample.source import DOCUMENTS
from app.settings import Settings
from tests.benchmarks.ingest import seconds
from tests.benchmarks.repeated import Seeds, documents, seeds

_REAL = 2000  # passages that all others are made from
_ASKED = 200  # searches that are timed for one figure
_COLLECTION = "banc"
_READABLE = frozenset({_COLLECTION})
_TOGETHER = 25  # documents stored in one transaction's lock

Vectors = NDArray[np.float32]


def main() -> None:
    options = _options()
    for size in options.sizes:
        with tempfile.TemporaryDirectory(dir=options.directory) as data_dir:
            house = open_house(Settings(data_dir=Path(data_dir)), prepared=True)
            real = seeds(options.text, house.embedder, _REAL)
            questions = _questions(options.questions)
            build(house, size, real)
            measure(house, size, questions)
            house.index.close()


def build(house: House, size: int, real: Seeds) -> None:
    with house.index.writer():

        def store() -> None:
            for document, embeddings in documents(_COLLECTION, size, real):
                house.index.replace(document, embeddings)

        stored = seconds(store)
        published = seconds(house.index.publish)
    data = house.settings.data_dir
    shown = sum(path.stat().st_size for path in (data / "generations").rglob("*") if path.is_file())
    rows = sum(path.stat().st_size for path in data.glob("catalogue.sqlite3*"))
    print(f"\n{size:,} passages: stored in {stored:.0f} s, published in {published:.1f} s;", end=" ")
    print(f"bytes a passage: search structures {shown / size:.0f}, catalogue {rows / size:.0f}")


def measure(house: House, size: int, questions: Sequence[str]) -> None:
    vectors = np.stack([house.embedder.embed_question(one) for one in questions])
    asked = list(zip(questions, vectors, strict=True))
    flat, ids = flat_fp32(house)

    def scan(one: tuple[str, Vectors]) -> Any:
        return flat.search(one[1][None, :], 50)

    def hybrid(one: tuple[str, Vectors]) -> Any:
        return house.index.search(one[0], one[1], collections=_READABLE)

    def by_vectors(one: tuple[str, Vectors]) -> Any:
        return house.index.search(one[0], one[1], collections=_READABLE, mode="vectors", k=50)

    def by_keywords(one: tuple[str, Vectors]) -> Any:
        return house.index.search(one[0], None, collections=_READABLE, mode="keywords")

    def embedding(one: tuple[str, Vectors]) -> Any:
        return house.embedder.embed_question(one[0])

    def whole(one: tuple[str, Vectors]) -> Any:
        return retrieve(Question(one[0], _READABLE), house.index, house.embedder, house.reranker)

    exact = [set(ids[flat.search(vector[None, :], 50)[1][0]].tolist()) for vector in vectors]
    found = [{hit.passage_id for hit in by_vectors(one)} for one in asked]
    recall = float(np.mean([len(one & other) / len(one) for one, other in zip(exact, found, strict=True)]))
    print(f"  recall@50 of vectors against the exact scan: {recall:.4f}")
    ways: list[tuple[str, Callable[[tuple[str, Vectors]], Any]]] = [
        ("flat fp32 scan", scan),
        ("vectors", by_vectors),
        ("keywords", by_keywords),
        ("hybrid, embedded before", hybrid),
        ("embedding of the question", embedding),
        ("whole search", whole),
    ]
    ceiling = 0.0
    for name, way in ways:
        for askers in (1, 4):
            p50, p95 = timed(way, asked, askers)
            ceiling = ceiling or p95
            print(f"  {name:<26} {askers} asker{'s' if askers > 1 else ' '}", end=" ")
            print(f"p50 {p50:8.2f} ms, p95 {p95:8.2f} ms: {p95 / ceiling:.3f} of the flat scan's p95 for one asker")


def timed(way: Callable[[tuple[str, Vectors]], Any], asked: Sequence[Any], askers: int) -> tuple[float, float]:
    """Milliseconds at p50 and p95, `askers` asking at the same time; the first round warms up."""

    def one(number: int) -> float:
        return seconds(lambda: way(asked[number % len(asked)])) * 1000

    with ThreadPoolExecutor(askers) as pool:
        list(pool.map(one, range(20)))
        taken = list(pool.map(one, range(_ASKED)))
    return float(np.percentile(taken, 50)), float(np.percentile(taken, 95))


def flat_fp32(house: House) -> tuple[Any, NDArray[np.int64]]:
    """A FAISS scan of the very vectors that the index holds, and their ids by position."""
    import faiss

    shard = house.index._generation().shards[_COLLECTION]  # type: ignore[union-attr]
    held = shard.vectors
    stored = getattr(held, "_flat", held)
    flat = faiss.IndexFlatIP(stored.codes.d)
    for start in range(0, len(stored), 50_000):
        flat.add(stored.codes.reconstruct_n(start, min(50_000, len(stored) - start)))
    return flat, stored.positions


def _questions(path: Path | None) -> list[str]:
    lines = (path or DOCUMENTS.parent / "questions.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line)["question"] for line in lines[:_ASKED]]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Search by size of the collection.")
    parser.add_argument("--sizes", type=lambda text: [int(one) for one in text.split(",")], default=[10_000, 100_000])
    parser.add_argument("--text", type=Path, help="folder of Markdown files to repeat; the sample corpus by default")
    parser.add_argument("--questions", type=Path, help="questions, as `greffier evaluate` reads them")
    parser.add_argument("--directory", type=Path, help="where the catalogues are made for the time of the measure")
    return parser.parse_args()


if __name__ == "__main__":
    started = time.perf_counter()
    main()
    print(f"\nmeasured in {time.perf_counter() - started:.0f} s")
