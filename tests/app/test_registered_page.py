"""The page of models shows each of them with the state of its file, in both languages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from app.messages import LANGUAGES, text
from models.registry import packaged_cards, register
from tests.models.test_registry_order import card


def page(data_dir: str, language: str) -> None:
    """Runs as a script of its own: what it needs is imported inside."""
    from types import SimpleNamespace

    from app.settings import Settings
    from app.ui.registered import draw_models

    draw_models(SimpleNamespace(settings=Settings(data_dir=data_dir)), language)  # type: ignore[arg-type]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_shows_each_model_with_its_state(language: str, tmp_path: Path) -> None:
    gone = card(tmp_path, "perdu", languages=("fr",))
    register(tmp_path, gone)
    Path(gone.path).unlink()
    shown = AppTest.from_function(page, args=(str(tmp_path), language), default_timeout=30).run()
    assert not shown.exception
    rows: list[dict[str, Any]] = shown.dataframe[0].value.to_dict("records")
    by_name = {row[text(language, "model_list.column_name")]: row for row in rows}
    assert set(by_name) == {"perdu", *(one.name for one in packaged_cards())}
    state, serves = text(language, "model_list.column_state"), text(language, "model_list.column_serves")
    assert by_name["perdu"][state] == text(language, "model_list.state_missing")
    assert by_name["perdu"][serves] == "fr"
    for one in packaged_cards():
        assert by_name[one.name][state] == text(language, "model_list.state_verified")
