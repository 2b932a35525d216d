"""The only place where objects are wired."""

from __future__ import annotations

import os
import tempfile
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from app.access import LOCAL_USER, readable_collections
from app.messages import LANGUAGES
from app.settings import Settings

if TYPE_CHECKING:
    from app.assistant.answer import Assistant
    from app.assistant.words import Language
    from index.records import EmbeddingModel
    from index.store import Index
    from models.embedder import SentenceEmbedder
    from models.protocols import Embedder, Generator, ModelCard, Reader, Reranker
    from models.remote import RemoteGenerator


@dataclass(frozen=True, slots=True)
class SearchedWith:
    """The cards of the models that search, and the state of what was fitted for them."""

    embedder: ModelCard
    reranker: ModelCard | None
    reader: ModelCard | None
    calibration: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class House:
    """Everything that a surface needs, wired once a process."""

    settings: Settings
    index: Index
    embedder: Embedder
    assistant: Assistant
    generators: Generators
    reranker: Reranker | None = None
    reader: Reader | None = None
    searched_with: SearchedWith | None = None

    def readable(self, user: str) -> frozenset[str]:
        return readable_collections(user, (one.name for one in self.index.collections()))

    def warm(self) -> None:
        """Load what the first question would wait for."""
        from app.assistant.events import Question

        self.assistant.gather(Question("mairie", self.readable(LOCAL_USER)))

    def renewed(self, *, prepared: bool = False) -> House:
        """This house, or another where a search model or a calibration was put in use meanwhile.

        The other one takes over what has not changed, the generators at work above all: who still reads by this one
        goes on.
        """
        if _searching_with(self.settings) == self.searched_with:
            return self
        house = open_house(self.settings, prepared=prepared, before=self)
        self.index.close()
        return house

    def close(self) -> None:
        self.generators.close()


@dataclass(slots=True)
class Generators:
    """The generator at the operator's address, else registered ones, each started at its first use and kept."""

    settings: Settings
    _started: dict[str, Generator] = field(default_factory=dict)
    _choosing: threading.Lock = field(default_factory=threading.Lock)

    def choose(self, language: Language) -> Generator | None:
        """The generator for a language, or None: then the assistant quotes.  Raises AddressNotListed."""
        from models.registry import choose_generator, registered

        with self._choosing:
            if self.settings.generator_url:
                return self._remote()
            cards = registered(self.settings.data_dir)
            self._leave({one.sha256 for name in LANGUAGES if (one := choose_generator(cards, name))})
            card = choose_generator(cards, language)
            return self._start(card) if card else None

    def close(self) -> None:
        for generator in self._started.values():
            generator.close()
        self._started.clear()

    def _start(self, card: ModelCard) -> Generator:
        if card.sha256 not in self._started:
            from models.generator import WorkerGenerator
            from models.memory import available, sequences

            wanted = self.settings.context_tokens
            context = min(wanted, card.context_tokens or wanted)
            self._started[card.sha256] = WorkerGenerator(
                card,
                threads=self.settings.threads,
                context_tokens=context,
                sequences=sequences(Path(card.path), context, available(), self.settings.answers_at_once),
            )
        return self._started[card.sha256]

    def _leave(self, wanted: set[str]) -> None:
        """End what no language is served by any more: a model that was replaced must not keep its memory."""
        for sha256 in set(self._started) - wanted:
            self._started.pop(sha256).close()

    def _remote(self) -> Generator:
        url = self.settings.generator_url
        if url not in self._started:
            self._started[url] = remote_generator(self.settings)
        return self._started[url]


def remote_generator(settings: Settings) -> RemoteGenerator:
    """Raises BadAddress (exit 2), AddressNotListed (exit 3)."""
    from models.remote import RemoteGenerator

    key = settings.generator_key.get_secret_value()
    return RemoteGenerator(settings.generator_url, settings.generator_model, settings.allowed_addresses, key=key)


def remote_card(settings: Settings) -> ModelCard | None:
    """The card of the generator at the operator's address, where there is one.  Raises as `remote_generator` does."""
    return remote_generator(settings).card if settings.generator_url else None


