"""Measure retrieval and answers on a question file; the format and the figures are those of the design."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.assistant.events import Finished, Question
from app.assistant.retrieve import retrieve
from app.assistant.words import fold
from app.errors import BadQuestions
from index.records import SearchMode

if TYPE_CHECKING:
    from app.bootstrap import House

MODES: tuple[SearchMode, ...] = ("keywords", "vectors", "hybrid")
_DEPTH = 10
_PASSAGES = 60  # enough passages to hold ten documents in nearly every question


@dataclass(frozen=True, slots=True)
class Asked:
    """A line of an evaluation file."""

    question: str
    documents: frozenset[str]
    answers: tuple[str, ...]
    answerable: bool


def read_questions(path: Path) -> list[Asked]:
    """Raises BadQuestions naming the line that cannot be read."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadQuestions(path=path, line="-", detail=error) from error
    questions = [_question(path, number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    if not questions:
        raise BadQuestions(path=path, line="-", detail="0")
    return questions


def evaluate(
    house: House,
    questions: Sequence[Asked],
    collections: frozenset[str],
    *,
    retrieval_only: bool,
    tick: Callable[[], object] = lambda: None,
) -> dict[str, Any]:
    """Every figure as `{value, n}`; latencies are those of the whole answer, or of hybrid search alone."""
    ranks: dict[SearchMode, list[int | None]] = {mode: [] for mode in MODES}
    latencies: list[float] = []
    answers: list[tuple[Asked, Finished]] = []
    for asked in questions:
        question = Question(asked.question, collections)
        if asked.documents:
            for mode in MODES:
                ranks[mode].append(_rank(house, question, asked.documents, mode))
        if not retrieval_only:
            answers.append((asked, house.assistant.finish(question)))
        latencies.append(
            _latency(house, question) if retrieval_only else float(answers[-1][1].timings_ms["total"] or 0)
        )
        tick()
    result: dict[str, Any] = {
        "questions": len(questions),
        "retrieval": {mode: _retrieval_figures(ranks[mode]) for mode in MODES},
        "latency_ms": {
            "p50": _figure(_percentile(latencies, 50), latencies),
            "p95": _figure(_percentile(latencies, 95), latencies),
        },
    }
    if not retrieval_only:
        result["answers"] = _answer_figures(answers)
    return result


def _question(path: Path, number: int, line: str) -> Asked:
    try:
        row = json.loads(line)
        documents, answers = row.get("documents", []), row.get("answers", [])
        return Asked(
            str(row["question"]), frozenset(documents), tuple(answers), bool(row.get("answerable", bool(documents)))
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadQuestions(path=path, line=number, detail=error) from error


def _rank(house: House, question: Question, gold: frozenset[str], mode: SearchMode) -> int | None:
    """Rank of the first gold document among the first ten documents, from 1."""
    hits = retrieve(question, house.index, house.embedder, house.reranker, k=_PASSAGES, mode=mode)
    return gold_rank((hit.document.path for hit in hits), gold)


def gold_rank(paths: Iterable[str], gold: frozenset[str]) -> int | None:
    """Rank of the first gold one among the first ten distinct paths, from 1."""
    first = list(dict.fromkeys(paths))[:_DEPTH]
    return next((rank for rank, path in enumerate(first, start=1) if path in gold), None)


def _latency(house: House, question: Question) -> float:
    import time

    started = time.perf_counter()
    retrieve(question, house.index, house.embedder, house.reranker)
    return (time.perf_counter() - started) * 1000


def _retrieval_figures(ranks: Sequence[int | None]) -> dict[str, Any]:
    def share(depth: int) -> dict[str, Any]:
        return _mean(rank is not None and rank <= depth for rank in ranks)

    return {
        "recall@1": share(1),
        "recall@5": share(5),
        "recall@10": share(10),
        "mrr@10": _mean(1 / rank if rank else 0.0 for rank in ranks),
        # One gold document counts, the first found: the ideal gain is 1.
        "ndcg@10": _mean(1 / math.log2(rank + 1) if rank else 0.0 for rank in ranks),
    }


def _answer_figures(answers: Sequence[tuple[Asked, Finished]]) -> dict[str, Any]:
    with_gold = [(asked, answer) for asked, answer in answers if asked.answers and answer.kind != "refused"]
    cited = [(asked, citation) for asked, answer in answers if asked.documents for citation in answer.citations]
    refused = [asked for asked, answer in answers if answer.kind == "refused"]
    silent = [answer for asked, answer in answers if not asked.answerable]
    return {
        "containment": _mean(_contains(answer, asked.answers) for asked, answer in with_gold),
        "citation_precision": _mean(citation.document.path in asked.documents for asked, citation in cited),
        "refusal_precision": _mean(not asked.answerable for asked in refused),
        "refusal_recall": _mean(answer.kind == "refused" for answer in silent),
    }


def _contains(answer: Finished, gold: Iterable[str]) -> bool:
    shown = _plain(" ".join(sentence.text for sentence in answer.sentences))
    return any(_plain(one) in shown for one in gold)


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", fold(text)).strip()


def _mean(values: Iterable[float]) -> dict[str, Any]:
    listed = [float(value) for value in values]
    return {"value": round(sum(listed) / len(listed), 4) if listed else None, "n": len(listed)}


def _percentile(values: Sequence[float], percent: float) -> float | None:
    """Nearest rank."""
    if not values:
        return None
    return sorted(values)[max(0, math.ceil(len(values) * percent / 100) - 1)]


def _figure(value: float | None, values: Sequence[float]) -> dict[str, Any]:
    return {"value": round(value, 1) if value is not None else None, "n": len(values)}


def figures_table(figures: dict[str, Any]) -> str:
    """The figures as aligned lines of text."""
    names = ("recall@1", "recall@5", "recall@10", "mrr@10", "ndcg@10")
    lines = [" " * 10 + "".join(f"{name:>11}" for name in names)]
    for mode, row in figures["retrieval"].items():
        lines.append(
            f"{mode:<10}" + "".join(_cell(row[name]["value"]) for name in names) + f"   n={row['recall@1']['n']}"
        )
    for group in ("answers", "latency_ms"):
        lines += [f"{name:<20}{_cell(one['value'])}   n={one['n']}" for name, one in figures.get(group, {}).items()]
    return "\n".join(lines)


def _cell(value: float | None) -> str:
    return f"{value:>11.4g}" if value is not None else f"{'-':>11}"
