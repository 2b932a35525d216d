"""The catalogue: the one source of truth, and every change of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as insert_or

from index.boxes import pack
from index.database import broken_catalogue_told, migrate, reading_engine, writing_engine
from index.lookups import find_document, find_model
from index.readings import find_reading, passages_held
from index.records import EmbeddingModel, NewDocument, Page, Passage, Source
from index.tables import (
    CollectionRow,
    DocumentRow,
    EmbeddingModelRow,
    EmbeddingRow,
    PageRow,
    PassageRow,
    SourceRow,
    StateRow,
    VersionRow,
)

_BATCH = 500  # below SQLite's limit on bound parameters

T = TypeVar("T")
Embeddings = Mapping[str, NDArray[np.float32]]


class Catalogue:
    """Reads through read-only connections; `write` and what takes a `Connection` need the index's write lock."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._reading = reading_engine(path)
        self._writing = writing_engine(path)

    @property
    def exists(self) -> bool:
        return self.path.exists()

    def prepare(self) -> None:
        """Create or upgrade the schema."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with broken_catalogue_told(self.path):
            migrate(self._writing)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with broken_catalogue_told(self.path), self._reading.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[tuple[Connection, int]]:
        """One transaction and the counter that it moves the catalogue to."""
        with broken_catalogue_told(self.path), self._writing.begin() as connection:
            counter = connection.execute(
                update(StateRow).values(counter=StateRow.counter + 1).returning(StateRow.counter)
            ).scalar_one()
            yield connection, counter

    @contextmanager
    def tidy(self) -> Iterator[Connection]:
        """A transaction that changes nothing that searching shows, and leaves the counter alone."""
        with broken_catalogue_told(self.path), self._writing.begin() as connection:
            yield connection

    def counter(self) -> int:
        if not self.exists:
            return 0
        with self.read() as connection:
            return connection.execute(select(StateRow.counter)).scalar_one_or_none() or 0

    def close(self) -> None:
        self._reading.dispose()
        self._writing.dispose()


def ensure_collection(connection: Connection, name: str, counter: int) -> int:
    """The collection's id, marked as changed at `counter`."""
    statement = insert_or(CollectionRow).values(name=name, changed=counter)
    return connection.execute(
        statement.on_conflict_do_update(index_elements=["name"], set_={"changed": counter}).returning(CollectionRow.id)
    ).scalar_one()


def known_collection(connection: Connection, name: str) -> int:
    """The collection's id; a new one has no change that searching would show."""
    connection.execute(insert_or(CollectionRow).values(name=name, changed=0).on_conflict_do_nothing())
    return connection.execute(select(CollectionRow.id).where(CollectionRow.name == name)).scalar_one()


def ensure_model(connection: Connection, model: EmbeddingModel) -> int:
    found = find_model(connection, model)
    if found is not None:
        return found
    return connection.execute(
        insert(EmbeddingModelRow)
        .values(
            name=model.name,
            sha256=model.sha256,
            dimensions=model.dimensions,
            precision=model.precision,
            instruction_set=model.instruction_set,
        )
        .returning(EmbeddingModelRow.id)
    ).scalar_one()


def rename_document(connection: Connection, collection: str, old_path: str, new_path: str) -> None:
    """Move a document to a path; versions of a former document there join its history, so that they stay citable."""
    moved = find_document(connection, collection, old_path)
    if moved is None:
        return
    former = find_document(connection, collection, new_path)
    if former is not None and former != moved:
        supersede(connection, former)
        connection.execute(update(VersionRow).where(VersionRow.document_id == former).values(document_id=moved))
        connection.execute(delete(DocumentRow).where(DocumentRow.id == former))
    connection.execute(update(DocumentRow).where(DocumentRow.id == moved).values(path=new_path))


