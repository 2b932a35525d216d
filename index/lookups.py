"""What the catalogue is asked: rows in, records out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, func, select, text

from index.database import folded
from index.readings import has_passages
from index.records import CollectionSummary, DocumentRef, EmbeddingModel, Filter, Passage, Source, SourceFacts
from index.tables import (
    CollectionRow,
    DocumentRow,
    EmbeddingModelRow,
    EmbeddingRow,
    PageRow,
    PassageRow,
    SourceRow,
    VersionRow,
)

_BATCH = 500  # below SQLite's limit on bound parameters

T = TypeVar("T")


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


def sources(connection: Connection, collection: str) -> dict[str, Source]:
    rows = connection.execute(select(SourceRow.__table__).join(CollectionRow).where(CollectionRow.name == collection))
    return {row.path: _source(row) for row in rows}


def find_source(connection: Connection, collection: str, path: str) -> Source | None:
    row = connection.execute(
        select(SourceRow.__table__).join(CollectionRow).where(CollectionRow.name == collection, SourceRow.path == path)
    ).one_or_none()
    return None if row is None else _source(row)


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
                VersionRow.facts,
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


def passages_in(connection: Connection, collection: str) -> list[tuple[str, Passage]]:
    """Passages in search of one collection, with the path of their document, in the order of both."""
    rows = connection.execute(
        select(PassageRow, DocumentRow.path)
        .join(VersionRow, PassageRow.version_id == VersionRow.id)
        .join(DocumentRow, VersionRow.document_id == DocumentRow.id)
        .join(CollectionRow, DocumentRow.collection_id == CollectionRow.id)
        .where(CollectionRow.name == collection, VersionRow.superseded_at.is_(None))
        .order_by(DocumentRow.path, PassageRow.position)
        .with_only_columns(
            DocumentRow.path, PassageRow.position, PassageRow.page, PassageRow.start, PassageRow.end,
            PassageRow.heading, PassageRow.text,
        )
    )  # fmt: skip
    return [
        (row.path, Passage(row.position, row.page, row.start, row.end, tuple(row.heading), row.text)) for row in rows
    ]


def document_ref(row: Any, collection: str) -> DocumentRef:
    return DocumentRef(row.document_id, row.path, row.title, collection, row.sha256, row.facts)


def versions_allowed(connection: Connection, collections: Sequence[str], allowed: Filter) -> list[int]:
    """Ids of the versions that a filter lets through.  A document without a date is found by no date.

    Superseded ones that still have passages count: until the next generation they are what searching finds.
    """
    stated = VersionRow.facts
    findable = VersionRow.superseded_at.is_(None) | has_passages()
    kept: list[Any] = [findable, CollectionRow.name.in_(collections)]
    if allowed.documents:
        kept.append(DocumentRow.path.in_(allowed.documents))
    if allowed.media_types:
        kept.append(VersionRow.media_type.in_(allowed.media_types))
    for name in ("service", "confidentiality", "language", "reference"):
        if wanted := getattr(allowed, name):
            kept.append(func.folded(stated[name].as_string()) == folded(wanted))
    if allowed.author:
        kept.append(func.instr(func.folded(stated["author"].as_string()), folded(allowed.author)) > 0)
    if allowed.dated_from:
        kept.append(stated["date"].as_string() >= allowed.dated_from)
    if allowed.dated_until:
        kept.append(func.substr(stated["date"].as_string(), 1, 10) <= allowed.dated_until)
    if day := allowed.in_force_on:
        begins, ends = stated["in_force_from"].as_string(), stated["in_force_until"].as_string()
        kept += [begins.is_(None) | (begins <= day), ends.is_(None) | (ends >= day)]
    statement = select(VersionRow.id).join(DocumentRow).join(CollectionRow).where(*kept)
    return list(connection.execute(statement).scalars())


def passages_of(connection: Connection, versions: Iterable[int]) -> list[int]:
    found: list[int] = []
    for batch in batches(versions):
        found += connection.execute(select(PassageRow.id).where(PassageRow.version_id.in_(batch))).scalars()
    return found


def _source(row: Any) -> Source:
    return Source(
        row.path,
        row.root,
        row.sha256,
        row.size,
        row.mtime_ns,
        row.pages,
        row.passages,
        row.failure,
        row.parameters,
        _source_facts(row.facts),
    )


def _source_facts(facts: Any) -> SourceFacts:
    lists = {
        "warnings": tuple(facts.get("warnings", ())),
        "confidences": tuple((page, confidence) for page, confidence in facts.get("confidences", ())),
    }
    return SourceFacts(**{**facts, **lists})


def batches(items: Iterable[T]) -> Iterator[list[T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, _BATCH)):
        yield batch


def integrity(connection: Connection) -> list[str]:
    """SQLite's own findings: 'ok' is none."""
    said = [str(row[0]) for row in connection.execute(text("PRAGMA integrity_check"))]
    dangling = [f"foreign key: {row[0]}" for row in connection.execute(text("PRAGMA foreign_key_check"))]
    return [one for one in said if one != "ok"] + dangling


def _counts(connection: Connection, counting: Any, in_search: Any, counted: Any = None) -> dict[int, int]:
    statement = counting.select_from(DocumentRow).join(VersionRow, VersionRow.document_id == DocumentRow.id)
    if counted is not None:
        statement = statement.join(counted, counted.version_id == VersionRow.id)
    rows = connection.execute(statement.where(in_search).group_by(DocumentRow.collection_id))
    return {row[0]: row[1] for row in rows}
