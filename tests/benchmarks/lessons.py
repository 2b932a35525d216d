"""`python -m tests.benchmarks.lessons DATA_DIR OUT COLLECTION... [--questions FILE] [--without FILE]`: lessons.

From questions whose answers are known, and from the documents alone: a sentence of which a date, an amount, a person...
is asked for in words of its own (Taylor's cloze, 1953), a heading with what stands under it.  The passages are those
that search finds.  `models.adapt.reader` learns from them.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from app.assistant.events import Question
from app.assistant.neighbours import join_neighbours
from app.assistant.retrieve import retrieve
from app.assistant.sentences import sentence_spans
from app.assistant.shapes import Kind, shapes
from app.assistant.words import fold
from app.bootstrap import House, open_house
from app.evaluation import read_questions
from app.settings import Settings
from index.records import Hit, Passage

_ASKS: dict[Kind, tuple[str, ...]] = {
    "amount": ("Combien coûte", "Quel est le montant", "À combien s'élève", "Quel est le tarif"),
    "duration": ("Combien de temps", "Quelle est la durée", "Quel est le délai", "Dans quel délai"),
    "date": ("Quand", "À quelle date", "En quelle année", "Depuis quand"),
    "number": ("Combien", "Combien de", "Quel est le nombre de"),
    "share": ("Quel pourcentage", "Quel taux", "Quelle part"),
    "person": ("Qui", "Par qui", "Qui est", "À qui"),
    "place": ("Où", "Dans quelle ville", "Où se trouve"),
    "time": ("À quelle heure", "Quels horaires"),
}
_FOUND, _JOINED = 24, 10  # hits of a question; of which those that the assistant would join
_SENTENCE = range(50, 400)  # characters of one that is asked about
_HEADING = range(12, 80)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("collections", nargs="+")
    parser.add_argument("--questions", type=Path, help="asked of the first collection")
    parser.add_argument("--without", type=Path, help="questions that are kept for judging")
    parser.add_argument("--each", type=int, default=3, help="sentences asked about, of a document")
    asked = parser.parse_args()
    house, chance = open_house(Settings(data_dir=asked.data_dir)), random.Random(7)
    with asked.out.open("w", encoding="utf-8") as out:
        if asked.questions:
            kept = {fold(one.question) for one in read_questions(asked.without)} if asked.without else set()
            for one in read_questions(asked.questions):
                if one.answerable and fold(one.question) not in kept:
                    _write(out, "question", one.question, _found(house, one.question, asked.collections[0]), one)
        for collection in asked.collections:
            for path, text in _documents(house, collection):
                for source, question, anchor, answer in _made_up(text, chance, asked.each):
                    told = (path, anchor, answer)
                    _write(out, source, question, _found(house, question, collection), told)


def _documents(house: House, collection: str) -> Iterator[tuple[str, str]]:
    """Path and text of each: passages, joined, give it back."""
    for path, held in groupby(sorted(house.index.passages(collection), key=_place), lambda one: one[0]):
        yield path, "".join(passage.text for _, passage in held)


def _place(one: tuple[str, Passage]) -> tuple[str, int]:
    return one[0], one[1].position


def _made_up(text: str, chance: random.Random, each: int) -> Iterator[tuple[str, str, str, str]]:
    """Source, question, the sentence or line that answers, and the answer where it is one of its spans."""
    sentences = [one.of(text) for one in sentence_spans(text)]
    for sentence in chance.sample(sentences, len(sentences))[: 3 * each]:
        if len(sentence) in _SENTENCE and (made := _cloze(sentence, chance)):
            yield "cloze", made[0], sentence, made[1]
    lines = [one.strip() for one in text.splitlines()]
    for number in chance.sample(range(len(lines)), len(lines)):
        under = next((one for one in lines[number + 1 : number + 4] if len(one) > 60), None)
        heading = lines[number].lstrip("# ")
        if under and len(heading) in _HEADING and heading[:1].isupper() and not heading.endswith((".", ":", ",", ";")):
            yield "heading", heading, under, ""
            break


def _cloze(sentence: str, chance: random.Random) -> tuple[str, str] | None:
    """A question in some words around a span of the sentence, and the span."""
    held = {kind: found for kind in _ASKS if (found := list(shapes(kind, sentence)))}
    if not held:
        return None
    kind = chance.choice(list(held))
    span = chance.choice(held[kind])
    before, after = sentence[: span.start].split(), sentence[span.end :].split()
    count, dropped = chance.randint(4, 13), chance.choice((0.0, 0.1, 0.25, 0.4))
    first = before[-chance.randint(2, count) :]
    words = [one.strip(',;:().«»"') for one in first + after[: max(0, count - len(first))] if chance.random() > dropped]
    if sum(len(one) > 3 for one in words) < 2:
        return None
    return f"{chance.choice(_ASKS[kind])} {' '.join(filter(None, words))} ?", span.of(sentence)


def _found(house: House, question: str, collection: str) -> list[Hit]:
    hits = retrieve(Question(question, frozenset({collection})), house.index, house.embedder, k=_FOUND)
    return [*join_neighbours(hits[:_JOINED]), *hits[_JOINED:]]


def _write(out: Any, source: str, question: str, hits: Sequence[Hit], told: Any) -> None:
    passages = [_passage(hit, told) for hit in hits]
    if source == "question" or any(one["relevant"] == 1 for one in passages):
        out.write(json.dumps({"source": source, "question": question, "passages": passages}, ensure_ascii=False) + "\n")


def _passage(hit: Hit, told: Any) -> dict[str, Any]:
    spans = sentence_spans(hit.text)
    if isinstance(told, tuple):
        path, anchor, answer = told
        golden, wanted = hit.document.path == path, [answer] if answer else []
        holds = [number for number, one in enumerate(spans) if golden and answer and one.of(hit.text) == anchor]
        right = bool(holds) or (golden and not answer and anchor[:60] in hit.text)
    else:
        golden, wanted = hit.document.path in told.documents, list(told.answers)
        holds = [
            n for n, one in enumerate(spans) if golden and any(_plain(w) in _plain(one.of(hit.text)) for w in wanted)
        ]
        right = bool(holds)
    answers = [match.span() for one in wanted for match in re.finditer(re.escape(one), hit.text)] if holds else []
    return {
        "heading": hit.heading, "text": hit.text, "spans": [(one.start, one.end) for one in spans],
        "relevant": 1 if right else -1 if golden else 0, "holds": holds, "answers": answers,
    }  # fmt: skip


def _plain(text: str) -> str:
    return f" {re.sub(r'[^a-z0-9]+', ' ', fold(text)).strip()} "


if __name__ == "__main__":
    main()