def store_document(connection: Connection, collection_id: int, document: NewDocument) -> None:
    """Make `document` the version in search of its path; the one before is kept, superseded.

    Content that was read before, and reads the same, keeps its pages, its passages and their ids.  What reads
    otherwise is held anew: the published generation points to the former passages until the next one.
    """
    document_id = _ensure_document(connection, collection_id, document.path)
    supersede(connection, document_id)
    version_id = find_reading(connection, document_id, document)
    if version_id is None:
        version_id = connection.execute(
            insert(VersionRow)
            .values(document_id=document_id, sha256=document.sha256, **_version_values(document))
            .returning(VersionRow.id)
        ).scalar_one()
        _store_pages(connection, version_id, document.pages)
    else:
        connection.execute(update(VersionRow).where(VersionRow.id == version_id).values(**_version_values(document)))
    if not passages_held(connection, version_id):
        _store_passages(connection, version_id, document.passages)
    store_source(
        connection,
        collection_id,
        Source(
            document.path,
            document.root,
            document.sha256,
            document.size,
            document.mtime_ns,
            len(document.pages),
            len(document.passages),
            facts=document.source,
        ),
    )


def store_embeddings(connection: Connection, model_id: int, embeddings: Embeddings) -> None:
    rows = [
        {"digest": digest, "model_id": model_id, "vector": np.asarray(vector, "<f2").tobytes()}
        for digest, vector in embeddings.items()
    ]
    if rows:
        connection.execute(insert_or(EmbeddingRow).on_conflict_do_nothing(), rows)


def store_source(connection: Connection, collection_id: int, source: Source) -> None:
    values = {
        "root": source.root,
        "sha256": source.sha256,
        "size": source.size,
        "mtime_ns": source.mtime_ns,
        "pages": source.pages,
        "passages": source.passages,
        "failure": source.failure,
        "parameters": dict(source.parameters),
        "container": source.facts.container,
        "facts": asdict(source.facts),
    }
    statement = insert_or(SourceRow).values(collection_id=collection_id, path=source.path, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["collection_id", "path"], set_=values))


def forget_source(connection: Connection, collection: str, path: str) -> None:
    collection_id = select(CollectionRow.id).where(CollectionRow.name == collection).scalar_subquery()
    connection.execute(delete(SourceRow).where(SourceRow.collection_id == collection_id, SourceRow.path == path))


def supersede(connection: Connection, document_id: int) -> None:
    connection.execute(
        update(VersionRow)
        .where(VersionRow.document_id == document_id, VersionRow.superseded_at.is_(None))
        .values(superseded_at=_now())
    )


def _ensure_document(connection: Connection, collection_id: int, path: str) -> int:
    connection.execute(insert_or(DocumentRow).values(collection_id=collection_id, path=path).on_conflict_do_nothing())
    return connection.execute(
        select(DocumentRow.id).where(DocumentRow.collection_id == collection_id, DocumentRow.path == path)
    ).scalar_one()


def _version_values(document: NewDocument) -> dict[str, Any]:
    return {
        "title": document.title,
        "media_type": document.media_type,
        "drawable": document.original is not None,
        "facts": dict(document.metadata),
        "added_at": _now(),
        "superseded_at": None,
    }


def _store_pages(connection: Connection, version_id: int, pages: Sequence[Page]) -> None:
    rows = [
        {
            "version_id": version_id,
            "number": one.number,
            "label": one.label,
            "text": one.text,
            "boxes": pack(one.boxes),
        }
        for one in pages
    ]
    if rows:
        connection.execute(insert(PageRow), rows)


def _store_passages(connection: Connection, version_id: int, passages: Sequence[Passage]) -> None:
    rows = [
        {
            "version_id": version_id,
            "position": one.position,
            "page": one.page,
            "start": one.start,
            "end": one.end,
            "heading": list(one.heading),
            "text": one.text,
            "digest": one.digest,
        }
        for one in passages
    ]
    if rows:
        connection.execute(insert(PassageRow), rows)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
