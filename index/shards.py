"""One collection's search structures, written from the catalogue."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from sqlalchemy import Select, select

from index import lookups
from index.catalogue import Catalogue
from index.generations import write_shard
from index.records import EmbeddingModel, headed
from index.tables import DocumentRow, EmbeddingRow, PassageRow, VersionRow
from index.vectors import FaissVectors


def write_collection(catalogue: Catalogue, model: EmbeddingModel, collection_id: int, folder: Path) -> None:
    """Vectors of the passages that `model` has embedded, keywords of all that are in search."""
    with catalogue.read() as connection:
        found = connection.execute(_in_search(collection_id, lookups.find_model(connection, model))).all()
    vectors = FaissVectors(model.dimensions)
    embedded = [row for row in found if row.vector is not None]
    if embedded:
        matrix = np.stack([np.frombuffer(row.vector, "<f2") for row in embedded]).astype(np.float32)
        vectors.add([row.id for row in embedded], matrix)
    write_shard(folder, vectors, ((row.id, row.version_id, headed(tuple(row.heading), row.text)) for row in found))


def _in_search(collection_id: int, model_id: int | None) -> Select[int, int, list[str], str, bytes]:
    made = (EmbeddingRow.digest == PassageRow.digest) & (EmbeddingRow.model_id == model_id)
    return (
        select(PassageRow.id, PassageRow.version_id, PassageRow.heading, PassageRow.text, EmbeddingRow.vector)
        .join(VersionRow, PassageRow.version_id == VersionRow.id)
        .join(DocumentRow, VersionRow.document_id == DocumentRow.id)
        .join(EmbeddingRow, made, isouter=True)
        .where(DocumentRow.collection_id == collection_id, VersionRow.superseded_at.is_(None))
        .order_by(PassageRow.id)
    )
