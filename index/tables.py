"""Every row of the catalogue.  Rows never leave `index`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    type_annotation_map = {dict[str, Any]: JSON, str: Text, bytes: LargeBinary, list[str]: JSON}  # noqa: RUF012


class StateRow(Base):
    """One row: the counter that each write transaction increments."""

    __tablename__ = "state"
    id: Mapped[int] = mapped_column(primary_key=True)
    counter: Mapped[int]


class CollectionRow(Base):
    __tablename__ = "collections"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    changed: Mapped[int]  # counter of the last change


class DocumentRow(Base):
    __tablename__ = "documents"
    __table_args__ = (UniqueConstraint("collection_id", "path"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    collection_id: Mapped[int] = mapped_column(ForeignKey("collections.id", ondelete="CASCADE"))
    path: Mapped[str]


class VersionRow(Base):
    """One content of a document, as it was read.  `superseded_at` is null for the one in search.

    The same content read otherwise (other pages, other passages) is another row: a published passage stays as it is,
    and a citation keeps the pages that it was cut from.
    """

    __tablename__ = "versions"
    __table_args__ = (
        Index("versions_sha256", "sha256"),
        Index("versions_document", "document_id", "sha256"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"))
    sha256: Mapped[str]
    title: Mapped[str]
    media_type: Mapped[str]
    drawable: Mapped[bool]
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    added_at: Mapped[str]  # ISO 8601, UTC
    superseded_at: Mapped[str | None]


class PageRow(Base):
    __tablename__ = "pages"
    version_id: Mapped[int] = mapped_column(ForeignKey("versions.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str]
    text: Mapped[str]
    boxes: Mapped[bytes | None]  # of a recognised page: its words' places, packed (see index/boxes.py)


class PassageRow(Base):
    """`id` is never used twice: a vector or a keyword entry of an old generation cannot point to a newer passage."""

    __tablename__ = "passages"
    __table_args__ = (Index("passages_version", "version_id", "position"), {"sqlite_autoincrement": True})
    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("versions.id", ondelete="CASCADE"))
    position: Mapped[int]
    page: Mapped[int]
    start: Mapped[int]
    end: Mapped[int]
    heading: Mapped[list[str]] = mapped_column(JSON)
    text: Mapped[str]
    digest: Mapped[str] = mapped_column(index=True)


class EmbeddingModelRow(Base):
    __tablename__ = "embedding_models"
    __table_args__ = (UniqueConstraint("name", "sha256"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    sha256: Mapped[str]
    dimensions: Mapped[int]
    precision: Mapped[str]
    instruction_set: Mapped[str]


class EmbeddingRow(Base):
    """Half-precision little-endian vector of a searchable text, by its digest: equal texts are embedded once."""

    __tablename__ = "embeddings"
    digest: Mapped[str] = mapped_column(primary_key=True)
    model_id: Mapped[int] = mapped_column(ForeignKey("embedding_models.id"), primary_key=True)
    vector: Mapped[bytes]


class SourceRow(Base):
    """Last known state of a file: taken (no failure) or failed, with the error's code."""

    __tablename__ = "sources"
    __table_args__ = (UniqueConstraint("collection_id", "path"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    collection_id: Mapped[int] = mapped_column(ForeignKey("collections.id", ondelete="CASCADE"))
    path: Mapped[str]
    root: Mapped[str]
    sha256: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    mtime_ns: Mapped[int] = mapped_column(BigInteger)
    pages: Mapped[int]
    passages: Mapped[int]
    failure: Mapped[str]
    parameters: Mapped[dict[str, Any]] = mapped_column(JSON)
    container: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
