"""The catalogue: the one source of truth.  Rows become records here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, delete, func, insert, select, text, update
from sqlalchemy.dialects.sqlite import insert as insert_or

from index.database import broken_catalogue_told, migrate, reading_engine, writing_engine
from index.records import CollectionSummary, DocumentRef, EmbeddingModel, NewDocument, Page, Passage, Source
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


def find_model(connection: Connection, model: EmbeddingModel) -> int | None:
    return connection.execute(
        select(EmbeddingModelRow.id).where(
            EmbeddingModelRow.name == model.name, EmbeddingModelRow.sha256 == model.sha256
        )
    ).scalar_one_or_none()


def find_document(connection: Connection, collection: str, path: str) -> int | None:
    return connection.execute(
        select(DocumentRow.id).join(CollectionRow).where(CollectionRow.name == collection, DocumentRow.path == path)
    ).scalar_one_or_none()


def rename_document(connection: Connection, collection: str, old_path: str, new_path: str) -> None:
    """Move a document to a path; versions of a former document there join its history, so that they stay citable."""
    moved = find_document(connection, collection, old_path)
    if moved is None:
        return
    former = find_document(connection, collection, new_path)
    if former is not None and former != moved:
        supersede(connection, former)
        known = select(VersionRow.sha256).where(VersionRow.document_id == moved)
        connection.execute(
            update(VersionRow)
            .where(VersionRow.document_id == former, VersionRow.sha256.not_in(known))
            .values(document_id=moved)
        )
        connection.execute(delete(DocumentRow).where(DocumentRow.id == former))
    connection.execute(update(DocumentRow).where(DocumentRow.id == moved).values(path=new_path))


def store_document(connection: Connection, collection_id: int, document: NewDocument) -> None:
    """Make `document` the version in search of its path; the one before is kept, superseded."""
    document_id = _ensure_document(connection, collection_id, document.path)
    supersede(connection, document_id)
    version_id = connection.execute(
        select(VersionRow.id).where(VersionRow.document_id == document_id, VersionRow.sha256 == document.sha256)
    ).scalar_one_or_none()
    if version_id is not None:  # the content came back: its passages are cut anew, under new ids
        connection.execute(delete(PassageRow).where(PassageRow.version_id == version_id))
        connection.execute(delete(PageRow).where(PageRow.version_id == version_id))
        connection.execute(update(VersionRow).where(VersionRow.id == version_id).values(**_version_values(document)))
    else:
        version_id = connection.execute(
            insert(VersionRow)
            .values(document_id=document_id, sha256=document.sha256, **_version_values(document))
            .returning(VersionRow.id)
        ).scalar_one()
    _store_pages(connection, version_id, document.pages)
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
    }
    statement = insert_or(SourceRow).values(collection_id=collection_id, path=source.path, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["collection_id", "path"], set_=values))


def supersede(connection: Connection, document_id: int) -> None:
    connection.execute(
        update(VersionRow)
        .where(VersionRow.document_id == document_id, VersionRow.superseded_at.is_(None))
        .values(superseded_at=_now())
    )


def purge_superseded(connection: Connection) -> None:
    """Passages of superseded versions, and the embeddings that nothing needs any more.  Pages stay: they are cited."""
    old = select(VersionRow.id).where(VersionRow.superseded_at.is_not(None))
    purged = connection.execute(delete(PassageRow).where(PassageRow.version_id.in_(old))).rowcount
    if purged:
        connection.execute(delete(EmbeddingRow).where(EmbeddingRow.digest.not_in(select(PassageRow.digest))))


def sources(connection: Connection, collection: str) -> dict[str, Source]:
    rows = connection.execute(select(SourceRow.__table__).join(CollectionRow).where(CollectionRow.name == collection))
    return {
        row.path: Source(
            row.path,
            row.root,
            row.sha256,
            row.size,
            row.mtime_ns,
            row.pages,
            row.passages,
            row.failure,
            row.parameters,
        )
        for row in rows
    }


def embedded(connection: Connection, model_id: int, digests: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for batch in batches(digests):
        found |= set(
            connection.execute(
                select(EmbeddingRow.digest).where(EmbeddingRow.model_id == model_id, EmbeddingRow.digest.in_(batch))
            ).scalars()
        )
    return found


def summaries(connection: Connection) -> list[CollectionSummary]:
    in_search = VersionRow.superseded_at.is_(None)
    documents = _counts(connection, select(DocumentRow.collection_id, func.count(VersionRow.id)), in_search)
    pages = _counts(connection, select(DocumentRow.collection_id, func.count(PageRow.number)), in_search, PageRow)
    passages = _counts(connection, select(DocumentRow.collection_id, func.count(PassageRow.id)), in_search, PassageRow)
    named = connection.execute(select(CollectionRow.id, CollectionRow.name).order_by(CollectionRow.name)).all()
    return [
        CollectionSummary(row.name, documents.get(row.id, 0), pages.get(row.id, 0), passages.get(row.id, 0))
        for row in named
    ]


def passage_rows(connection: Connection, ids: Sequence[int], collections: Sequence[str]) -> dict[int, Any]:
    """Passages with their documents, by id; those of other collections, and those that are gone, are left out."""
    found: dict[int, Any] = {}
    for batch in batches(ids):
        rows = connection.execute(
            select(
                PassageRow.id,
                PassageRow.page,
                PassageRow.start,
                PassageRow.end,
                PassageRow.position,
                PassageRow.heading,
                PassageRow.text,
                VersionRow.document_id,
                VersionRow.title,
                VersionRow.sha256,
                DocumentRow.path,
                CollectionRow.name.label("collection"),
            )
            .join(VersionRow, PassageRow.version_id == VersionRow.id)
            .join(DocumentRow, VersionRow.document_id == DocumentRow.id)
            .join(CollectionRow, DocumentRow.collection_id == CollectionRow.id)
            .where(PassageRow.id.in_(batch), CollectionRow.name.in_(collections))
        )
        found |= {row.id: row for row in rows}
    return found


def page_row(connection: Connection, collection: str, sha256: str, number: int) -> Any:
    """A stored page with its version, or None; of two documents with the same content, the one in search."""
    return connection.execute(
        select(
            PageRow.number,
            PageRow.label,
            PageRow.text,
            VersionRow.id.label("version_id"),
            VersionRow.document_id,
            VersionRow.title,
            VersionRow.media_type,
            VersionRow.drawable,
            VersionRow.superseded_at,
            DocumentRow.path,
        )
        .join(VersionRow, PageRow.version_id == VersionRow.id)
        .join(DocumentRow, VersionRow.document_id == DocumentRow.id)
        .join(CollectionRow, DocumentRow.collection_id == CollectionRow.id)
        .where(CollectionRow.name == collection, VersionRow.sha256 == sha256, PageRow.number == number)
        .order_by(VersionRow.superseded_at.is_not(None), VersionRow.id)
        .limit(1)
    ).one_or_none()


def page_count(connection: Connection, version_id: int) -> int:
    return connection.execute(
        select(func.count()).select_from(PageRow).where(PageRow.version_id == version_id)
    ).scalar_one()


def unembedded(connection: Connection, model: EmbeddingModel) -> list[Passage]:
    """Passages in search that have no embedding by `model`, one for each digest."""
    made = select(EmbeddingRow.digest).where(EmbeddingRow.model_id == (find_model(connection, model) or 0))
    rows = connection.execute(
        select(PassageRow)
        .join(VersionRow)
        .where(VersionRow.superseded_at.is_(None), PassageRow.digest.not_in(made))
        .group_by(PassageRow.digest)
        .with_only_columns(
            PassageRow.position, PassageRow.page, PassageRow.start, PassageRow.end, PassageRow.heading, PassageRow.text
        )
    )
    return [Passage(row.position, row.page, row.start, row.end, tuple(row.heading), row.text) for row in rows]


def document_ref(row: Any, collection: str) -> DocumentRef:
    return DocumentRef(row.document_id, row.path, row.title, collection, row.sha256)


def batches(items: Iterable[T]) -> Iterator[list[T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, _BATCH)):
        yield batch


def integrity(connection: Connection) -> list[str]:
    """SQLite's own findings: 'ok' is none."""
    said = [str(row[0]) for row in connection.execute(text("PRAGMA integrity_check"))]
    dangling = [f"foreign key: {row[0]}" for row in connection.execute(text("PRAGMA foreign_key_check"))]
    return [one for one in said if one != "ok"] + dangling


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
    rows = [{"version_id": version_id, "number": one.number, "label": one.label, "text": one.text} for one in pages]
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


def _counts(connection: Connection, counting: Any, in_search: Any, counted: Any = None) -> dict[int, int]:
    statement = counting.select_from(DocumentRow).join(VersionRow, VersionRow.document_id == DocumentRow.id)
    if counted is not None:
        statement = statement.join(counted, counted.version_id == VersionRow.id)
    rows = connection.execute(statement.where(in_search).group_by(DocumentRow.collection_id))
    return {row[0]: row[1] for row in rows}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
