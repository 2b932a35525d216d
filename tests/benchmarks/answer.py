"""`python -m tests.benchmarks.answer [--model FILE] [--tokens N]`: how long an answer takes, beside bare llama.cpp.

The sample corpus is ingested and its questions are answered by one model, the packaged one by default.  Rates of our
worker stand beside those of llama_cpp.Llama over the same prompt in the same run; both decode greedily.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import psutil

from app.assistant.answer import Assistant
from app.assistant.events import Finished, Question
from app.assistant.prompt import brief
from app.bootstrap import House, open_house
from app.sample.source import DOCUMENTS
from app.settings import Settings
from ingest.pipeline import ingest
from ingest.progress import SilentProgress
from models.decoding import Counts
from models.fingerprint import sha256_of
from models.generator import Turn, WorkerGenerator
from models.protocols import Generation, ModelCard, Prompt
from models.registry import packaged_cards
from tests.benchmarks.ingest import seconds

_READABLE = frozenset({"banc"})
_ROUNDS = 3  # of each rate; the median counts
_QUESTIONS = (
    "Quel est le tarif d'un repas à la cantine ?",
    "Quels sont les horaires de la médiathèque ?",
    "Combien de jours de télétravail sont autorisés par semaine ?",
    "Quel est le délai de convocation du conseil municipal ?",
)
_FOLLOW_UP = "Et pour les enfants ?"


@dataclass(frozen=True, slots=True)
class Measured:
    """One answer: what came when (milliseconds), and what the worker counted."""

    answer: Finished
    counts: Counts


def main() -> None:
    asked = _options()
    card = _card(asked.model)
    with tempfile.TemporaryDirectory() as data_dir:
        house = open_house(Settings(data_dir=Path(data_dir)), prepared=True)
        ingest([DOCUMENTS], "banc", index=house.index, embedder=house.embedder, progress=SilentProgress())
        try:
            for number, at_once in enumerate(asked.at_once):
                with worker(card, house, at_once) as generator:
                    assistant = replace(
                        house.assistant, choose_generator=lambda _, one=generator: one, answer_tokens=asked.tokens
                    )
                    if not number and not asked.crowds_only:
                        rates(house, generator, card, asked.tokens)
                        follow_up(assistant)
                    for askers in asked.askers:
                        before = _worked(generator)
                        crowd(assistant, askers)
                        print(f"  the worker took {_worked(generator) - before:.1f} s of processor time")
        finally:
            house.index.close()


@contextmanager
def worker(card: ModelCard, house: House, at_once: int) -> Iterator[WorkerGenerator]:
    settings = house.settings
    one = WorkerGenerator(card, threads=settings.threads, context_tokens=settings.context_tokens, sequences=at_once)
    try:
        started = seconds(lambda: one.count(""))
        print(f"{card.name}: started in {started:.1f} s, {settings.threads} threads, {at_once} answers written at once")
        yield one
    finally:
        one.close()


def rates(house: House, generator: WorkerGenerator, card: ModelCard, tokens: int) -> None:
    """Tokens a second, read and written: ours with markers and without, and the library's."""
    found = house.assistant.gather(Question(_QUESTIONS[0], _READABLE))
    prompt = brief(_QUESTIONS[0], found.passages, "fr", generator, house.settings.passage_tokens, tokens).prompt
    bare = Bare(card, house.settings.threads, house.settings.context_tokens, prompt)
    ways: dict[str, Callable[[], tuple[float, float]]] = {
        "llama_cpp.Llama": bare.rates,
        "our worker, free": lambda: _ours(generator, replace(prompt, markers=0)),
        "our worker, markers": lambda: _ours(generator, prompt),
    }
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for _ in range(_ROUNDS):
        for name, way in ways.items():
            taken[name].append(way())
    print(f"prompt of {bare.length} tokens, tokens a second")
    floor = tuple(statistics.median(one) for one in zip(*taken["llama_cpp.Llama"], strict=True))
    for name, pairs in taken.items():
        read, written = (statistics.median(one) for one in zip(*pairs, strict=True))
        print(
            f"  {name:<20} read {read:7.1f} ({read / floor[0]:.2f}), written {written:6.2f} ({written / floor[1]:.2f})"
        )


