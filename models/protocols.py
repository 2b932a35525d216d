"""What the rest of the house may ask of a model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Role = Literal["embedder", "generator", "reranker", "reader"]


@dataclass(frozen=True, slots=True)
class ModelCard:
    """A registered model: what is on record about one model file."""

    name: str
    role: Role
    path: str
    sha256: str
    licence: str
    publisher: str
    languages: tuple[str, ...]  # ISO 639-1
    note: str = ""
    country: str = ""  # of the publisher
    architecture: str = ""
    quantisation: str = ""
    parameters: int = 0  # 0: not known, as below
    context_tokens: int = 0  # the most that the model was made for
    size_bytes: int = 0
    memory_bytes: int = 0  # weights, cache of the context in use, working space
    fits: bool = True  # in the memory that was there when it was added
    chat_format: str = ""  # "template": the file's own; "plain": ChatML, for want of one that works
    cosine_step: float = 0.0  # of an embedder: the difference of cosines that counts (see index.fusion); 0: not known


@dataclass(frozen=True, slots=True)
class EmbedderIdentity:
    """Recorded with the embeddings.  Vectors compare only when `name` and `sha256` are the same."""

    name: str
    sha256: str
    dimensions: int
    precision: str  # "fp32" or "bf16"
    instruction_set: str
    cosine_step: float | None = None  # not recorded with the embeddings: it may be fitted later


class Embedder(Protocol):
    @property
    def identity(self) -> EmbedderIdentity: ...

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors of passages, shape (len(texts), dimensions), in the order of the texts."""
        ...

    def embed_question(self, question: str) -> NDArray[np.float32]:
        """Unit vector of a question, shape (dimensions,): a model may read questions in another way than passages."""
        ...


class Reranker(Protocol):
    """Reads a question and a passage together: slower than comparing vectors, and finer."""

    def scores(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """Relevance of each text, from 0 to 1, shape (len(texts),): higher is better."""
        ...


@dataclass(frozen=True, slots=True)
class Sentences:
    """A passage with the spans of its sentences, in characters of its text."""

    heading: tuple[str, ...]
    text: str
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """Log-odds that a passage answers; for each of its sentences a logit, the higher the likelier it is the answer.

    None for what was not read.
    """

    relevance: float | None
    sentences: tuple[float | None, ...]


class Reader(Protocol):
    """Reads a question with a few passages and says which sentence answers it."""

    def read(self, question: str, passages: Sequence[Sentences]) -> list[Reading]:
        """One reading a passage, in their order; those that come last may be left unread.  Raises ModelFailure."""
        ...


@dataclass(frozen=True, slots=True)
class Prompt:
    """One request to a generator: the stable part first, the question last, so that the common prefix is reused."""

    system: str
    user: str
    max_tokens: int = 256
    stop: tuple[str, ...] = ()
    markers: int = 0  # each sentence ends with some of [1] to [markers], where the generator can hold to it; 0: free


class Generation(Protocol):
    """One answer being written: iterate for pieces of text; `cancel` ends it at once, from any thread."""

    def __iter__(self) -> Iterator[str]: ...

    def cancel(self) -> None: ...

    @property
    def position(self) -> int:
        """Askers before this one in the queue; 0 when being served."""
        ...


class Generator(Protocol):
    @property
    def card(self) -> ModelCard: ...

    def count(self, text: str) -> int:
        """Tokens of `text` by the model's own tokenizer."""
        ...

    def generate(self, prompt: Prompt, *, asker: str) -> Generation:
        """Queue a prompt.  The queue is fair: askers take turns, whatever each has queued."""
        ...

    def close(self) -> None: ...
