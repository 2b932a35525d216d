"""The child process that holds one llama.cpp model: `python -m models.worker '<json>'`.

JSON lines in: {"op": "generate"|"count"|"cancel", "id": ..., ...}.  JSON lines out: {"ready": true} or {"fatal": ...},
then {"id": ..., "piece"|"count"|"done"|"error": ...}; "done" comes with `models.decoding.Counts`.  It ends when its
standard input does.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import threading
from contextlib import suppress
from dataclasses import asdict
from queue import SimpleQueue
from typing import Any

_PR_SET_PDEATHSIG = 1


class Worker:
    """One sequence, one context: what prompts have in common is not read twice."""

    def __init__(self, output: Any, path: str, threads: int, context_tokens: int, repacked: bool = True) -> None:
        from llama_cpp import Llama, llama_chat_format

        from models.chat_format import format_of
        from models.decoding import Decoder

        llama_chat_format.Jinja2ChatFormatter = _Unread  # templates are not compiled in this process
        if not repacked:
            _leave_weights_as_they_are()
        self._output = output
        self._writing = threading.Lock()
        self._cancelled: set[int] = set()
        self._prompts: SimpleQueue[dict[str, Any]] = SimpleQueue()
        # Counting goes on while a prompt is read: it has a tokenizer of its own.
        self._tokenizer = Llama(path, vocab_only=True, verbose=False)
        self._model = Llama(
            path, n_ctx=context_tokens, n_threads=threads, n_threads_batch=threads, seed=1, verbose=False
        )
        self._bos, self._eos = (self._text_of(one) for one in (self._model.token_bos(), self._model.token_eos()))
        template = self._model.metadata.get("tokenizer.chat_template", "")
        self._format = format_of(template, bos=self._bos, eos=self._eos)
        self._model.eval(self._tokens("", ""))  # what crashes does so before anybody waits for an answer
        self._model.reset()
        self._decoder = Decoder(self._model)

    def run(self) -> None:
        threading.Thread(target=self._listen, daemon=True).start()
        self.say(ready=True)
        while True:
            self._generate(self._prompts.get())

    def say(self, **message: Any) -> None:
        with self._writing:
            self._output.write(json.dumps(message).encode() + b"\n")
            self._output.flush()

    def _listen(self) -> None:
        for line in sys.stdin.buffer:
            message = json.loads(line)
            if message["op"] == "cancel":
                self._cancelled.add(message["id"])
            elif message["op"] == "count":
                self.say(id=message["id"], count=self._count(message["text"]))
            else:
                self._prompts.put(message)
        os._exit(0)

    def _count(self, text: str) -> int:
        return len(self._tokenizer.tokenize(text.encode(), add_bos=False, special=False))

    def _tokens(self, system: str, user: str) -> list[int]:
        return self._format.tokens(self._model.tokenize, system, user, bos=self._bos)

    def _text_of(self, token: int) -> str:
        return str(self._model._model.token_get_text(token)) if token != -1 else ""

    def _generate(self, asked: dict[str, Any]) -> None:
        number = asked["id"]
        try:
            for piece in self._decoder.write(
                self._tokens(asked["system"], asked["user"]),
                max_tokens=asked["max_tokens"],
                stops=[*asked["stop"], *self._format.stops, self._eos],
                markers=asked["markers"],
                cancelled=lambda: number in self._cancelled,
            ):
                self.say(id=number, piece=piece)
            self.say(id=number, done=True, **asdict(self._decoder.counts))
        except ValueError as error:  # a prompt that exceeds the context
            self.say(id=number, error=str(error))
        finally:
            self._cancelled.discard(number)


def _leave_weights_as_they_are() -> None:
    from llama_cpp import llama_cpp as low

    defaults = low.llama_model_default_params

    def as_they_are() -> Any:
        parameters = defaults()
        parameters.use_extra_bufts = False
        return parameters

    low.llama_model_default_params = as_they_are


class _Unread:
    """Stands where llama_cpp would compile each template that it finds in the file."""

    def __init__(self, **_: Any) -> None:
        return

    def to_chat_handler(self) -> None:
        return None


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
