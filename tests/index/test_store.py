"""The index: what is held is found, what is gone is not, and nobody finds what they may not read."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.errors import Busy, CorruptGeneration, OtherModel
from index.lookups import passage_rows
from index.records import Source
from index.store import Index
from tests.fakes import FakeEmbedder
from tests.makers import document, found_texts, hold, open_index

CANTEEN = "Le tarif de la cantine est de 3,85 euros.\n\nLe goûter coûte 1,10 euro."
LIBRARY = "La médiathèque ouvre le mardi.\n\nLe prêt dure quatre semaines."


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return open_index(tmp_path / "data")


def test_an_index_that_is_not_there_is_empty(index: Index) -> None:
    assert index.collections() == []
    assert found_texts(index, "cantine") == []
    assert index.source_page("essai", "0" * 64, 1) is None
    assert index.check() == []
    assert not index.data_dir.exists()


def test_what_is_held_is_found_with_its_place(index: Index) -> None:
    hold(index, document(CANTEEN), document(LIBRARY, path="b.md", title="B"))
    hit = index.search("goûter", FakeEmbedder().embed(["goûter"])[0], collections={"essai"}, k=1)[0]
    page = index.source_page("essai", hit.document.sha256, hit.page)
    assert page is not None
    assert page.page.text[hit.start : hit.end] == hit.text
    assert hit.text.strip() == "Le goûter coûte 1,10 euro."
    assert (hit.document.path, hit.heading) == ("a.md", ("A",))
    assert index.check() == []


def test_nothing_is_found_before_it_is_published(index: Index) -> None:
    hold(index, document(CANTEEN), publish=False)
    assert found_texts(index, "cantine") == []
    with index.writer():
        index.publish()
    assert found_texts(index, "cantine")


def test_a_new_version_takes_the_place_of_the_old_one_which_stays_citable(index: Index) -> None:
    old, new = document(CANTEEN), document(CANTEEN.replace("3,85", "4,10"))
    hold(index, old)
    hold(index, new)
    assert "Le tarif de la cantine est de 4,10 euros." in found_texts(index, "tarif cantine")
    assert not any("3,85" in text for text in found_texts(index, "tarif cantine 3,85"))
    kept = index.source_page("essai", old.sha256, 1)
    assert kept is not None
    assert kept.superseded
    assert kept.page.text == CANTEEN
    current = index.source_page("essai", new.sha256, 1)
    assert current is not None
    assert not current.superseded
    assert [one.documents for one in index.collections()] == [1]


def test_a_content_that_comes_back_is_current_again(index: Index) -> None:
    first, second = document(CANTEEN), document(LIBRARY)
    for one in (first, second, first):
        hold(index, one)
    assert found_texts(index, "cantine")
    page = index.source_page("essai", first.sha256, 1)
    assert page is not None
    assert not page.superseded
    assert index.check() == []


def test_a_removed_document_is_not_found_and_its_citations_still_open(index: Index) -> None:
    held = document(CANTEEN)
    hold(index, held, document(LIBRARY, path="b.md"))
    with index.writer():
        index.remove("essai", "a.md")
        index.publish()
    assert not any("cantine" in text for text in found_texts(index, "cantine"))
    assert index.source_page("essai", held.sha256, 1) is not None
    assert set(index.sources("essai")) == {"b.md"}
    assert index.check() == []


def test_a_moved_document_keeps_its_passages_and_is_cited_at_its_new_path(index: Index) -> None:
    held = document(CANTEEN)
    hold(index, held)
    before = index.search("cantine", None, collections={"essai"})
    with index.writer():
        index.move("essai", "a.md", Source("b/a.md", "/root", held.sha256, held.size, 2, 1, 2))
        index.publish()
    after = index.search("cantine", None, collections={"essai"})
    assert [hit.passage_id for hit in after] == [hit.passage_id for hit in before]
    assert {hit.document.path for hit in after} == {"b/a.md"}
    assert set(index.sources("essai")) == {"b/a.md"}


def test_a_failure_is_remembered_and_the_good_version_stays(index: Index) -> None:
    held = document(CANTEEN)
    hold(index, held)
    failed = Source("a.md", "/root", "f" * 64, 3, 9, 0, 0, "ingest.broken_file", {"detail": "x"})
    with index.writer():
        index.touch("essai", failed)
        index.publish()
    assert index.sources("essai") == {"a.md": failed}
    assert found_texts(index, "cantine")


def test_equal_texts_are_embedded_once(index: Index) -> None:
    hold(index, document(CANTEEN))
    again = document(CANTEEN + "\n\nNouveau paragraphe.", path="b.md")
    digests = [passage.digest for passage in again.passages]
    assert index.missing(digests) == {digests[-1]}


def test_no_search_returns_what_is_not_readable(index: Index) -> None:
    for name in ("un", "deux", "trois"):
        hold(index, document(CANTEEN.replace("cantine", f"cantine {name}"), collection=name))
    for readable in ({"un"}, {"deux", "trois"}, set(), {"absente"}, {"un", "absente"}):
        for mode in ("hybrid", "keywords", "vectors"):
            vector = FakeEmbedder().embed(["tarif cantine"])[0]
            hits = index.search("tarif cantine", vector, collections=readable, mode=mode, k=50)
            assert {hit.document.collection for hit in hits} == readable & {"un", "deux", "trois"}


def test_passages_of_another_collection_are_left_out_also_when_their_ids_are_known(index: Index) -> None:
    """The second line: whatever a search structure returns, rows of unreadable collections are not read."""
    for name in ("un", "deux"):
        hold(index, document(CANTEEN, collection=name))
    ids = {
        name: [hit.passage_id for hit in index.search("cantine", None, collections={name})] for name in ("un", "deux")
    }
    with index._catalogue.read() as connection:
        assert set(passage_rows(connection, ids["un"] + ids["deux"], ["un"])) == set(ids["un"])
        assert passage_rows(connection, ids["un"], []) == {}


def test_better_passages_elsewhere_do_not_crowd_out_the_readable_ones(index: Index) -> None:
    hold(index, document("Un long texte sur la commune et ses services, où la cantine est citée une fois."))
    hold(
        index,
        *(document(f"Cantine, cantine {number}.", collection="secret", path=f"{number}.md") for number in range(80)),
    )
    for mode in ("hybrid", "keywords", "vectors"):
        vector = FakeEmbedder().embed(["cantine"])[0]
        assert len(index.search("cantine", vector, collections={"essai"}, k=5, mode=mode)) == 1


def test_other_collections_do_not_change_a_score(index: Index) -> None:
    """Not even the frequency of words elsewhere may tell that a document exists."""
    hold(index, document(CANTEEN))
    alone = index.search("tarif cantine", None, collections={"essai"})
    hold(index, document(CANTEEN * 5, collection="secret"))
    assert [(hit.passage_id, hit.score) for hit in index.search("tarif cantine", None, collections={"essai"})] == [
        (hit.passage_id, hit.score) for hit in alone
    ]
    assert index.rarity(["cantine"], collections=set()) == {"cantine": 0.0}


def test_embeddings_of_another_model_are_refused_until_they_are_made_anew(tmp_path: Path) -> None:
    hold(open_index(tmp_path), document(CANTEEN))
    other = FakeEmbedder(name="autre")
    index = open_index(tmp_path, other)
    with pytest.raises(OtherModel):
        index.search("cantine", None, collections={"essai"})
    missing = index.unembedded()
    assert {one.text for one in missing} == {one.text for one in document(CANTEEN).passages}
    with index.writer():
        index.store_embeddings({one.digest: other.embed([one.searchable])[0] for one in missing})
        index.publish()
    assert index.search("cantine", other.embed(["cantine"])[0], collections={"essai"})
    assert index.check() == []


def test_a_changed_file_of_a_generation_is_refused_and_rebuilt(tmp_path: Path) -> None:
    hold(open_index(tmp_path), document(CANTEEN))
    before = open_index(tmp_path).search("cantine", None, collections={"essai"})
    (vectors,) = (tmp_path / "generations").glob("*/*/vectors.faiss")
    content = bytearray(vectors.read_bytes())
    content[-1] ^= 1
    vectors.write_bytes(content)
    index = open_index(tmp_path)
    with pytest.raises(CorruptGeneration):
        index.search("cantine", None, collections={"essai"})
    assert [problem.code for problem in index.check()] == ["index.corrupt_generation"]
    with index.writer():
        index.rebuild()
    assert index.check() == []
    assert index.search("cantine", None, collections={"essai"}) == before


@pytest.mark.parametrize("damage", ['{"layout": 2}', "{", ""])
def test_a_generation_that_cannot_be_read_is_mended_by_the_next_publication(tmp_path: Path, damage: str) -> None:
    """As after an upgrade that changed the layout: an ingestion that finds nothing new is enough."""
    index = open_index(tmp_path)
    hold(index, document(CANTEEN))
    before = found_texts(index, "cantine")
    (manifest,) = (tmp_path / "generations").glob("*/manifest.json")
    manifest.write_text(damage)
    upgraded = open_index(tmp_path)
    with pytest.raises(CorruptGeneration):
        found_texts(upgraded, "cantine")
    with upgraded.writer():
        upgraded.publish()
    assert found_texts(upgraded, "cantine") == before
    assert upgraded.check() == []


def test_a_model_whose_embeddings_are_held_already_is_published_without_a_change(tmp_path: Path) -> None:
    one, other = FakeEmbedder(), FakeEmbedder(name="autre")
    hold(open_index(tmp_path, one), document(CANTEEN))
    hold(open_index(tmp_path, other), document(CANTEEN), embedder=other)
    index = open_index(tmp_path, one)
    assert index.unembedded() == []
    with index.writer():
        index.publish()
    assert found_texts(index, "cantine")
    assert index.check() == []


def test_a_rebuild_finds_the_same_with_vectors_too(index: Index) -> None:
    hold(index, document(CANTEEN), document(LIBRARY, path="b.md"))
    before = found_texts(index, "prêt de la cantine")
    with index.writer():
        index.rebuild()
    assert found_texts(index, "prêt de la cantine") == before


def test_an_unchanged_collection_is_linked_into_the_next_generation(index: Index) -> None:
    hold(index, document(CANTEEN, collection="un"))
    hold(index, document(LIBRARY, collection="deux"))
    files = sorted((index.data_dir / "generations").glob("*/1/vectors.faiss"))
    assert len(files) == 2
    assert files[0].stat().st_ino == files[1].stat().st_ino


def test_there_is_one_writer_and_the_other_is_told_who(index: Index) -> None:
    with index.writer(), pytest.raises(Busy) as refused, open_index(index.data_dir).writer():
        pass
    assert refused.value.parameters["pid"] == str(os.getpid())


def test_a_publication_that_fails_leaves_the_former_generation(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    hold(index, document(CANTEEN))
    with monkeypatch.context() as patched:
        patched.setattr("index.generations.sync_tree", lambda folder: (_ for _ in ()).throw(OSError(5, "cut")))
        with pytest.raises(OSError, match="cut"):
            hold(index, document(LIBRARY, path="b.md"))
    assert found_texts(index, "cantine")
    assert not any("médiathèque" in text for text in found_texts(index, "médiathèque"))
    with index.writer():
        index.publish()
    assert "La médiathèque ouvre le mardi." in found_texts(index, "médiathèque")
    assert not list((index.data_dir / "generations").glob(".building-*"))


def test_a_reader_is_answered_throughout_publications(index: Index) -> None:
    hold(index, document(CANTEEN))
    failures: list[BaseException | str] = []
    over = threading.Event()

    def search_on() -> None:
        while not over.is_set():
            try:
                if "Le tarif de la cantine est de 3,85 euros." not in found_texts(index, "tarif cantine"):
                    failures.append("not found")
            except Exception as error:
                failures.append(error)

    readers = [threading.Thread(target=search_on) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(8):
        hold(index, document(f"Document numéro {number}.", path=f"{number}.md"))
    over.set()
    for reader in readers:
        reader.join()
    assert failures == []


KILLED = """
import sys, time
from pathlib import Path
from tests.makers import document, hold, open_index
index = open_index(Path(sys.argv[1]))
print("go", flush=True)
for number in range(1000):
    hold(index, document(f"Le paragraphe numéro {number} parle de la cantine.", path=f"{number}.md"))