def open_house(settings: Settings, *, prepared: bool = False, before: House | None = None) -> House:
    """Wire everything.  `prepared` loads the embedder at once: who writes embeddings records how they were made.

    `before` is the house whose place this one takes.
    """
    from app.assistant.answer import Assistant
    from app.calibration import calibration

    remote_card(settings)  # an address that may not be asked is told before anything is loaded
    searched_with = _searching_with(settings)
    embedder = _embedder(searched_with.embedder, settings, before)
    if prepared:
        embedder.prepare()
    measure, cosine_step = calibration(settings.data_dir, embedder.identity)
    index = open_index(settings, embedder, cosine_step)
    generators = before.generators if before else Generators(settings)
    reranker = _reranker(searched_with.reranker, settings, before)
    reader = _reader(searched_with.reader, settings, before)
    assistant = Assistant(
        index, embedder, generators.choose, settings.passage_tokens, settings.answer_tokens, reranker, measure, reader
    )
    return House(settings, index, embedder, assistant, generators, reranker, reader, searched_with)


def _searching_with(settings: Settings) -> SearchedWith:
    from app.calibration import kept_since
    from models.registry import embedder_card, reader_card, registered, reranker_card

    cards = registered(settings.data_dir)
    reader = reader_card(cards) if settings.read_passages != 0 else None
    return SearchedWith(embedder_card(cards), reranker_card(cards), reader, kept_since(settings.data_dir))


def _embedder(card: ModelCard, settings: Settings, before: House | None) -> SentenceEmbedder:
    from models.embedder import SentenceEmbedder, load_embedder

    same = before is not None and before.searched_with is not None and before.searched_with.embedder == card
    if before and same and isinstance(before.embedder, SentenceEmbedder):
        return before.embedder
    return load_embedder(card, threads=settings.threads, cache_dir=settings.data_dir / "models")


def _reranker(card: ModelCard | None, settings: Settings, before: House | None) -> Reranker | None:
    """The registered cross-encoder; none comes with Greffier.  Costs nothing until the first question."""
    if card is None:
        return None
    if before and before.searched_with and before.searched_with.reranker == card:
        return before.reranker
    from models.reranker import CrossEncoderReranker

    return CrossEncoderReranker(card, threads=settings.threads)


def _reader(card: ModelCard | None, settings: Settings, before: House | None) -> Reader | None:
    """By one thread, as a question is embedded, and for the same reason.  Costs nothing until the first question."""
    if card is None:
        return None
    if before and before.searched_with and before.searched_with.reader == card:
        return before.reader
    from models.reader import SentenceReader
    from models.registry import embedder_card, packaged_cards

    return SentenceReader(card, embedder_card(packaged_cards()), threads=1, most=settings.read_passages)


def open_index(settings: Settings, embedder: Embedder, cosine_step: float | None = None) -> Index:
    """The index as one embedder makes it: embeddings of another are held beside its own."""
    from index.store import Index

    return Index.open(settings.data_dir, _embedding_model(embedder), cosine_step)


def _keep_temporary_files_in(folder: Path) -> None:
    """Nothing is written outside the data directory: not by the libraries either, nor by processes below this one."""
    with suppress(OSError):  # a data directory that may only be read: what must be written will say so
        folder.mkdir(parents=True, exist_ok=True)
    tempfile.tempdir = str(folder)
    os.environ |= {"TMPDIR": str(folder), "TORCHINDUCTOR_CACHE_DIR": str(folder / "torch")}


def house() -> House:
    """The house of this process, from its environment; another when a search model was put in use meanwhile."""
    with _lock:
        served = _serving.get("house")
        _serving["house"] = served.renewed() if served else house_of_process(_settings())
        return _serving["house"]


def house_of_process(settings: Settings, *, prepared: bool = False) -> House:
    """`open_house` for a process that serves nothing else: its temporary files stay in the data directory too."""
    _keep_temporary_files_in(settings.data_dir / "tmp")
    return open_house(settings, prepared=prepared)


@cache
def _settings() -> Settings:
    return Settings()


_serving: dict[str, House] = {}
_lock = threading.Lock()


def _embedding_model(embedder: Embedder) -> EmbeddingModel:
    from index.records import EmbeddingModel

    made_by = embedder.identity
    return EmbeddingModel(made_by.name, made_by.sha256, made_by.dimensions, made_by.precision, made_by.instruction_set)