class Bare:
    """llama_cpp.Llama as its own documentation uses it."""

    def __init__(self, card: ModelCard, threads: int, context: int, prompt: Prompt) -> None:
        from llama_cpp import Llama

        from models.chat_format import plain

        self._model = Llama(card.path, n_ctx=context, n_threads=threads, n_threads_batch=threads, verbose=False)
        self._tokens = plain().tokens(self._model.tokenize, prompt.system, prompt.user)
        self._most = prompt.max_tokens

    @property
    def length(self) -> int:
        return len(self._tokens)

    def rates(self) -> tuple[float, float]:
        self._model.reset()
        self._model._ctx.kv_cache_clear()
        reading = seconds(lambda: self._model.eval(self._tokens))
        pieces = iter(self._model.create_completion(self._tokens, temperature=0.0, max_tokens=self._most, stream=True))
        next(pieces)
        began = time.perf_counter()
        written = sum(1 for _ in pieces)
        return self.length / reading, written / (time.perf_counter() - began)


def _ours(generator: WorkerGenerator, prompt: Prompt) -> tuple[float, float]:
    """A prompt that begins as none before: all of it is read, but for the system's words."""
    unlike = f"{time.perf_counter_ns()} {prompt.user}"
    turn = generator.generate(replace(prompt, user=unlike), asker="banc")
    list(turn)
    told = turn.counts
    read = told.prompt_tokens - told.reused
    return read / told.reading_ms * 1000, max(0, told.written - 1) / max(told.writing_ms, 0.001) * 1000


def follow_up(assistant: Assistant) -> None:
    first = measured(assistant, Question(_QUESTIONS[0], _READABLE, "suite"))
    then = measured(assistant, Question(_FOLLOW_UP, _READABLE, "suite", history=(_QUESTIONS[0],)))
    print("prompt of a question and of its follow-up")
    for name, one in (("first", first), ("follow-up", then)):
        told = one.counts
        print(f"  {name:<10} {told.prompt_tokens} tokens, {told.prompt_tokens - told.reused} read", end=" ")
        print(f"in {told.reading_ms / 1000:.2f} s")


def crowd(assistant: Assistant, askers: int) -> None:
    """All at once, each as another asker."""

    def ask(number: int) -> Measured:
        return measured(assistant, Question(_QUESTIONS[number % len(_QUESTIONS)], _READABLE, f"agent {number}"))

    with ThreadPoolExecutor(askers) as pool:
        all_of_them = list(pool.map(ask, range(askers)))
    answers = [one.answer for one in all_of_them]
    generated = sum(one.kind == "generated" for one in answers)
    print(f"{askers} at once: {generated} answers generated, {len(answers) - generated} quoted or refused")
    for moment in ("first_quote", "first_sentence", "total"):
        taken = sorted(one.timings_ms[moment] or 0.0 for one in answers if one.timings_ms[moment] is not None)
        if taken:
            print(f"  {moment:<15} median {statistics.median(taken) / 1000:7.2f} s, last {taken[-1] / 1000:7.2f} s")
        else:
            print(f"  {moment:<15} none")


def _worked(generator: WorkerGenerator) -> float:
    """Processor seconds of the worker: other processes beside it hardly change them."""
    spent = psutil.Process(generator.worker_pid).cpu_times()
    return float(spent.user + spent.system)


def measured(assistant: Assistant, question: Question) -> Measured:
    turns: list[Generation] = []
    *_, last = assistant.answer(question, turns.append)
    assert isinstance(last, Finished)
    turn = turns[0] if turns else None
    return Measured(last, turn.counts if isinstance(turn, Turn) else Counts())


def _card(path: Path | None) -> ModelCard:
    if path is None:
        return next(one for one in packaged_cards() if one.role == "generator")
    return ModelCard(path.stem, "generator", str(path), sha256_of(path), "", "", ("fr", "en"))


def _numbers(text: str) -> list[int]:
    return [int(one) for one in text.split(",")]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Time of an answer, beside bare llama.cpp.")
    parser.add_argument("--model", type=Path, help="a GGUF file; the packaged model by default")
    parser.add_argument("--tokens", type=int, default=64, help="of an answer, at most")
    parser.add_argument("--askers", type=_numbers, default=[1, 4, 16], help="at the same time: 1,4,16")
    parser.add_argument("--at-once", type=_numbers, default=[4], help="answers written at once, to compare: 1,4")
    parser.add_argument("--crowds-only", action="store_true", help="no rates and no follow-up")
    return parser.parse_args()


if __name__ == "__main__":
    main()
