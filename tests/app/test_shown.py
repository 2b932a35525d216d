"""What acts on its surroundings is not shown; what belongs to a script or a layout is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.shown import shown, shown_html


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Été 2026\tà 9 h\nœuvre — « fin »", "Été 2026\tà 9 h\nœuvre — « fin »"),
        ("a\r\nb\rc\u2028d\x0ce", "a\nb\nc\nd\ne"),
        ("\x1b]0;titre\x07\x1b[2Jeffacé", "]0;titre[2Jeffacé"),
        ("\u202egnp.exe\u202c", "gnp.exe"),
        ("in\u200bvisi\ufeffble\U000e0041", "invisible"),
        ("नी\u200dति, مکتب\u200cها", "नी\u200dति, مکتب\u200cها"),
    ],
)
def test_only_what_acts_is_left_out(text: str, expected: str) -> None:
    assert shown(text) == expected


@given(st.text())
def test_nothing_is_markup(text: str) -> None:
    assert not set("<>\"'\u202e\x1b\x00") & set(shown_html(text))
