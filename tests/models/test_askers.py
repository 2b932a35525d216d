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
from pathlib import Path

import pytest

from app.assistant.answer import Assistant
from app.assistant.events import Question
from models.child import Child
from models.errors import CannotStart, WorkerDied
from models.generator import Turn, WorkerGenerator
from models.protocols import Prompt
from models.registry import choose_generator, packaged_cards
from tests.fakes import FakeEmbedder
from tests.makers import document, hold, open_index

KILLS = int(os.environ.get("GREFFIER_KILLS", "5"))
ASKERS = 16
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
    one = WorkerGenerator(card, threads=1)
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


def test_sixteen_askers_are_served_in_turn_and_nobody_starves(generator: WorkerGenerator) -> None:
    first = iter(generator.generate(LONG, asker="first"))
    next(first)  # everybody else queues behind it
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

    first.close()  # type: ignore[attr-defined]
    together(len(everyone), read)
    assert len(ended) == len(everyone)
    places = [everyone.index(turn) for turn in ended]
    assert all(abs(place - order) <= 2 for order, place in enumerate(places))  # readers wake up in their own time


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


def test_a_worker_that_cannot_be_started_again_costs_one_answer_and_no_other(
    generator: WorkerGenerator, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = iter(generator.generate(LONG, asker="first"))
    next(first)
    second, third = (generator.generate(prompt(number), asker=str(number)) for number in range(2))
    failures = iter([OSError("Cannot allocate memory"), ValueError("anything")])

    def start(self: WorkerGenerator) -> Child:
        raise next(failures)

    with monkeypatch.context() as patched:
        patched.setattr("models.generator.Child", lambda *_, **__: start(generator))
        assert generator.worker_pid is not None
        os.kill(generator.worker_pid, signal.SIGKILL)
        for turn, failure in ((first, WorkerDied), (second, CannotStart), (third, WorkerDied)):
            with pytest.raises(failure):
                list(turn)
    assert "".join(generator.generate(prompt(2), asker="afterwards"))
