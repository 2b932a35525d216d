"""Small working models for tests: no weights, no process, the same promises."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from index.records import EmbeddingModel
from models.errors import WorkerDied
from models.protocols import EmbedderIdentity, ModelCard, Prompt, Reading, Sentences


class FakeEmbedder:
    """A hashed bag of words: texts that share words are close.  `embedded` counts the texts that it was given."""

    def __init__(self, dimensions: int = 64, name: str = "fake") -> None:
        self.identity = EmbedderIdentity(name, hashlib.sha256(name.encode()).hexdigest(), dimensions, "fp32", "none")
        self.embedded = 0

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.embedded += len(texts)
        vectors = np.zeros((len(texts), self.identity.dimensions), np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for word in re.findall(r"\w+", text.lower()):
                row[int(hashlib.md5(word.encode()).hexdigest(), 16) % len(row)] += 1
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
        return vectors

    def embed_question(self, question: str) -> NDArray[np.float32]:
        return self.embed([question])[0]

    @property
    def model(self) -> EmbeddingModel:
        made = self.identity
        return EmbeddingModel(made.name, made.sha256, made.dimensions, made.precision, made.instruction_set)


class FakeReader:
    """Finds the answer where one phrase stands; or fails as a reader does whose file is gone."""

    def __init__(self, phrase: str, failure: Exception | None = None) -> None:
        self._phrase = phrase
        self._failure = failure

    def read(self, question: str, passages: Sequence[Sentences]) -> list[Reading]:
        if self._failure:
            raise self._failure
        return [self._reading(one) for one in passages]

    def _reading(self, one: Sentences) -> Reading:
        held = tuple(8.0 if self._phrase in one.text[start:end] else -4.0 for start, end in one.spans)
        return Reading(max(held, default=-4.0), held)


class FakeGenerator:
    """Writes `reply(prompt)` word by word.  A reply that holds 'CRASH' dies there."""

    def __init__(
        self, reply: Callable[[Prompt], str], *, languages: tuple[str, ...] = ("fr", "en"), pause: float = 0
    ) -> None:
        self.card = ModelCard("fake", "generator", "", "", "", "", languages)
        self.prompts: list[Prompt] = []
        self._reply = reply
        self._pause = pause

    def count(self, text: str) -> int:
        return len(text.split())

    def generate(self, prompt: Prompt, *, asker: str) -> FakeGeneration:
        self.prompts.append(prompt)
        return FakeGeneration(self._reply(prompt), self._pause)

    def close(self) -> None:
        return


class FakeGeneration:
    def __init__(self, reply: str, pause: float) -> None:
        self._reply = reply
        self._pause = pause
        self.cancelled = False
        self.position = 0

    def __iter__(self) -> Iterator[str]:
        for word in re.findall(r"\S+\s*", self._reply):
            if self.cancelled:
                return
            if word.startswith("CRASH"):
                raise WorkerDied(detail="fake")
            time.sleep(self._pause)
            yield word

    def cancel(self) -> None:
        self.cancelled = True
