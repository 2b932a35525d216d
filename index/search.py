"""Two searches and a fusion, over the shards of the readable collections only."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from index.catalogue import Catalogue
from index.fusion import Fused, Ranking, fuse
from index.generations import Generation, Shard
from index.keywords import Hints, analyse, forgiven_slips
from index.lexicon import Lexicon
from index.lookups import document_ref, passage_rows, passages_of, versions_allowed
from index.records import NO_BACKGROUND, Background, Filter, Hit, SearchMode

_DEPTH = 50  # candidates that each search brings to the fusion, at least


@dataclass(frozen=True, slots=True)
class Allowed:
    """Versions and their passages that may be found."""

    versions: list[int]
    passages: NDArray[np.int64]


def search_generation(
    generation: Generation,
    question: str,
    vector: NDArray[np.float32] | None,
    *,
    collections: Collection[str],
    k: int,
    mode: SearchMode,
    allowed: Allowed | None = None,
    lexicon: Lexicon | None = None,
    cosine_step: float | None = None,
) -> list[Fused]:
    """The best allowed passages of the readable collections; a collection without a shard has none."""
    shards = [shard for name, shard in sorted(generation.shards.items()) if name in collections]
    depth = max(k, _DEPTH)
    keywords = _keyword_ranking(shards, question, depth, allowed, lexicon) if mode != "vectors" else []
    vectors = _vector_ranking(shards, vector, depth, allowed) if mode != "keywords" and vector is not None else []
    return fuse(keywords, vectors, cosine_step)


def background_of(generation: Generation, vector: NDArray[np.float32], collections: Collection[str]) -> Background:
    """Mean and deviation of the question's cosines over the readable collections, by a sample of each."""
    shards = [shard.vectors for name, shard in sorted(generation.shards.items()) if name in collections]
    samples = [(len(one), one.sample @ vector) for one in shards if len(one)]
    total = sum(count for count, _ in samples)
    if not total:
        return NO_BACKGROUND
    mean = sum(count * float(cosines.mean()) for count, cosines in samples) / total
    square = sum(count * float((cosines**2).mean()) for count, cosines in samples) / total
    return Background(mean, max(0.0, square - mean**2) ** 0.5)


def allowed_by(catalogue: Catalogue, wanted: Filter, collections: Collection[str]) -> Allowed | None:
    """What a filter lets through, asked of the catalogue before anything is searched; None lets everything through."""
    if not wanted:
        return None
    with catalogue.read() as connection:
        versions = versions_allowed(connection, sorted(collections), wanted)
        return Allowed(versions, np.array(passages_of(connection, versions), np.int64))


def hits_of(catalogue: Catalogue, fused: Sequence[Fused], collections: Collection[str], k: int) -> list[Hit]:
    """The first `k` that the catalogue still holds: what was erased a moment ago is not found any more."""
    with catalogue.read() as connection:
        rows = passage_rows(connection, [one.id for one in fused], sorted(collections))
    return [_hit(one, rows[one.id]) for one in fused if one.id in rows][:k]


def _keyword_ranking(
    shards: Sequence[Shard], question: str, depth: int, allowed: Allowed | None, lexicon: Lexicon | None
) -> Ranking:
    versions = allowed.versions if allowed else None
    hints = _hints(shards, question, lexicon)
    return _best(
        depth, [found for shard in shards for found in shard.keywords.search(question, depth, versions, hints)]
    )


def _hints(shards: Sequence[Shard], question: str, lexicon: Lexicon | None) -> Hints:
    """Only the shards that are searched tell which words are known: a closed collection mends no spelling."""
    misspelt = {
        term
        for term in analyse(question)
        if forgiven_slips(term) and not any(shard.keywords.holds(term) for shard in shards)
    }
    return Hints(lexicon.expand(question) if lexicon else (), misspelt)


def _vector_ranking(
    shards: Sequence[Shard], vector: NDArray[np.float32], depth: int, allowed: Allowed | None
) -> Ranking:
    passages = allowed.passages if allowed else None
    return _best(depth, [found for shard in shards for found in shard.vectors.search(vector, depth, passages)])


def _best(depth: int, found: list[tuple[int, float]]) -> Ranking:
    return sorted(found, key=lambda one: (-one[1], one[0]))[:depth]


def _hit(fused: Fused, row: Any) -> Hit:
    found_by: list[Literal["keywords", "vectors"]] = []
    if fused.in_keywords:
        found_by.append("keywords")
    if fused.in_vectors:
        found_by.append("vectors")
    return Hit(
        passage_id=fused.id,
        score=fused.score,
        document=document_ref(row, row.collection),
        page=row.page,
        start=row.start,
        end=row.end,
        position=row.position,
        heading=tuple(row.heading),
        text=row.text,
        found_by=tuple(found_by),
        cosine=fused.cosine,
    )
