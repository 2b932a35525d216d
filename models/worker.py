"""The child process that holds one llama.cpp model: `python -m models.worker '<json>'`.

JSON lines in: {"op": "generate"|"count"|"cancel", "id": ..., ...}.  JSON lines out: {"ready": true} or {"fatal": ...},
then {"id": ..., "piece"|"count"|"error": ...}; the last piece comes with "done" and `models.decoding.Counts`.
{"alive": true} now and then while prompts are read.  It ends when its standard input does.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict
from queue import SimpleQueue
from typing import Any

_PR_SET_PDEATHSIG = 1
_ALIVE_SECONDS = 0.5


class Worker:
    """One context of several sequences.  Counting goes on in another thread while it is busy."""

    def __init__(
        self, output: Any, path: str, threads: int, context_tokens: int, sequences: int = 1, repacked: bool = True
    ) -> None:
        from models.chat_format import format_of
        from models.context import MOST_TOKENS, Context, Part
        from models.decoding import Decoder

        self._output = output
        self._writing = threading.Lock()
        self._said = 0.0
        self._orders: SimpleQueue[dict[str, Any]] = SimpleQueue()
        context = Context(path, threads=threads, length=context_tokens, sequences=sequences, repacked=repacked)
        self._vocabulary = context.vocabulary
        self._format = format_of(
            context.metadata("tokenizer.chat_template"), bos=self._vocabulary.bos, eos=self._vocabulary.eos
        )
        tokens = self._tokens("", "")[:MOST_TOKENS] or [0]
        context.run([Part(0, 0, tokens, True)])  # what crashes does so before anybody waits
        context.forget(0)
        self._decoder = Decoder(context)

    def run(self) -> None:
        threading.Thread(target=self._listen, daemon=True).start()
        self.say(ready=True)
        while True:
            while self._decoder.idle or not self._orders.empty():
                self._obey(self._orders.get())
            self._tell(self._decoder.step())
            if time.monotonic() - self._said > _ALIVE_SECONDS:
                self.say(alive=True)

    def say(self, **message: Any) -> None:
        with self._writing:
            self._output.write(json.dumps(message).encode() + b"\n")
            self._output.flush()
            self._said = time.monotonic()

    def _listen(self) -> None:
        for line in sys.stdin.buffer:
            message = json.loads(line)
            if message["op"] == "count":
                self.say(id=message["id"], count=len(self._vocabulary.tokenize(message["text"].encode())))
            else:
                self._orders.put(message)
        os._exit(0)

    def _obey(self, order: dict[str, Any]) -> None:
        if order["op"] == "cancel":
            self._tell(self._decoder.cancel(order["id"]))
            return
        from models.decoding import Request

        try:
            self._decoder.add(
                Request(
                    number=order["id"],
                    prompt=self._tokens(order["system"], order["user"]),
                    max_tokens=order["max_tokens"],
                    stops=[*order["stop"], *self._format.stops, self._vocabulary.eos],
                    markers=order["markers"],
                    begun=order["begun"],
                ),
                order["behind"],
            )
        except ValueError as error:  # a prompt that exceeds the context
            self.say(id=order["id"], error=str(error))

    def _tell(self, written: Iterable[Any]) -> None:
        for one in written:
            if one.counts is not None:
                self.say(id=one.number, piece=one.piece, done=True, **asdict(one.counts))
            else:
                self.say(id=one.number, piece=one.piece)

    def _tokens(self, system: str, user: str) -> list[int]:
        return self._format.tokens(self._vocabulary.tokenize, system, user, bos=self._vocabulary.bos)


def main() -> None:
    _die_with_parent()
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not reach the protocol
    try:
        worker = Worker(output, **json.loads(sys.argv[1]))
    except Exception as error:
        output.write(json.dumps({"fatal": str(error)}).encode() + b"\n")
        output.flush()
        raise SystemExit(1) from error
    with suppress(BrokenPipeError):
        worker.run()


def _die_with_parent() -> None:
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    main()
