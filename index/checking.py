"""Is everything that we hold sound?  Each finding is a Problem, worded by the interface."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, func, select

from index import lookups
from index.catalogue import Catalogue
from index.errors import BrokenCatalogue, CorruptGeneration
from index.generations import Generation, Generations
from index.originals import Originals
from index.records import EmbeddingModel, Problem
from index.tables import CollectionRow, DocumentRow, EmbeddingRow, PageRow, PassageRow, VersionRow


def find_problems(
    catalogue: Catalogue, generations: Generations, originals: Originals, model: EmbeddingModel
) -> Iterator[Problem]:
    if not catalogue.exists:
        return
    try:
        with catalogue.read() as connection:
            yield from _catalogue(connection, model)
            yield from _originals(connection, originals)
            yield from _generation(connection, generations, model, catalogue.counter())
    except BrokenCatalogue as broken:
        yield Problem(broken.code, broken.parameters)


def _catalogue(connection: Connection, model: EmbeddingModel) -> Iterator[Problem]:
    for finding in lookups.integrity(connection):
        yield Problem("index.problem_integrity", {"finding": finding})
    span = func.substr(PageRow.text, PassageRow.start + 1, PassageRow.end - PassageRow.start)
    astray = connection.execute(
        select(PassageRow.id)
        .join(
            PageRow, (PageRow.version_id == PassageRow.version_id) & (PageRow.number == PassageRow.page), isouter=True
        )
        .where(PageRow.text.is_(None) | (span != PassageRow.text))
    ).scalars()
    for passage_id in astray:
        yield Problem("index.problem_span", {"passage": str(passage_id)})
    if missing := len(lookups.unembedded(connection, model)):
        yield Problem("index.problem_unembedded", {"count": str(missing), "model": model.name})


def _originals(connection: Connection, originals: Originals) -> Iterator[Problem]:
    wanted = connection.execute(select(VersionRow.sha256).where(VersionRow.drawable).distinct()).scalars().all()
    for sha256 in originals.changed(wanted):
        yield Problem("index.problem_original", {"path": str(originals.path(sha256))})


def _generation(
    connection: Connection, generations: Generations, model: EmbeddingModel, counter: int
) -> Iterator[Problem]:
    try:
        current = generations.current()
    except CorruptGeneration as corrupt:
        yield Problem(corrupt.code, corrupt.parameters)
        return
    if current is None:
        if counter:
            yield Problem("index.problem_no_generation")
        return
    if current.manifest.stamp != counter:
        yield Problem("index.problem_stale", {"stamp": str(current.manifest.stamp), "counter": str(counter)})
        return
    yield from _shards(connection, current, model)


def _shards(connection: Connection, current: Generation, model: EmbeddingModel) -> Iterator[Problem]:
    model_id = lookups.find_model(connection, model)
    for name, shard in current.shards.items():
        try:
            shard.verify()
        except CorruptGeneration as corrupt:
            yield Problem(corrupt.code, corrupt.parameters)
            continue
        held = (
            select(PassageRow.id)
            .join(VersionRow, PassageRow.version_id == VersionRow.id)
            .join(DocumentRow, VersionRow.document_id == DocumentRow.id)
            .join(CollectionRow, DocumentRow.collection_id == CollectionRow.id)
            .where(CollectionRow.name == name, VersionRow.superseded_at.is_(None))
        )
        embedded = held.join(
            EmbeddingRow, (EmbeddingRow.digest == PassageRow.digest) & (EmbeddingRow.model_id == model_id)
        )
        for kind, ids, wanted in (("keywords", shard.keywords.ids(), held), ("vectors", shard.vectors.ids(), embedded)):
            if ids != set(connection.execute(wanted).scalars()):
                yield Problem("index.problem_shard", {"collection": name, "kind": kind})
