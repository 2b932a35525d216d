"""Both languages say the same things, and every error has its words."""

from __future__ import annotations

import string
import tomllib
from pathlib import Path

import pytest

import app.errors
import index.errors
import ingest.errors
import models.errors
from app.messages import LANGUAGES, describe, text

LOCALES = Path(app.errors.__file__).parent / "locales"


def phrases(language: str) -> dict[str, set[str]]:
    """Placeholders by key."""
    found = {}
    for path in sorted((LOCALES / language).glob("*.toml")):
        for table, entries in tomllib.loads(path.read_text("utf-8")).items():
            for name, words in entries.items():
                found[f"{table}.{name}"] = {field for _, field, _, _ in string.Formatter().parse(words) if field}
    return found


def test_both_languages_have_the_same_keys_and_placeholders() -> None:
    assert phrases("fr") == phrases("en")


@pytest.mark.parametrize("module", [app.errors, index.errors, ingest.errors, models.errors])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_error_has_a_reason_and_a_remedy(module: object, language: str) -> None:
    for one in vars(module).values():
        if isinstance(one, type) and issubclass(one, Exception):
            assert text_of(language, one.code)


def text_of(language: str, code: str) -> str:
    fields = phrases(language)[f"{code}.reason"] | phrases(language)[f"{code}.remedy"]
    reason, remedy = describe(language, code, dict.fromkeys(fields, "x"))
    return reason and remedy


def test_words_that_are_not_there_are_a_defect() -> None:
    with pytest.raises(KeyError):
        text("fr", "ui.absent")
