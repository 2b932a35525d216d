"""The sample corpus: what is committed is what its sources give, and its questions are about it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.sample.build import build
from app.sample.source import DOCUMENTS, SOURCES, read_source
from ingest.readers import reader_for

QUESTIONS = [json.loads(line) for line in (DOCUMENTS.parent / "questions.jsonl").read_text("utf-8").splitlines()]


def text_of(path: Path) -> str:
    """All words of a document as ingestion reads them."""
    return " ".join(" ".join(page.text for page in reader_for(path).read(path).pages).split())


def test_the_sources_give_the_committed_documents(tmp_path: Path) -> None:
    built = build(tmp_path)
    assert sorted(path.name for path in built) == sorted(path.name for path in DOCUMENTS.iterdir())
    for path in built:
        assert text_of(path) == text_of(DOCUMENTS / path.name)


@pytest.mark.parametrize("source", sorted(SOURCES.iterdir()), ids=lambda path: path.stem)
def test_ingestion_reads_every_word_of_a_source(source: Path) -> None:
    """The sources are the oracle of the readers: the same words in the same order, whatever the format."""
    sample = read_source(source)
    written = []
    for block in sample.blocks:
        written += [cell for row in block.rows for cell in row] if block.kind == "table" else [block.text]
    path = DOCUMENTS / sample.name
    read = text_of(path)
    position = 0
    for words in written:
        squeezed = "".join(words.split())
        found = "".join(read.split()).find(squeezed, position)
        assert found >= 0, words
        position = found if path.suffix == ".pdf" else found + len(squeezed)


def test_there_are_sixty_questions_of_which_twenty_have_no_answer() -> None:
    assert len(QUESTIONS) == 60
    assert sum(not one["answerable"] for one in QUESTIONS) == 20


def test_each_answer_stands_in_each_of_its_documents() -> None:
    for one in QUESTIONS:
        for name in one["documents"]:
            text = text_of(DOCUMENTS / name)
            assert any(answer in text for answer in one["answers"]), (one["question"], name)
        assert bool(one["documents"]) == one["answerable"] == bool(one["answers"])
