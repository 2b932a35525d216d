"""A generator in a supervised worker process: a few texts at once, askers in turn."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import fields
from queue import Empty, SimpleQueue
from typing import Any

from models.child import DIED, Child
from models.decoding import Counts
from models.errors import CannotStart, CrashedAtStart, ModelFailure, PromptTooLong, WorkerDied
from models.protocols import ModelCard, Prompt
from models.queue import FairQueue
from models.registry import verify

_POLL_SECONDS = 0.1


class Turn:
    """One generation, from the queue to its last piece.  Satisfies `models.protocols.Generation`."""

    def __init__(self, prompt: Prompt, queue: FairQueue[Turn]) -> None:
        self.prompt = prompt
        self.counts = Counts()  # told when it is over
        self.cancelled = threading.Event()
        self._queue = queue
        self._pieces: SimpleQueue[str | ModelFailure | None] = SimpleQueue()
        self._given: list[str] = []

    def __iter__(self) -> Iterator[str]:
        try:
            while (piece := self._pieces.get()) is not None:
                if isinstance(piece, ModelFailure):
                    raise piece
                yield piece
        finally:
            self.cancel()

    def cancel(self) -> None:
        """End it: at once in the queue, between two tokens when being written."""
        self.cancelled.set()
        self._queue.discard(self)
        self._pieces.put(None)

    @property
    def position(self) -> int:
        """Askers before this one; 0 when it is being served, or over."""
        place = self._queue.position(self)
        return 0 if place is None else place + 1

    @property
    def given(self) -> str:
        """What was written so far."""
        return "".join(self._given)

    def give(self, piece: str) -> None:
        self._given.append(piece)
        self._pieces.put(piece)

    def end(self, failure: ModelFailure | None = None) -> None:
        self._pieces.put(failure)


class WorkerGenerator:
    """Satisfies `models.protocols.Generator`.  The worker starts at the first need and again after a death."""

    def __init__(
        self,
        card: ModelCard,
        *,
        threads: int,
        context_tokens: int = 2048,
        sequences: int = 1,
        silence_seconds: float = 180,
    ) -> None:
        """`sequences`: texts that are written at once, of `context_tokens` each."""
        self._card = card
        self._threads = threads
        self._context_tokens = context_tokens
        self._sequences = sequences
        self._silence_seconds = silence_seconds
        self._repacked = True
        self._closed = False
        self._queue: FairQueue[Turn] = FairQueue()
        self._starting = threading.Lock()
        self._again = threading.Lock()
        self._child: Child | None = None
        self._serving: list[threading.Thread] = []

    @property
    def card(self) -> ModelCard:
        return self._card

    @property
    def worker_pid(self) -> int | None:
        return self._child.pid if self._child and self._child.alive else None

    def count(self, text: str) -> int:
        """Tokens of `text`; does not wait for generations.  A worker that dies meanwhile is replaced once."""
        for _ in range(2):
            _, inbox = self._running().ask("count", text=text)
            answer = inbox.get()
            if "count" in answer:
                return int(answer["count"])
        raise WorkerDied(detail="count")

    def generate(self, prompt: Prompt, *, asker: str) -> Turn:
        """Raises ChangedFile, CannotStart when the model cannot serve at all, WorkerDied once it is closed."""
        self._running()
        turn = Turn(prompt, self._queue)
        if not self._queue.put(asker, turn):
            raise WorkerDied(detail="closed")
        with self._starting:
            while len(self._serving) < self._sequences:
                self._serving.append(threading.Thread(target=self._serve, name="generator", daemon=True))
                self._serving[-1].start()
        return turn

    def close(self) -> None:
        self._closed = True
        for turn in self._queue.close():
            turn.end(WorkerDied(detail="closed"))
        with self._starting:
            if self._child is not None:
                self._child.kill()

    def _running(self) -> Child:
        with self._starting:
            if self._closed:
                raise WorkerDied(detail="closed")
            if self._child is None or not self._child.alive:
                verify(self._card)
                self._child = self._started()
            return self._child

    def _started(self) -> Child:
        """A worker that has tried its model.  Weights laid out for the processor's matrix unit can crash it (GCC 12
        miscompiles the set-up of AMX tiles): then they are used as they stand in the file, slower."""
        try:
            return self._start()
        except CrashedAtStart:
            if not self._repacked:
                raise
            self._repacked = False
            return self._start()

    def _start(self) -> Child:
        try:
            return Child(
                self._card,
                threads=self._threads,
                context_tokens=self._context_tokens,
                sequences=self._sequences,
                repacked=self._repacked,
            )
        except OSError as error:  # no memory for another process
            raise CannotStart(name=self._card.name, detail=str(error)) from error

    def _serve(self) -> None:
        """One of as many threads as texts are written at once."""
        while (turn := self._queue.take()) is not None:
            try:
                self._serve_turn(turn)
            except ModelFailure as failure:
                turn.end(failure)
            except Exception as error:  # whatever it is, those who wait behind are served
                turn.end(WorkerDied(detail=f"{type(error).__name__}: {error}"))
            else:
                turn.end()

    def _serve_turn(self, turn: Turn) -> None:
        """A worker that dies takes along all that it was writing.  The texts go on in the next worker, one begun after
        the other: one whose worker dies before it has gone on by a piece is what kills it, and is given up."""
        with self._again:  # nobody new beside one that is begun again
            pass
        try:
            self._write(turn, lambda: None)
        except WorkerDied:
            self._go_on(turn)

    def _go_on(self, turn: Turn) -> None:
        while True:
            begun = len(turn.given)
            with ExitStack() as alone:
                alone.enter_context(self._again)
                try:
                    self._write(turn, alone.close)
                    return
                except WorkerDied:
                    if len(turn.given) == begun:
                        raise

    def _write(self, turn: Turn, went_on: Callable[[], None]) -> None:
        if turn.cancelled.is_set():
            return
        child, asked = self._running(), turn.prompt
        number, inbox = child.ask(
            "generate",
            system=asked.system,
            user=asked.user,
            max_tokens=asked.max_tokens,
            stop=list(asked.stop),
            markers=asked.markers,
            begun=turn.given,
            behind=len(self._queue),
        )
        silent, heard = 0.0, child.heard
        while not turn.cancelled.is_set():
            message = _next(inbox, _POLL_SECONDS)
            if message is None:
                silent, heard = silent + _POLL_SECONDS if child.heard == heard else 0.0, child.heard
                if silent > self._silence_seconds:
                    child.kill()
                continue
            if message is DIED:
                raise child.died()
            if "error" in message:
                raise PromptTooLong(detail=message["error"], context=self._context_tokens)
            if message["piece"]:
                turn.give(message["piece"])
            if "done" in message:
                turn.counts = _counts(message)
                return
            silent = 0.0
            went_on()
        child.cancel(number)


def _counts(message: dict[str, Any]) -> Counts:
    return Counts(**{one.name: message[one.name] for one in fields(Counts)})


def _next(inbox: SimpleQueue[dict[str, Any]], seconds: float) -> dict[str, Any] | None:
    try:
        return inbox.get(timeout=seconds)
    except Empty:
        return None