"""


@pytest.mark.parametrize("delay", [0.05, 0.2, 0.45])
def test_a_killed_writer_leaves_a_sound_index_that_goes_on(delay: float, tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        threading.Event().wait(delay)
        writer.send_signal(signal.SIGKILL)
    index = open_index(tmp_path)
    with index.writer():
        index.publish()
    assert index.check() == []
    held = index.collections()
    count = held[0].documents if held else 0
    assert len(found_texts(index, "paragraphe", k=1000)) == count
    hold(index, document("Encore la cantine.", path="dernier.md"))
    assert "Encore la cantine." in found_texts(index, "encore", k=1000)


ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(["put", "remove", "publish"]), st.sampled_from("abc"), st.sampled_from([CANTEEN, LIBRARY])
    ),
    max_size=8,
)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(ACTIONS)
def test_after_any_history_search_finds_what_a_dictionary_holds(
    tmp_path_factory: pytest.TempPathFactory, actions: list[tuple[str, str, str]]
) -> None:
    index = open_index(tmp_path_factory.mktemp("history"))
    model: dict[str, str] = {}
    for action, path, text in actions:
        with index.writer():
            if action == "put":
                one = document(text, path=path)
                texts = {passage.digest: passage.searchable for passage in one.passages}
                index.replace(one, dict(zip(texts, FakeEmbedder().embed(list(texts.values())), strict=True)))
                model[path] = text
            elif action == "remove":
                index.remove("essai", path)
                model.pop(path, None)
            else:
                index.publish()
    with index.writer():
        index.publish()
    hits = index.search(CANTEEN + LIBRARY, np.ones(64, np.float32), collections={"essai"}, k=100)
    assert sorted((hit.document.path, hit.text) for hit in hits) == sorted(
        (path, passage.text) for path, text in model.items() for passage in document(text).passages
    )
    assert index.check() == []
