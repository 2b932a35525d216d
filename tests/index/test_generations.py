"""Between two publications: what the published generation points to stays findable, and what was cited still opens."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from alembic import command

from index import database, store
from index.catalogue import Catalogue
from index.fusion import Fused
from index.records import Filter, Hit, NewDocument, Page, Passage, Source
from index.store import Index
from tests.fakes import FakeEmbedder
from tests.makers import document, found_texts, hold, open_index

CANTEEN = "Le tarif de la cantine est de 3,85 euros.\n\nLe goûter coûte 1,10 euro."
LIBRARY = "La médiathèque ouvre le mardi.\n\nLe prêt dure quatre semaines."


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return open_index(tmp_path / "data")


def hits(index: Index, question: str = "tarif cantine", **more: Any) -> list[Hit]:
    return index.search(question, FakeEmbedder().embed([question])[0], collections={"essai"}, **more)


def ids(found: Sequence[Hit]) -> list[int]:
    return [hit.passage_id for hit in found]


def read_otherwise(one: NewDocument) -> NewDocument:
    """The same content, as a later reader may see it: other text on fewer pages, one passage."""
    text = "Tarif de la cantine : 3,85 euros."
    return replace(one, pages=(Page(1, "1", text),), passages=(Passage(0, 1, 0, len(text), ("A",), text),))


def two_pages() -> NewDocument:
    pages = (Page(1, "1", "Le tarif de la cantine."), Page(2, "2", "La cantine ferme."))
    passages = tuple(Passage(n, one.number, 0, len(one.text), ("A",), one.text) for n, one in enumerate(pages))
    return replace(document(CANTEEN), pages=pages, passages=passages)


def test_what_reads_the_same_keeps_its_passages_and_shows_the_new_statements(index: Index) -> None:
    held = document(CANTEEN)
    hold(index, held)
    before = ids(hits(index))
    hold(index, replace(held, metadata={"service": "École"}), publish=False)
    assert ids(hits(index)) == before
    assert {hit.document.metadata["service"] for hit in hits(index)} == {"École"}
    with index.writer():
        index.publish()
    assert ids(hits(index)) == before
    assert index.check() == []


def test_what_reads_otherwise_is_found_as_it_was_until_the_next_publication(index: Index) -> None:
    held = two_pages()
    hold(index, held)
    before = hits(index)
    hold(index, read_otherwise(held), publish=False)
    assert ids(hits(index)) == ids(before)
    for hit in hits(index):
        page = index.source_page("essai", hit.document.sha256, hit.page)
        assert page is not None
        assert page.page.text[hit.start : hit.end] == hit.text
        assert not page.superseded
    assert [(one.documents, one.pages, one.passages) for one in index.collections()] == [(1, 1, 1)]
    with index.writer():
        index.publish()
    assert [hit.text for hit in hits(index)] == ["Tarif de la cantine : 3,85 euros."]
    assert index.check() == []


def test_a_run_killed_before_it_publishes_loses_nothing(index: Index) -> None:
    held = two_pages()
    hold(index, held)
    before = ids(hits(index))
    for one in (read_otherwise(held), held, read_otherwise(held)):
        hold(index, one, publish=False)
        assert ids(hits(open_index(index.data_dir))) == before
    with index.writer():
        index.publish()
    assert len(hits(index)) == 1
    assert index.check() == []


def test_a_version_that_came_back_with_other_pages_leaves_its_citations_open(index: Index) -> None:
    held = two_pages()
    for one in (held, document(LIBRARY), read_otherwise(held)):
        hold(index, one)
    cited = index.source_page("essai", held.sha256, 2)
    assert cited is not None
    assert (cited.page.text, cited.superseded) == ("La cantine ferme.", False)
    current = index.source_page("essai", held.sha256, 1)
    assert current is not None
    assert current.page.text == "Tarif de la cantine : 3,85 euros."
    quoted = index.source_page("essai", held.sha256, 1, start=3, quote="tarif de la cantine.")
    assert quoted is not None
    assert quoted.page.text == "Le tarif de la cantine."
    assert index.check() == []


def test_a_former_reading_with_the_same_pages_is_not_kept(index: Index) -> None:
    held = document(CANTEEN)
    cut = replace(held, passages=(Passage(0, 1, 0, len(CANTEEN), ("A",), CANTEEN),))
    for one in (held, cut, held, cut):
        hold(index, one)
    with sqlite3.connect(index.data_dir / "catalogue.sqlite3") as rows:
        assert rows.execute("select count(*) from versions").fetchone() == (1,)
        assert rows.execute("select count(*) from pages").fetchone() == (1,)
    assert index.source_page("essai", held.sha256, 1) is not None


def test_removed_and_replaced_documents_are_found_until_the_next_publication(index: Index) -> None:
    hold(index, document(CANTEEN, path="a.md"), document(CANTEEN, path="b.md"), document(LIBRARY, path="c.md"))
    before = ids(hits(index))
    with index.writer():
        index.remove("essai", "b.md")
        held = document(CANTEEN)
        index.move("essai", "a.md", Source("b.md", "/root", held.sha256, held.size, 2, 1, 2))
    assert ids(hits(index)) == before
    assert {hit.document.path for hit in hits(index) if "cantine" in hit.text} == {"b.md"}
    with index.writer():
        index.publish()
    assert [hit.document.path for hit in hits(index) if "cantine" in hit.text] == ["b.md"]
    assert index.source_page("essai", held.sha256, 1) is not None
    assert index.check() == []


@pytest.mark.parametrize("mode", ["keywords", "vectors", "hybrid"])
def test_a_filtered_search_finds_what_the_generation_holds(index: Index, mode: Any) -> None:
    only = Filter(service="école", documents=frozenset({"a.md"}))
    stated = {"service": "École"}
    hold(index, replace(document(CANTEEN), metadata=stated), document(CANTEEN, path="b.md"))
    before = ids(hits(index, only=only, mode=mode))
    assert before
    hold(index, replace(document(LIBRARY), metadata=stated), publish=False)
    assert ids(hits(index, only=only, mode=mode)) == before
    assert index.search("tarif", None, collections={"autre"}, only=only) == []
    with index.writer():
        index.remove("essai", "a.md")
    assert ids(hits(index, only=only, mode=mode)) == before
    with index.writer():
        index.publish()
    assert hits(index, only=only, mode=mode) == []


def test_a_search_during_which_a_generation_comes_is_made_again(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    hold(index, document(CANTEEN))
    coming = [document(CANTEEN.replace("3,85", "4,10"))]
    search = store.search_generation

    def overtaken(*args: Any, **more: Any) -> list[Fused]:
        found = search(*args, **more)
        if coming:
            hold(index, coming.pop())
        return found

    monkeypatch.setattr(store, "search_generation", overtaken)
    assert "Le tarif de la cantine est de 4,10 euros." in found_texts(index, "tarif cantine")


@pytest.mark.parametrize(
    ("stated", "only", "fits"),
    [
        ({"service": "État civil"}, Filter(service="état CIVIL"), True),
        ({"service": "E\u0301tat civil"}, Filter(service="État civil"), True),  # two code points for one letter
        ({"service": "Etat civil"}, Filter(service="État civil"), False),
        ({"confidentiality": "RÉSERVÉ"}, Filter(confidentiality="réservé"), True),
        ({"language": "fr"}, Filter(language="FR"), True),
        ({"reference": "DÉL-2024-7"}, Filter(reference="dél-2024-7"), True),
        ({"author": "Zoé Élan, maire"}, Filter(author="ÉLAN"), True),
        ({"author": "Zoé Elan"}, Filter(author="élan"), False),
        ({}, Filter(author="élan"), False),
        ({}, Filter(service="État civil"), False),
    ],
)
def test_filters_know_accented_capitals(index: Index, stated: dict[str, str], only: Filter, fits: bool) -> None:
    hold(index, replace(document(CANTEEN), metadata=stated))
    assert bool(hits(index, only=only)) == fits


FAILED = Source("lien.md", "/root", "", 0, 0, 0, 0, "ingest.unreadable", {"detail": "x"})


def test_a_lasting_failure_makes_no_new_generation(index: Index) -> None:
    hold(index, document(CANTEEN))
    counter = index.counter()
    generations = sorted((index.data_dir / "generations").iterdir())
    for _ in range(2):
        with index.writer():
            index.touch("essai", FAILED)
            index.publish()
    assert index.counter() == counter
    assert sorted((index.data_dir / "generations").iterdir()) == generations
    assert index.sources("essai")["lien.md"] == FAILED
    with index.writer():
        index.remove("essai", "lien.md")
        index.publish()
    assert index.counter() == counter
    assert set(index.sources("essai")) == {"a.md"}
    assert index.check() == []


def test_what_is_known_already_is_not_written(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    with index.writer():
        index.touch("essai", FAILED)
        monkeypatch.setattr(Catalogue, "tidy", lambda self: pytest.fail("written"))
        index.touch("essai", FAILED)
        monkeypatch.undo()
        index.touch("essai", replace(FAILED, mtime_ns=1))
    assert index.sources("essai")["lien.md"].mtime_ns == 1


def test_a_collection_of_failures_only_exists(index: Index) -> None:
    with index.writer():
        index.touch("essai", FAILED)
        index.publish()
    assert [(one.name, one.documents) for one in index.collections()] == [("essai", 0)]
    assert hits(index) == []
    assert index.check() == []
    hold(index, document(CANTEEN))
    assert hits(index)
    assert index.check() == []


def test_the_schema_goes_up_and_down_with_its_rows(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    held = two_pages()
    for one in (held, read_otherwise(held)):
        hold(index, one)
    index.close()
    path = index.data_dir / "catalogue.sqlite3"

    def count() -> list[int]:
        with sqlite3.connect(path) as rows:
            assert rows.execute("pragma foreign_key_check").fetchall() == []
            return [
                rows.execute(f"select count(*) from {one}").fetchone()[0] for one in ("versions", "pages", "passages")
            ]

    assert count() == [2, 3, 1]
    with monkeypatch.context() as patched:
        patched.setattr(command, "upgrade", lambda config, _: command.downgrade(config, "0002"))
        database.migrate(database.writing_engine(path))
    assert count() == [1, 1, 1]
    assert hits(open_index(index.data_dir)), "readers do not wait for the upgrade"
    hold(index, document(LIBRARY, path="b.md"))
    assert count() == [2, 2, 3]
    assert index.check() == []
