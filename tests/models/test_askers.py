"""Many askers and one worker, which is killed at random moments: everybody gets an answer, in turn.

GREFFIER_KILLS=100 pytest tests/models/test_askers.py runs the long version.
"""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from app.assistant.answer import Assistant
from app.assistant.events import Question
from models.child import DIED, Child
from models.decoding import Counts
from models.errors import CannotStart, WorkerDied
from models.generator import Turn, WorkerGenerator
from models.protocols import ModelCard, Prompt
from models.registry import choose_generator, packaged_cards
from tests.fakes import FakeEmbedder
from tests.makers import document, hold, open_index

KILLS = int(os.environ.get("GREFFIER_KILLS", "5"))
ASKERS = 16
AT_ONCE = 4
EVERYBODY_SECONDS = 240.0 + 12 * KILLS
LONG = Prompt("You are a storyteller.", "Tell a very long story about a town hall and its archives.", 1200)
TEXT = (
    "The fee for a copy is 3.50 euros.\n\nThe archives open on Monday at 9 o'clock.\n\nA permit is ready in ten days."
)
QUESTIONS = ("What is the fee for a copy?", "When do the archives open?", "In how many days is a permit ready?")


@pytest.fixture(scope="module")
def generator() -> Iterator[WorkerGenerator]:
    card = choose_generator(packaged_cards(), "en")
    assert card is not None
    one = WorkerGenerator(card, threads=1, sequences=AT_ONCE)
    yield one
    one.close()


def together(count: int, work: Callable[[int], None]) -> None:
    threads = [threading.Thread(target=work, args=(number,), daemon=True) for number in range(count)]
    for thread in threads:
        thread.start()
    until = time.monotonic() + EVERYBODY_SECONDS
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    assert not any(thread.is_alive() for thread in threads), "somebody still waits"


def prompt(number: int) -> Prompt:
    return Prompt("You are a clerk.", f"[1] Fees\nThe fee for copy {number} is 3.50 euros.\n\nWhat is the fee?", 6)


def writing(generator: WorkerGenerator, count: int) -> list[Iterator[str]]:
    """As many texts begun, which go on for long."""
    begun = [iter(generator.generate(LONG, asker=f"first {number}")) for number in range(count)]
    for pieces in begun:
        next(pieces)
    return begun


def test_sixteen_askers_are_served_in_turn_and_nobody_starves(generator: WorkerGenerator) -> None:
    first = writing(generator, AT_ONCE)  # everybody else queues behind them
    greedy = [generator.generate(prompt(number), asker="greedy") for number in range(6)]
    modest = [generator.generate(prompt(number), asker=f"asker {number}") for number in range(ASKERS)]
    everyone = [greedy[0], *modest, *greedy[1:]]
    assert [turn.position for turn in everyone] == list(range(1, len(everyone) + 1))
    ended: list[Turn] = []
    ending = threading.Lock()

    def read(number: int) -> None:
        assert "".join(everyone[number])
        with ending:
            ended.append(everyone[number])

    for pieces in first:
        pieces.close()  # type: ignore[attr-defined]
    together(len(everyone), read)
    assert len(ended) == len(everyone)
    places = [everyone.index(turn) for turn in ended]
    assert all(abs(place - order) <= AT_ONCE + 1 for order, place in enumerate(places))


def test_several_are_written_at_once_and_the_next_waits(generator: WorkerGenerator) -> None:
    first = writing(generator, AT_ONCE)
    waiting = generator.generate(prompt(0), asker="waiting")
    for _ in range(3):
        assert [bool(next(pieces)) for pieces in first] == [True] * AT_ONCE
    assert waiting.position == 1
    first[2].close()  # type: ignore[attr-defined]
    assert "".join(waiting)
    assert next(first[0])
    for pieces in first:
        pieces.close()  # type: ignore[attr-defined]


def test_a_killed_worker_costs_none_of_those_that_it_was_writing_for(generator: WorkerGenerator) -> None:
    turns = [generator.generate(prompt(number), asker=str(number)) for number in range(AT_ONCE)]
    begun = [iter(turn) for turn in turns]
    started = [next(pieces) for pieces in begun]
    assert generator.worker_pid is not None
    os.kill(generator.worker_pid, signal.SIGKILL)
    for number, (piece, pieces) in enumerate(zip(started, begun, strict=True)):
        assert f"{number}" in "".join([piece, *pieces])


def test_cancelled_askers_cost_the_others_nothing(generator: WorkerGenerator) -> None:
    pid = generator.worker_pid
    impatient = [generator.generate(LONG, asker=f"impatient {number}") for number in range(ASKERS)]
    last = generator.generate(prompt(0), asker="last")
    for turn in impatient:
        turn.cancel()
    began = time.monotonic()
    assert "".join(last)
    assert time.monotonic() - began < 30
    assert generator.worker_pid == pid
    assert [list(turn) for turn in impatient] == [[]] * ASKERS


