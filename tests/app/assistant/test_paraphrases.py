"""What a clerk would write from the sample corpus is let pass; what a slip would make of it is not."""

from __future__ import annotations

import json

import pytest

from tests.benchmarks.certification import PARAPHRASES, WAYS, Tally, measure, paraphrases_withheld
from tests.benchmarks.kept_true import KEPT_TRUE
from tests.benchmarks.true_sentences import read_sample, sample_passages

_OF_EACH_WAY = 100


@pytest.fixture(scope="module")
def tally() -> Tally:
    return measure(read_sample(seed=1), _OF_EACH_WAY, seed=1)


def test_there_are_two_hundred_paraphrases_and_each_source_stands_in_its_document() -> None:
    rows = [json.loads(line) for line in PARAPHRASES.read_text("utf-8").splitlines()]
    texts = {name: " ".join("".join(hit.text for hit in hits).split()) for name, hits in sample_passages().items()}
    assert len({row["paraphrase"] for row in rows}) >= 200
    for row in rows:
        assert row["source"] in texts[row["document"]]
        assert row["paraphrase"] != row["source"]


def test_at_most_one_paraphrase_in_twenty_is_withheld() -> None:
    withheld, count = paraphrases_withheld()
    assert len(withheld) <= 0.05 * count, [one.sentence for one in withheld]


def test_at_most_one_true_sentence_in_twenty_is_withheld_and_none_that_is_verbatim(tally: Tally) -> None:
    shown, count = tally.shown(list(KEPT_TRUE))
    assert count - shown <= 0.05 * count
    shown, count = tally.shown(["verbatim"])
    assert shown == count


def test_nineteen_corrupted_sentences_in_twenty_are_withheld(tally: Tally) -> None:
    shown, count = tally.shown(WAYS)
    assert count > 500
    assert shown <= 0.05 * count


@pytest.mark.parametrize("way", WAYS)
def test_each_way_of_corrupting_is_seen(tally: Tally, way: str) -> None:
    shown, count = tally.shown([way])
    assert count
    assert shown <= 0.15 * count, [(one.original, one.sentence) for one in tally.trials[way] if one.shown]
