"""Nobody learns that something exists which they may not read: random searches by users of random rights.

Two checks that know nothing of the search engines: what a plain loop over lists lets a user see, and a twin town that
lacks half of the collections, in which users without rights on that half must get the same answers to the last digit.
`GREFFIER_FUZZ` sets the number of searches.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import faiss
import pytest

from app.assistant.answer import Assistant
from app.assistant.events import Question
from app.assistant.retrieve import retrieve
from app.cli_ask import readable_or_refused
from app.errors import NoSuchCollection
from app.json_output import answer_json, hits_json
from index.errors import CorruptGeneration
from index.keywords import analyse
from index.records import ALL, Filter, Hit, SearchMode
from index.store import Index
from tests.app.assistant import town as t
from tests.fakes import FakeEmbedder
from tests.makers import open_index

SEARCHES = int(os.environ.get("GREFFIER_FUZZ", "2000"))
IN_TWIN = t.COLLECTIONS // 2
MODES: tuple[SearchMode, ...] = ("hybrid", "keywords", "vectors")
EMBEDDER = FakeEmbedder()


@dataclass(frozen=True, slots=True)
class Towns:
    whole: Index
    twin: Index  # holds the first IN_TWIN collections and nothing else
    held: list[t.Held]


@dataclass(frozen=True, slots=True)
class Asked:
    words: list[str]
    readable: frozenset[str]
    only: Filter
    mode: SearchMode
    k: int

    @property
    def question(self) -> Question:
        return Question(" ".join(self.words), self.readable, only=self.only)

    @property
    def own_secrets(self) -> set[str]:
        return t.secrets_in(" ".join(self.readable))


@pytest.fixture(scope="module")
def towns(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Towns]:
    folder = tmp_path_factory.mktemp("towns")
    whole, twin = open_index(folder / "whole"), open_index(folder / "twin")
    t.build_town(twin, IN_TWIN)
    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)  # for a dozen vectors a thread costs more than the search
    yield Towns(whole, twin, t.build_town(whole, t.COLLECTIONS))
    faiss.omp_set_num_threads(threads)


def test_each_word_of_the_town_is_one_term_of_its_own() -> None:
    """Or the plain loop would not say what keywords find."""
    terms = [analyse(word) for word in [*t.WORDS, *map(t.secret, range(t.COLLECTIONS))]]
    assert all(len(one) == 1 for one in terms)
    assert len({one[0] for one in terms}) == len(terms)


def test_no_search_tells_of_what_may_not_be_read(towns: Towns) -> None:
    chance = random.Random(20)
    compared = found = empty = 0
    for number in range(SEARCHES):
        asked = any_search(chance, towns.held)
        hits = retrieve(asked.question, towns.whole, EMBEDDER, k=asked.k, mode=asked.mode)
        assert_allowed_and_complete(asked, hits, towns.held)
        assert_only_own_secrets(asked, repr(hits_json(hits)) + repr(hits))
        assert towns.whole.rarity(asked.words, collections=asked.readable) == pytest.approx(
            {word: t.rarity(towns.held, asked.readable, word) for word in asked.words}
        )
        if exists_in_twin(asked.readable):
            compared += 1
            assert_same_in_twin(asked, hits, towns)
        if number % 20 == 0:
            assert_answer_tells_nothing(asked, towns)
        found += bool(hits)
        empty += not asked.readable
    # A fuzz that finds nothing, or never meets the cases, would pass for the wrong reason.
    assert found > SEARCHES / 4
    assert compared > SEARCHES / 4
    assert empty > SEARCHES / 50


def test_a_collection_that_may_not_be_read_is_refused_like_one_that_is_not_there(towns: Towns) -> None:
    chance = random.Random(21)
    for _ in range(200):
        readable = any_rights(chance) - {"absente"}
        closed = chance.choice([name for name in map(t.name_of, range(t.COLLECTIONS)) if name not in readable])
        first = sorted(readable)[:1]
        told = [refusal(readable, [*first, name]).replace(name, "X") for name in (closed, "absente")]
        assert told[0] == told[1]
        assert retrieve(Question("budget", readable | {"absente"}), towns.whole, EMBEDDER) == retrieve(
            Question("budget", readable), towns.whole, EMBEDDER
        )


def test_a_path_or_a_reference_of_another_collection_finds_what_one_that_does_not_exist_finds(towns: Towns) -> None:
    readable = frozenset({t.name_of(1)})
    for only in (Filter(reference=f"ref-{t.secret(2)}"), Filter(author=t.secret(2)), Filter(service=t.secret(2))):
        assert retrieve(Question("budget", readable, only=only), towns.whole, EMBEDDER) == []
    closed = frozenset(one.document.path for one in towns.held if one.collection == t.name_of(2))
    hits = retrieve(Question("budget", readable, only=Filter(documents=closed)), towns.whole, EMBEDDER)
    assert {(hit.document.collection, hit.document.path) for hit in hits} == {(t.name_of(1), t.SHARED_PATH)}


def test_a_broken_shard_is_told_to_its_readers_only(tmp_path: Path) -> None:
    index = open_index(tmp_path)
    t.build_town(index, 3)
    for vectors in sorted((tmp_path / "generations").glob("*/3/vectors.faiss")):
        vectors.write_bytes(b"broken")
    opened = open_index(tmp_path)
    others = frozenset({t.name_of(0), t.name_of(1)})
    assert retrieve(Question("budget", others), opened, EMBEDDER)
    assert opened.rarity(["budget"], collections=others)
    with pytest.raises(CorruptGeneration):
        retrieve(Question("budget", frozenset({t.name_of(2)})), opened, EMBEDDER)


def any_search(chance: random.Random, held: Sequence[t.Held]) -> Asked:
    words = chance.sample(t.WORDS, chance.randint(1, 4))
    if chance.random() < 0.3:
        words.append(t.secret(chance.randrange(t.COLLECTIONS)))
    k = chance.choice((1, 2, 5, 10, 10, 10, 60, 1000))
    return Asked(words, any_rights(chance), any_filter(chance, held), chance.choice(MODES), k)


def any_rights(chance: random.Random) -> frozenset[str]:
    """Half of the users read only what the twin town has too; some read nothing; some name what is not there."""
    among = IN_TWIN if chance.random() < 0.5 else t.COLLECTIONS
    count = chance.choice((0, 1, 1, 2, 3, 5, 10, among - 1))
    rights = {t.name_of(number) for number in chance.sample(range(among), count)}
    return frozenset(rights | ({"absente"} if chance.random() < 0.1 else set()))


def any_filter(chance: random.Random, held: Sequence[t.Held]) -> Filter:
    """Half of them none.  What they name is drawn from the whole town, of readable collections or not."""
    if chance.random() < 0.5:
        return ALL
    own = t.secret(chance.randrange(t.COLLECTIONS))
    paths = [t.SHARED_PATH, *(one.document.path for one in chance.sample(held, 3)), "absent.md"]
    values: dict[str, Any] = {
        "documents": frozenset(chance.sample(paths, chance.randint(1, 4))),
        "media_types": frozenset(chance.sample(t.MEDIA_TYPES, chance.randint(1, 2))),
        "service": chance.choice([*t.SERVICES, "état civil", f"service {own}"]),
        "author": chance.choice([*t.AUTHORS, "élise", "dup", own]),
        "language": chance.choice(["fr", "en", "de"]),
        "confidentiality": chance.choice(["public", "INTERNE", "restreint"]),
        "reference": f"ref-{own}",
        "dated_from": chance.choice(t.DAYS)[:10],
        "dated_until": chance.choice(t.DAYS)[:10],
        "in_force_on": chance.choice(t.DAYS)[:10],
    }
    chosen = chance.sample(sorted(values), chance.choice((1, 1, 2)))
    return Filter(**{name: values[name] for name in chosen})


def assert_allowed_and_complete(asked: Asked, hits: Sequence[Hit], held: list[t.Held]) -> None:
    """Only what may be seen, as it is; and as many as may be found: what is hidden takes nobody's place."""
    allowed = {
        (one.collection, one.path, passage.position): (one, passage)
        for one, passage in t.seen(held, asked.readable, asked.only)
    }
    for hit in hits:
        one, passage = allowed[hit.document.collection, hit.document.path, hit.position]
        assert (hit.page, hit.start, hit.end, hit.heading, hit.text) == (
            passage.page, passage.start, passage.end, passage.heading, passage.text
        )  # fmt: skip
        assert (hit.document.title, hit.document.sha256) == (one.title, one.sha256)
        assert hit.document.metadata == one.metadata
    by_words = [passage for _, passage in allowed.values() if t.holds_any(passage, asked.words)]
    findable = len(by_words) if asked.mode == "keywords" else len(allowed)
    assert len({hit.passage_id for hit in hits}) == len(hits) == min(asked.k, findable)


