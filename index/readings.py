"""Versions as they were read: the same content may be read again, otherwise, and what was published or cited stays."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, delete, exists, func, select
from sqlalchemy.orm import aliased

from index.boxes import pack, unpack
from index.records import NewDocument, Passage, WordBox
from index.tables import CollectionRow, DocumentRow, EmbeddingRow, PageRow, PassageRow, VersionRow


def find_reading(connection: Connection, document_id: int, document: NewDocument) -> int | None:
    """A version of this content with the same pages, and the same passages or (purged) none."""
    wanted = [(one.number, one.label, one.text, unpack(pack(one.boxes))) for one in document.pages]
    kept: tuple[tuple[Passage, ...], ...] = ((), document.passages)
    versions = connection.execute(
        select(VersionRow.id)
        .where(VersionRow.document_id == document_id, VersionRow.sha256 == document.sha256)
        .order_by(VersionRow.id.desc())
    ).scalars()
    for version_id in versions.all():
        if _pages_held(connection, version_id) == wanted and passages_held(connection, version_id) in kept:
            return version_id
    return None


def passages_held(connection: Connection, version_id: int) -> tuple[Passage, ...]:
    rows = connection.execute(
        select(
            PassageRow.position, PassageRow.page, PassageRow.start, PassageRow.end, PassageRow.heading, PassageRow.text
        )
        .where(PassageRow.version_id == version_id)
        .order_by(PassageRow.position)
    )
    return tuple(Passage(row.position, row.page, row.start, row.end, tuple(row.heading), row.text) for row in rows)


def page_row(connection: Connection, collection: str, sha256: str, number: int, start: int, quote: str) -> Any:
    """A stored page with its version, or None.

    Where the same content was read more than once, or is that of more than one document: first a reading that has
    `quote` at `start`; of those, the one that searching shows until the next generation, then the one in search, then
    one that only citations know.
    """
    quoted = func.substr(PageRow.text, start + 1, len(quote)) == quote
    superseded = VersionRow.superseded_at.is_not(None)
    return connection.execute(
        select(
            PageRow.number,
            PageRow.label,
            PageRow.text,
            PageRow.boxes,
            VersionRow.id.label("version_id"),
            VersionRow.document_id,
            VersionRow.title,
            VersionRow.media_type,
            VersionRow.drawable,
            VersionRow.facts,
            VersionRow.sha256,
            DocumentRow.path,
        )
        .join(VersionRow, PageRow.version_id == VersionRow.id)
        .join(DocumentRow, VersionRow.document_id == DocumentRow.id)
        .join(CollectionRow, DocumentRow.collection_id == CollectionRow.id)
        .where(CollectionRow.name == collection, VersionRow.sha256 == sha256, PageRow.number == number)
        .order_by(quoted.desc(), (superseded & has_passages()).desc(), superseded, VersionRow.id.desc())
        .limit(1)
    ).one_or_none()


def is_in_search(connection: Connection, collection: str, sha256: str) -> bool:
    """Whether a document of the collection has this content now."""
    current = VersionRow.superseded_at.is_(None)
    statement = select(VersionRow.id).join(DocumentRow).join(CollectionRow)
    found = statement.where(CollectionRow.name == collection, VersionRow.sha256 == sha256, current).limit(1)
    return connection.execute(found).first() is not None


def page_count(connection: Connection, version_id: int) -> int:
    return connection.execute(
        select(func.count()).select_from(PageRow).where(PageRow.version_id == version_id)
    ).scalar_one()


def purge_superseded(connection: Connection) -> None:
    """Passages of superseded versions, and the embeddings that nothing needs any more.  Pages stay: they are cited.

    Only a former reading of the content in search whose pages say the same goes whole.
    """
    old = select(VersionRow.id).where(VersionRow.superseded_at.is_not(None))
    purged = connection.execute(delete(PassageRow).where(PassageRow.version_id.in_(old))).rowcount
    connection.execute(delete(VersionRow).where(VersionRow.superseded_at.is_not(None), _is_told_by_another()))
    if purged:
        connection.execute(delete(EmbeddingRow).where(EmbeddingRow.digest.not_in(select(PassageRow.digest))))


def has_passages() -> Any:
    """Whether searching can find the version: it is in search, or the published generation may still hold it."""
    return exists(select(PassageRow.id).where(PassageRow.version_id == VersionRow.id).correlate(VersionRow))


def _is_told_by_another() -> Any:
    """Whether the version in search of the same document has the same content, and each of the pages word for word."""
    current, page, same = aliased(VersionRow), aliased(PageRow), aliased(PageRow)
    told = exists(
        select(same.number)
        .where(same.version_id == current.id, same.number == page.number, same.text == page.text)
        .correlate(current, page)
    )
    other = exists(select(page.number).where(page.version_id == VersionRow.id, ~told).correlate(VersionRow, current))
    return exists(
        select(current.id)
        .where(
            current.document_id == VersionRow.document_id,
            current.sha256 == VersionRow.sha256,
            current.superseded_at.is_(None),
            ~other,
        )
        .correlate(VersionRow)
    )


def _pages_held(connection: Connection, version_id: int) -> list[tuple[int, str, str, tuple[WordBox, ...]]]:
    rows = connection.execute(
        select(PageRow.number, PageRow.label, PageRow.text, PageRow.boxes)
        .where(PageRow.version_id == version_id)
        .order_by(PageRow.number)
    )
    return [(row.number, row.label, row.text, unpack(row.boxes)) for row in rows]
