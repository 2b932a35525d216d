"""The page says what is broken, in the reader's language."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import pytest
from streamlit.testing.v1 import AppTest

import app.ui
from app.errors import BadCalibration

PAGE = Path(app.ui.__file__).with_name("page.py")


@pytest.mark.parametrize(("language", "said"), [("fr", "illisible"), ("en", "cannot be read")])
def test_a_broken_data_directory_is_told_with_its_remedy(
    monkeypatch: pytest.MonkeyPatch, language: str, said: str
) -> None:
    def broken() -> NoReturn:
        raise BadCalibration(path="<b>calibration.json</b>", detail="?")

    monkeypatch.setattr("app.bootstrap.house", broken)
    page = AppTest.from_file(str(PAGE), default_timeout=60)
    page.query_params["lang"] = language
    page.run()
    assert not page.exception
    shown = "".join(element.proto.body for element in page.get("html"))
    assert said in shown
    assert "calibrate --undo" in shown
    assert "<b>" not in shown