def test_the_worker_may_be_killed_at_any_moment_and_everybody_gets_an_answer(
    generator: WorkerGenerator, tmp_path: Path
) -> None:
    index = open_index(tmp_path)
    hold(index, document(TEXT))
    assistant = Assistant(index, FakeEmbedder(), lambda language: generator, answer_tokens=16)
    over = threading.Event()
    kinds: list[str] = []
    slowest: list[float] = []

    def ask(number: int) -> None:
        asked = 0
        while not over.is_set() or asked == 0:
            began = time.monotonic()
            question = Question(QUESTIONS[(number + asked) % 3], frozenset({"essai"}), f"asker {number}", "en")
            answer = assistant.finish(question)
            assert answer.sentences
            kinds.append(answer.kind)
            slowest.append(time.monotonic() - began)
            asked += 1

    def kill(_: int) -> None:
        chance = random.Random(7)
        for _ in range(KILLS):
            time.sleep(chance.uniform(0.0, 1.5))
            while (pid := generator.worker_pid) is None and not over.is_set():
                time.sleep(0.01)  # it is being started again
            if pid is not None:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        over.set()

    together(5, lambda number: kill(number) if number == 4 else ask(number))
    assert set(kinds) <= {"generated", "quoted"}
    assert len(kinds) >= 4
    assert "".join(generator.generate(prompt(1), asker="afterwards"))
    print(f"\n{KILLS} kills, {len(kinds)} answers, {kinds.count('generated')} generated, slowest {max(slowest):.1f} s")


def test_counting_outlives_a_killed_worker(generator: WorkerGenerator) -> None:
    generator.count("warm")
    assert generator.worker_pid is not None
    os.kill(generator.worker_pid, signal.SIGKILL)
    with suppress(WorkerDied):
        assert generator.count("hello world") > 0
    assert generator.count("hello world") > 0


def test_a_worker_that_cannot_be_started_again_costs_those_that_were_served_and_no_other(
    generator: WorkerGenerator, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = WorkerGenerator(generator.card, threads=1)
    first = iter(alone.generate(LONG, asker="first"))
    next(first)
    second, third = (alone.generate(prompt(number), asker=str(number)) for number in range(2))
    failures: list[Exception] = [OSError("Cannot allocate memory"), ValueError("anything")]

    def start(*cards: ModelCard, **options: Any) -> Child:
        if failures:
            raise failures.pop(0)
        return Child(*cards, **options)

    monkeypatch.setattr("models.generator.Child", start)
    assert alone.worker_pid is not None
    os.kill(alone.worker_pid, signal.SIGKILL)
    for turn, failure in ((first, CannotStart), (second, WorkerDied)):
        with pytest.raises(failure):
            list(turn)
    assert "".join(third)
    assert "".join(alone.generate(prompt(2), asker="afterwards"))
    alone.close()


class Poisoned:
    """Takes the place of a worker: it dies of one prompt, and answers the others once they are alone in it."""

    started = 0

    def __init__(self, card: ModelCard, **options: Any) -> None:
        type(self).started += 1
        self.alive = True
        self.pid = 0
        self.heard = 0
        self._inboxes: dict[int, SimpleQueue[dict[str, Any]]] = {}

    def ask(self, op: str, **arguments: Any) -> tuple[int, SimpleQueue[dict[str, Any]]]:
        inbox: SimpleQueue[dict[str, Any]] = SimpleQueue()
        number = len(self._inboxes) + 1
        self._inboxes[number] = inbox
        if not self.alive:
            inbox.put(DIED)
        elif arguments["user"] == "poison":
            self.alive = False
            for one in self._inboxes.values():
                one.put(DIED)
        elif arguments["begun"]:
            inbox.put({"id": number, "piece": "whole.", "done": True, **asdict(Counts())})
        else:
            inbox.put({"id": number, "piece": "The "})
        return number, inbox

    def died(self) -> WorkerDied:
        return WorkerDied(detail="poison")

    def cancel(self, number: int) -> None:
        return

    def kill(self) -> None:
        return


def test_a_prompt_that_kills_its_worker_costs_its_own_answer_and_no_other(
    generator: WorkerGenerator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.generator.Child", Poisoned)
    other = WorkerGenerator(generator.card, threads=1, sequences=AT_ONCE)
    innocent = [other.generate(Prompt("", f"{number}"), asker=str(number)) for number in range(AT_ONCE - 1)]
    begun = [iter(turn) for turn in innocent]
    assert [next(pieces) for pieces in begun] == ["The "] * len(begun)
    poisons = [other.generate(Prompt("", "poison"), asker="poison") for _ in range(3)]  # they ask again
    for poison in poisons:
        with pytest.raises(WorkerDied):
            list(poison)
    assert ["".join(pieces) for pieces in begun] == ["whole."] * len(begun)
    assert Poisoned.started <= 1 + 2 * len(poisons)
    other.close()
