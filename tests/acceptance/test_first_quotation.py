"""Quotations come first, and hold the answer: over the questions of the sample corpus."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.assistant.events import Question, Quoted, Retrieved
from app.assistant.words import fold
from app.bootstrap import House, open_house
from app.settings import Settings
from tests.acceptance.conftest import COLLECTION, SAMPLE

pytestmark = pytest.mark.acceptance


@pytest.fixture(scope="module")
def house(sample_data_dir: Path) -> Iterator[House]:
    house = open_house(Settings(data_dir=sample_data_dir))
    house.warm()
    yield house
    house.close()


@pytest.fixture(scope="module")
def answerable() -> list[dict[str, Any]]:
    lines = (SAMPLE / "questions.jsonl").read_text("utf-8").splitlines()
    return [row for row in map(json.loads, lines) if row["answers"]]


def plain(text: str) -> str:
    return f" {re.sub(r'[^a-z0-9]+', ' ', fold(text)).strip()} "


def test_three_quotations_hold_the_answer_whether_it_is_refused_or_not(
    house: House, answerable: list[dict[str, Any]]
) -> None:
    held, marked, right = 0, 0, 0
    for row in answerable:
        evidence = house.assistant.gather(Question(row["question"], frozenset({COLLECTION}))).evidence
        holds = [one for one in evidence if any(plain(gold) in plain(one.text) for gold in row["answers"])]
        held += bool(holds)
        if holds and (mark := holds[0].mark) is not None:
            words = plain(holds[0].text[slice(*mark)])
            marked += 1
            right += any(words in plain(gold) or plain(gold) in words for gold in row["answers"])
    assert held >= 0.9 * len(answerable)
    assert marked >= 0.6 * len(answerable)
    assert right >= 0.9 * marked


def test_they_come_before_anything_is_written(house: House, answerable: list[dict[str, Any]]) -> None:
    quoted = 0
    for row in answerable:
        first, *others = house.assistant.answer(Question(row["question"], frozenset({COLLECTION})))
        assert isinstance(first, Retrieved)
        if len(others) > 1:
            assert isinstance(others[0], Quoted)
            quoted += 1
    assert quoted > 30
