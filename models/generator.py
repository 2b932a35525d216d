"""A generator in a supervised worker process, one request at a time, askers in turn."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import fields
from queue import Empty, SimpleQueue
from typing import Any

from models.child import DIED, Child
from models.decoding import Counts
from models.errors import CannotStart, CrashedAtStart, ModelFailure, PromptTooLong, WorkerDied
from models.protocols import ModelCard, Prompt
from models.queue import FairQueue
from models.registry import verify

_CANCEL_SECONDS = 5.0  # a worker that does not stop within this is ended
_POLL_SECONDS = 0.1


class Turn:
    """One generation, from the queue to its last piece.  Satisfies `models.protocols.Generation`."""

    def __init__(self, prompt: Prompt, queue: FairQueue[Turn]) -> None:
        self.prompt = prompt
        self.counts = Counts()  # told when it is over
        self.cancelled = threading.Event()
        self._queue = queue
        self._pieces: SimpleQueue[str | ModelFailure | None] = SimpleQueue()

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

    def give(self, piece: str) -> None:
        self._pieces.put(piece)

    def end(self, failure: ModelFailure | None = None) -> None:
        self._pieces.put(failure)


class WorkerGenerator:
    """Satisfies `models.protocols.Generator`.  The worker starts at the first need and again after a death."""

    def __init__(
        self, card: ModelCard, *, threads: int, context_tokens: int = 2048, silence_seconds: float = 180
    ) -> None:
        self._card = card
        self._threads = threads
        self._context_tokens = context_tokens
        self._silence_seconds = silence_seconds
        self._repacked = True
        self._queue: FairQueue[Turn] = FairQueue()
        self._starting = threading.Lock()
        self._child: Child | None = None
        self._serving: threading.Thread | None = None

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
        """Raises ChangedFile, CannotStart when the model cannot serve at all."""
        self._running()
        turn = Turn(prompt, self._queue)
        self._queue.put(asker, turn)
        with self._starting:
            if self._serving is None:
                self._serving = threading.Thread(target=self._serve, name="generator", daemon=True)
                self._serving.start()
        return turn

    def close(self) -> None:
        for turn in self._queue.close():
            turn.end(WorkerDied(detail="closed"))
        with self._starting:
            if self._child is not None:
                self._child.kill()

    def _running(self) -> Child:
        with self._starting:
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
        context = self._context_tokens
        try:
            return Child(self._card, threads=self._threads, context_tokens=context, repacked=self._repacked)
        except OSError as error:  # no memory for another process
            raise CannotStart(name=self._card.name, detail=str(error)) from error

    def _serve(self) -> None:
        while (turn := self._queue.take()) is not None:
            if turn.cancelled.is_set():
                continue
            try:
                self._serve_one(turn, self._running())
            except ModelFailure as failure:
                turn.end(failure)
            except Exception as error:  # whatever it is, those who wait behind are served
                turn.end(WorkerDied(detail=f"{type(error).__name__}: {error}"))
            else:
                turn.end()

    def _serve_one(self, turn: Turn, child: Child) -> None:
        asked = turn.prompt
        number, inbox = child.ask(
            "generate",
            system=asked.system,
            user=asked.user,
            max_tokens=asked.max_tokens,
            stop=list(asked.stop),
            markers=asked.markers,
        )
        silent = 0.0
        while True:
            if turn.cancelled.is_set():
                _stop(child, number, inbox)
                return
            message = _next(inbox, _POLL_SECONDS)
            if message is None:
                silent += _POLL_SECONDS
                if silent > self._silence_seconds:
                    child.kill()
                    raise WorkerDied(detail=f"{self._silence_seconds} s")
                continue
            silent = 0.0
            if message is DIED:
                raise child.died()
            if "error" in message:
                raise PromptTooLong(detail=message["error"], context=self._context_tokens)
            if "done" in message:
                turn.counts = _counts(message)
                return
            turn.give(message["piece"])


def _stop(child: Child, number: int, inbox: SimpleQueue[dict[str, Any]]) -> None:
    child.cancel(number)
    waited = 0.0
    while waited < _CANCEL_SECONDS:
        message = _next(inbox, _POLL_SECONDS)
        if message is None:
            waited += _POLL_SECONDS
        elif "piece" not in message:
            return
    child.kill()


def _counts(message: dict[str, Any]) -> Counts:
    return Counts(**{one.name: message[one.name] for one in fields(Counts)})


def _next(inbox: SimpleQueue[dict[str, Any]], seconds: float) -> dict[str, Any] | None:
    try:
        return inbox.get(timeout=seconds)
    except Empty:
        return None
