"""Long readings are told by tenths, short ones not at all."""

from __future__ import annotations

import pytest

from app.model_progress import progress_on_terminal

TWICE = [*(number / 100 for number in range(1, 101)), *(number / 100 for number in range(1, 101))]


def test_a_long_reading_is_told_by_tenths_and_a_second_one_again(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.model_progress._SILENT_SECONDS", 0.0)
    told = progress_on_terminal("m.gguf", "fr")
    for done in TWICE:
        told(done)
    lines = capsys.readouterr().err.splitlines()
    assert [line.split()[-2] for line in lines] == [str(tenth * 10) for tenth in range(1, 10)] * 2


def test_a_short_reading_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    told = progress_on_terminal("m.gguf", "fr")
    for done in TWICE:
        told(done)
    assert capsys.readouterr().err == ""