def assert_only_own_secrets(asked: Asked, shown: str) -> None:
    assert t.secrets_in(shown) <= asked.own_secrets


def exists_in_twin(readable: frozenset[str]) -> bool:
    return readable <= {*map(t.name_of, range(IN_TWIN)), "absente"}


def assert_same_in_twin(asked: Asked, hits: Sequence[Hit], towns: Towns) -> None:
    """Scores, ids, order and word weights: nothing changes by what the user may not read."""
    assert retrieve(asked.question, towns.twin, EMBEDDER, k=asked.k, mode=asked.mode) == hits
    assert towns.twin.rarity(asked.words, collections=asked.readable) == towns.whole.rarity(
        asked.words, collections=asked.readable
    )


def assert_answer_tells_nothing(asked: Asked, towns: Towns) -> None:
    answer = answered(towns.whole, asked)
    assert_only_own_secrets(asked, repr(answer))
    assert asked.readable or (answer["kind"], answer["hits"], answer["citations"]) == ("refused", [], [])
    if exists_in_twin(asked.readable):
        assert answered(towns.twin, asked) == answer


def answered(index: Index, asked: Asked) -> dict[str, Any]:
    finished = Assistant(index, EMBEDDER, lambda language: None).finish(asked.question)
    shown = answer_json(finished)
    return {name: value for name, value in shown.items() if name not in ("question", "timings_ms")}


def refusal(readable: frozenset[str], wanted: list[str]) -> str:
    house = cast(Any, SimpleNamespace(readable=lambda user: readable))
    with pytest.raises(NoSuchCollection) as refused:
        readable_or_refused(house, wanted)
    return f"{type(refused.value)} {refused.value} {refused.value.parameters} {refused.value.exit_code}"
