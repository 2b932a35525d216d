"""Every displayed sentence is certified; every citation's span, cut from the stored text, equals its quotation."""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.assistant.certify import certify
from app.assistant.events import Citation, Finished, Question
from app.bootstrap import House, open_house
from app.settings import Settings
from ingest.pipeline import ingest
from ingest.progress import SilentProgress
from tests.acceptance.conftest import COLLECTION, ROOT, SAMPLE

pytestmark = pytest.mark.acceptance

FICHES = ROOT.parent / "shared" / "data" / "text"


def assert_certified(house: House, answer: Finished) -> None:
    citations = {one.marker: one for one in answer.citations}
    for one in citations.values():
        source = house.index.source_page(one.document.collection, one.document.sha256, one.page)
        assert source is not None
        assert source.page.text[one.start : one.end] == one.quote
        assert one.quote.strip()
    for sentence in answer.sentences:
        cited = [citations[marker].quote for marker in sentence.markers]
        assert cited
        if sentence.certified_by == "quotation":
            assert sentence.text == cited[0]
        else:
            stands_under = [part for marker in sentence.markers for part in _headings(citations[marker])]
            assert certify(sentence.text, cited, about="\n".join(stands_under)).certified
    assert (answer.kind == "refused") == (not answer.sentences)


def _headings(citation: Citation) -> tuple[str, ...]:
    return (citation.document.title, *citation.heading)


@pytest.fixture(scope="module")
def sample_house(sample_data_dir: Path) -> Iterator[House]:
    house = open_house(Settings(data_dir=sample_data_dir))
    yield house
    house.close()


def test_over_the_whole_sample_corpus(sample_house: House) -> None:
    lines = (SAMPLE / "questions.jsonl").read_text("utf-8").splitlines()
    kinds = set()
    for line in lines:
        answer = sample_house.assistant.finish(Question(json.loads(line)["question"], frozenset({COLLECTION})))
        assert_certified(sample_house, answer)
        kinds.add(answer.kind)
    assert kinds == {"quoted", "refused"}  # no model is registered for French


def test_a_french_question_is_never_given_to_a_model_that_knows_english_only(sample_house: House) -> None:
    answer = sample_house.assistant.finish(Question("Quel est le tarif de la cantine ?", frozenset({COLLECTION})))
    assert (answer.kind, answer.model) == ("quoted", None)


ENGLISH = {
    "fees.md": "# Fees\n\nThe fee for a copy of a birth certificate is 3.50 euros. Payment is made in cash.",
    "hours.md": "# Hours\n\nThe records office opens at 9 in the morning on weekdays. It is closed on Saturday.",
    "rules.md": "# Rules\n\nReaders may not bring food into the reading room. A reader may consult six files a day.",
}


def test_english_questions_are_answered_by_the_packaged_model_and_only_what_is_certified_is_shown(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "corpus"
    folder.mkdir()
    for name, text in ENGLISH.items():
        (folder / name).write_text(text)
    house = open_house(Settings(data_dir=tmp_path / "data"), prepared=True)
    ingest([folder], "english", index=house.index, embedder=house.embedder, progress=SilentProgress())
    kinds = []
    for question in (
        "What is the fee for a copy of a birth certificate?",
        "When does the records office open on weekdays?",
        "How many files may a reader consult a day?",
        "May readers bring food into the reading room?",
        "Is the records office closed on Saturday?",
    ):
        answer = house.assistant.finish(Question(question, frozenset({"english"})))
        assert_certified(house, answer)
        kinds.append(answer.kind)
    house.close()
    assert "generated" in kinds
    assert set(kinds) <= {"generated", "quoted"}


@pytest.mark.skipif(not FICHES.exists(), reason="the shared guides (../shared/data/text) are not here")
def test_over_three_hundred_questions_of_the_guides(tmp_path: Path) -> None:
    """The documents of one hundred and fifty guides and three hundred questions of the set, theirs and others."""
    folder = tmp_path / "fiches"
    folder.mkdir()
    with lzma.open(FICHES / "fiches.docs.jsonl.xz", "rt", encoding="utf-8") as file:
        for line in list(file)[:150]:
            row = json.loads(line)
            (folder / row["path"]).write_text(row["text"], encoding="utf-8")
    with lzma.open(FICHES / "fiches.questions.jsonl.xz", "rt", encoding="utf-8") as file:
        questions = [json.loads(line)["question"] for line in file][:300]
    house = open_house(Settings(data_dir=tmp_path / "data"), prepared=True)
    ingest([folder], "fiches", index=house.index, embedder=house.embedder, progress=SilentProgress())
    kinds = []
    for question in questions:
        answer = house.assistant.finish(Question(question, frozenset({"fiches"})))
        assert_certified(house, answer)
        kinds.append(answer.kind)
    house.close()
    assert kinds.count("quoted") > 50
