"""`python -m tests.benchmarks.quotations DATA_DIR QUESTIONS COLLECTION [--without-reader]`: do quotations answer?

The share of questions whose first quotation, and one of whose three, holds the gold answer; that of those with an
answer that are refused, and of those without one; the time to the first quotation.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from app.assistant.events import Question
from app.assistant.silence import is_silent
from app.bootstrap import open_house
from app.evaluation import read_questions
from app.settings import Settings
from tests.acceptance.test_first_quotation import plain


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("collection")
    parser.add_argument("--without-reader", action="store_true")
    asked = parser.parse_args()
    off = {"read_passages": 0} if asked.without_reader else {}
    house = open_house(Settings(data_dir=asked.data_dir, **off))
    house.warm()
    first, three, times = [], [], []
    refused: dict[bool, list[bool]] = {True: [], False: []}
    for row in read_questions(asked.questions):
        question = Question(row.question, frozenset({asked.collection}))
        started = time.perf_counter()
        found = house.assistant.gather(question)
        times.append((time.perf_counter() - started) * 1000)
        silent = is_silent(row.question, found.hits, found.weights, found.signs, house.assistant.measure)
        refused[row.answerable].append(silent)
        if row.answers:
            holds = [any(plain(gold) in plain(one.text) for gold in row.answers) for one in found.evidence]
            first.append(any(holds[:1]))
            three.append(any(holds[:3]))
    rejected = sum(refused[False])
    times.sort()
    figures = {
        "first_quotation": _share(first),
        "three_quotations": _share(three),
        "refused_though_answerable": _share(refused[True]),
        "refused_of_unanswerable": _share(refused[False]),
        "refusal_f1": round(2 * rejected / max(1, rejected + sum(refused[True]) + len(refused[False])), 4),
        "ms": {"p50": round(times[len(times) // 2], 1), "p95": round(times[int(len(times) * 0.95)], 1)},
    }
    print(json.dumps(figures, indent=1))
    house.close()


def _share(flags: list[bool]) -> dict[str, float | int | None]:
    return {"value": round(sum(flags) / len(flags), 4) if flags else None, "n": len(flags)}


if __name__ == "__main__":
    main()
