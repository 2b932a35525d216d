"""The index: what is held, how it changes, how it is searched."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select, update

from index import catalogue as rows
from index import lookups, readings
from index.boxes import unpack
from index.catalogue import Catalogue, Embeddings
from index.checking import find_problems
from index.disk import full_disk_told
from index.errors import BadLexicon, OtherModel
from index.generations import Generation, Generations
from index.lexicon import read_lexicon
from index.lock import write_lock
from index.originals import Originals
from index.records import (
    ALL,
    NO_BACKGROUND,
    CollectionSummary,
    EmbeddingModel,
    Filter,
    Found,
    Hit,
    NewDocument,
    Page,
    Passage,
    Problem,
    SearchMode,
    Source,
    SourcePage,
)
from index.search import allowed_by, background_of, hits_of, search_generation
from index.shards import write_collection
from index.tables import CollectionRow


class Index:
    """Reading works from any thread and beside one writer.  Changing needs `with index.writer()`."""

    def __init__(self, data_dir: Path, model: EmbeddingModel, cosine_step: float | None = None) -> None:
        self.data_dir = data_dir
        self.model = model
        self.cosine_step = cosine_step  # of `model`, for fusion (see index.fusion); None: ranks are fused
        self._catalogue = Catalogue(data_dir / "catalogue.sqlite3")
        self._generations = Generations(data_dir / "generations")
        self._originals = Originals(data_dir / "originals")

    @classmethod
    def open(cls, data_dir: Path, model: EmbeddingModel, cosine_step: float | None = None) -> Index:
        """Nothing is created or read yet: an index that is not there is an empty one."""
        return cls(data_dir.absolute(), model, cosine_step)

    def close(self) -> None:
        self._catalogue.close()

    # Changing

    @contextmanager
    def writer(self) -> Iterator[None]:
        """Hold the write lock, schema up to date.  Raises Busy, DiskFull, BrokenCatalogue."""
        with write_lock(self.data_dir), full_disk_told(self.data_dir):
            self._catalogue.prepare()
            yield

    def replace(self, document: NewDocument, embeddings: Embeddings) -> None:
        """One document version, whole, in one transaction; the version before leaves search and stays citable."""
        if document.original is not None:
            self._originals.keep(document.original, document.sha256)
        with self._catalogue.write() as (connection, counter):
            collection_id = rows.ensure_collection(connection, document.collection, counter)
            rows.store_embeddings(connection, rows.ensure_model(connection, self.model), embeddings)
            rows.store_document(connection, collection_id, document)

    def store_embeddings(self, embeddings: Embeddings) -> None:
        """Embeddings of passages that are already held: after a change of model."""
        with self._catalogue.write() as (connection, counter):
            rows.store_embeddings(connection, rows.ensure_model(connection, self.model), embeddings)
            connection.execute(update(CollectionRow).values(changed=counter))

    def move(self, collection: str, old_path: str, source: Source) -> None:
        """The same content under another path: no page, passage or embedding changes."""
        with self._catalogue.write() as (connection, counter):
            collection_id = rows.ensure_collection(connection, collection, counter)
            rows.forget_source(connection, collection, old_path)
            rows.rename_document(connection, collection, old_path, source.path)
            rows.store_source(connection, collection_id, source)

    def touch(self, collection: str, source: Source) -> None:
        """What is known of a file that is no document, or whose content is the same: nothing that searching shows."""
        with self._catalogue.read() as connection:
            if lookups.find_source(connection, collection, source.path) == source:
                return
        with self._catalogue.tidy() as connection:
            rows.store_source(connection, rows.known_collection(connection, collection), source)

    def remove(self, collection: str, path: str) -> None:
        """The document leaves search; its pages stay for the citations already given."""
        with self._catalogue.read() as connection:
            document_id = lookups.find_document(connection, collection, path)
        if document_id is None:
            with self._catalogue.tidy() as connection:
                rows.forget_source(connection, collection, path)
            return
        with self._catalogue.write() as (connection, counter):
            rows.ensure_collection(connection, collection, counter)
            rows.forget_source(connection, collection, path)
            rows.supersede(connection, document_id)

    def publish(self) -> None:
        """Make what is held searchable: a new generation, written aside.  Nothing to do when nothing changed."""
        current = self._generations.current_or_none()
        counter = self._catalogue.counter()
        if current is None or current.manifest.stamp != counter or not _made_by(current, self.model):
            if self._generations.holds(counter):  # one that cannot be read, or of another model: never written over
                with self._catalogue.write() as (_, counter):
                    pass
            with self._catalogue.read() as connection:
                wanted = {
                    str(row.id): (row.name, row.changed, partial(write_collection, self._catalogue, self.model, row.id))
                    for row in connection.execute(select(CollectionRow.id, CollectionRow.name, CollectionRow.changed))
                }
            self._generations.publish(counter, self.model, wanted)
        with self._catalogue.tidy() as connection:
            readings.purge_superseded(connection)

    def rebuild(self) -> None:
        """All search structures anew from the catalogue; no embedding work."""
        with self._catalogue.write() as (connection, counter):
            connection.execute(update(CollectionRow).values(changed=counter))
        self.publish()

    # Reading

    def search(
        self,
        question: str,
        vector: NDArray[np.float32] | None,
        *,
        collections: Collection[str],
        k: int = 10,
        mode: SearchMode = "hybrid",
        only: Filter = ALL,
    ) -> list[Hit]:
        """The `k` best passages of `collections`, best first: the hits of `find`."""
        return self.find(question, vector, collections=collections, k=k, mode=mode, only=only).hits

    def find(
        self,
        question: str,
        vector: NDArray[np.float32] | None,
        *,
        collections: Collection[str],
        k: int = 10,
        mode: SearchMode = "hybrid",
        only: Filter = ALL,
    ) -> Found:
        """The `k` best passages of `collections` (the readable ones; empty means no hit), and how near they lie.

        `only` leaves out, before anything is searched, the documents that do not fit.
        `vector` is the question's embedding, shape (dimensions,); None searches keywords alone.
        Raises OtherModel when the embeddings were made by another model, CorruptGeneration.
        """
        generation = self._generation() if collections else None
        while generation is not None:
            allowed = allowed_by(self._catalogue, only, collections)
            fused = search_generation(
                generation,
                question,
                vector,
                collections=collections,
                k=k,
                mode=mode,
                allowed=allowed,
                lexicon=read_lexicon(self.data_dir / "lexicon.toml"),
                cosine_step=self.cosine_step,
            )
            hits = hits_of(self._catalogue, fused, collections, k)
            searched, generation = generation, self._generation()
            if generation is searched:
                cosines = sorted((one.cosine for one in fused if one.cosine is not None), reverse=True)
                near = NO_BACKGROUND if vector is None else background_of(searched, vector, collections)
                return Found(hits, cosines, near)
        return Found([], [])

    def rarity(self, words: Iterable[str], *, collections: Collection[str]) -> dict[str, float]:
        """Inverse document frequency of each word in the readable collections; the lowest of them counts."""
        listed = list(words)
        generation = self._generation() if collections else None
        shards = [one for name, one in generation.shards.items() if name in collections] if generation else []
        weights = [shard.keywords.rarity(listed) for shard in shards]
        return {word: min((one[word] for one in weights), default=0.0) for word in listed}

    def source_page(
        self, collection: str, sha256: str, number: int, *, start: int = 0, quote: str = ""
    ) -> SourcePage | None:
        """A stored page of a document version, in search or superseded; None when it is not held.

        A content may have been read more than once: `quote`, from `start`, tells which reading was cited.
        """
        if not self._catalogue.exists:
            return None
        with self._catalogue.read() as connection:
            row = readings.page_row(connection, collection, sha256, number, start, quote)
            if row is None:
                return None
            count = readings.page_count(connection, row.version_id)
            superseded = not readings.is_in_search(connection, collection, sha256)
        document = lookups.document_ref(row, collection)
        original = self._originals.find(sha256) if row.drawable else None
        page = Page(row.number, row.label, row.text, unpack(row.boxes))
        return SourcePage(document, page, count, row.media_type, original, superseded)

    def collections(self) -> list[CollectionSummary]:
        if not self._catalogue.exists:
            return []
        with self._catalogue.read() as connection:
            return lookups.summaries(connection)

    def sources(self, collection: str) -> dict[str, Source]:
        """Every known file of a collection, by path."""
        if not self._catalogue.exists:
            return {}
        with self._catalogue.read() as connection:
            return lookups.sources(connection, collection)

    def missing(self, digests: Collection[str]) -> set[str]:
        """Those of the digests that have no embedding by the model in use."""
        if not self._catalogue.exists:
            return set(digests)
        with self._catalogue.read() as connection:
            model_id = lookups.find_model(connection, self.model)
            return set(digests) - (lookups.embedded(connection, model_id, digests) if model_id else set())

    def passages(self, collection: str) -> list[tuple[str, Passage]]:
        """Every passage of a collection that is in search, with the path of its document, in order."""
        if not self._catalogue.exists:
            return []
        with self._catalogue.read() as connection:
            return lookups.passages_in(connection, collection)

    def unembedded(self) -> list[Passage]:
        """Passages in search that the model in use has not embedded: after a change of model."""
        if not self._catalogue.exists:
            return []
        with self._catalogue.read() as connection:
            return lookups.unembedded(connection, self.model)

    def counter(self) -> int:
        return self._catalogue.counter()

    def check(self) -> list[Problem]:
        found = list(find_problems(self._catalogue, self._generations, self._originals, self.model))
        try:
            read_lexicon(self.data_dir / "lexicon.toml")
        except BadLexicon as bad:  # every search refuses it
            found.append(Problem(bad.code, bad.parameters))
        return found

    def _generation(self) -> Generation | None:
        generation = self._generations.current()
        if generation is not None and not _made_by(generation, self.model):
            raise OtherModel(made_by=generation.manifest.model.name, in_use=self.model.name)
        return generation


def _made_by(generation: Generation, model: EmbeddingModel) -> bool:
    made = generation.manifest.model
    return (made.name, made.sha256) == (model.name, model.sha256)
