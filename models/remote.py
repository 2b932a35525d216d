"""A generator on the operator's own network: an OpenAI-compatible address, asked only if the operator listed it.

Plain http.client: no proxy out of the environment, no redirect followed, nothing kept between two requests.
"""

from __future__ import annotations

import json
import math
import threading
import time
from collections.abc import Iterator
from http.client import HTTPException, HTTPResponse
from typing import Any
from weakref import WeakSet

from models.address import Address, Exchange, address_of
from models.errors import RemoteFailed
from models.protocols import ModelCard, Prompt

_CHARACTERS_A_TOKEN = 4  # where the address does not count
_MOST_CHARACTERS_A_TOKEN = 32
_MOST_LINE_BYTES = 1 << 20
_MOST_COUNT_BYTES = 8 << 20
_COUNT_SECONDS = 5.0
_COUNT_AGAIN_SECONDS = 300.0


class RemoteGenerator:
    """Satisfies `models.protocols.Generator`.  The address serves askers in its own order: nobody queues here."""

    def __init__(
        self,
        url: str,
        model: str,
        allowed: tuple[str, ...],
        *,
        key: str = "",
        silence_seconds: float = 180,
        total_seconds: float = 900,
    ) -> None:
        """Raises BadAddress (exit 2), AddressNotListed (exit 3).  Nothing is asked before the first question."""
        self._address = address_of(url, model, allowed)
        self._key = key
        self._silence_seconds = silence_seconds
        self._total_seconds = total_seconds
        self._running: WeakSet[RemoteGeneration] = WeakSet()
        self._count_from = 0.0

    @property
    def card(self) -> ModelCard:
        return self._address.card

    def count(self, text: str) -> int:
        """Tokens of `text`: by the address's /tokenize (llama.cpp, vLLM), else a quarter of its characters, rounded up.

        Never fails: an address that does not count is asked again after some minutes.
        """
        if time.monotonic() >= self._count_from:
            asked = {"model": self._address.model, "content": text, "prompt": text, "add_special_tokens": False}
            exchange = Exchange(self._address, self._key, _COUNT_SECONDS)
            try:
                with exchange.post("/tokenize", asked, below_base=False) as response:
                    return len(json.loads(response.read(_MOST_COUNT_BYTES))["tokens"])
            except (OSError, HTTPException, RemoteFailed, ValueError, KeyError, TypeError, RecursionError):
                self._count_from = time.monotonic() + _COUNT_AGAIN_SECONDS
            finally:
                exchange.close()
        return math.ceil(len(text) / _CHARACTERS_A_TOKEN)

    def generate(self, prompt: Prompt, *, asker: str) -> RemoteGeneration:
        exchange = Exchange(self._address, self._key, self._silence_seconds)
        generation = RemoteGeneration(exchange, self._address, prompt, self._total_seconds)
        self._running.add(generation)
        return generation

    def close(self) -> None:
        for generation in list(self._running):
            generation.cancel()


class RemoteGeneration:
    """Satisfies `models.protocols.Generation`.  The request is made by whoever iterates, in their thread."""

    def __init__(self, exchange: Exchange, address: Address, prompt: Prompt, total_seconds: float) -> None:
        self._exchange = exchange
        self._address = address
        self._prompt = prompt
        self._total_seconds = total_seconds
        self._cancelled = threading.Event()
        self._expired = threading.Event()

    position = 0

    def __iter__(self) -> Iterator[str]:
        """Raises RemoteFailed; after `cancel` it just ends."""
        if self._cancelled.is_set():
            return
        limit = threading.Timer(self._total_seconds, self._expire)
        limit.daemon = True
        limit.start()
        try:
            with self._exchange.post("/chat/completions", self._body()) as response:
                yield from self._pieces(response)
        except (OSError, HTTPException, ValueError, RecursionError, RemoteFailed) as error:
            if self._cancelled.is_set():
                return
            if self._expired.is_set():
                raise self._failed(f"more than {self._total_seconds:.0f} s") from error
            if isinstance(error, RemoteFailed):
                raise
            raise self._failed(f"{type(error).__name__}: {error}") from error
        finally:
            limit.cancel()
            self.cancel()

    def cancel(self) -> None:
        self._cancelled.set()
        self._exchange.close()

    def _expire(self) -> None:
        self._expired.set()
        self._exchange.close()

    def _body(self) -> dict[str, Any]:
        asked = self._prompt
        body: dict[str, Any] = {
            "model": self._address.model,
            "messages": [{"role": "system", "content": asked.system}, {"role": "user", "content": asked.user}],
            "max_tokens": asked.max_tokens,
            "temperature": 0,
            "stream": True,
        }
        return {**body, "stop": list(asked.stop)} if asked.stop else body

    def _pieces(self, response: HTTPResponse) -> Iterator[str]:
        """The stream's text, up to its end mark; no more of it than was asked for."""
        left = self._prompt.max_tokens * _MOST_CHARACTERS_A_TOKEN
        finished = False
        for event in _events(response):
            if event == "[DONE]":
                return
            piece, ended = self._read(event)
            finished = finished or ended
            if piece:
                yield piece[:left]
            left -= len(piece)
            if left <= 0 or self._cancelled.is_set():
                return
        if not finished:
            raise self._failed("the answer was cut short")

    def _read(self, event: str) -> tuple[str, bool]:
        """The text of one event, and whether it is the last."""
        message = json.loads(event)
        if not isinstance(message, dict) or "error" in message:
            raise self._failed(str(message)[:200])
        choices = message.get("choices") or [{}]
        try:
            piece = choices[0].get("delta", {}).get("content") or ""
            ended = choices[0].get("finish_reason") is not None
        except (AttributeError, KeyError, TypeError, IndexError) as error:
            raise self._failed(event[:200]) from error
        if not isinstance(piece, str):
            raise self._failed(event[:200])
        return piece, ended

    def _failed(self, detail: str) -> RemoteFailed:
        return RemoteFailed(address=self._address.listed_as, model=self._address.model, detail=detail)


def _events(response: HTTPResponse) -> Iterator[str]:
    """The data of server-sent events, one line each; comments and other fields are passed over.  Raises ValueError."""
    while line := response.readline(_MOST_LINE_BYTES):
        if len(line) >= _MOST_LINE_BYTES:
            raise ValueError(f"a line beyond {_MOST_LINE_BYTES} bytes")
        name, _, data = line.decode("utf-8", errors="replace").partition(":")
        if name == "data" and (event := data.strip()):
            yield event
