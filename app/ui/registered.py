"""The page of registered models: which of them serve, and whether their files are still those on record."""

from __future__ import annotations

import streamlit as st

from app.bootstrap import House
from app.messages import text
from app.model_rows import ModelRow, model_rows

_MB = 1_000_000


def draw_models(house: House, language: str) -> None:
    st.caption(text(language, "model_list.why"))
    rows = [
        {text(language, f"model_list.column_{name}"): value for name, value in cells(row, language).items()}
        for row in model_rows(house.settings)
    ]
    st.dataframe(rows, hide_index=True, width="stretch")


def cells(row: ModelRow, language: str) -> dict[str, str]:
    """What is shown of a model, by column."""
    card = row.card
    return {
        "name": card.name,
        "role": text(language, f"model_list.role_{card.role}"),
        "languages": ", ".join(card.languages),
        "serves": ", ".join(row.serves),
        "state": text(language, f"model_list.state_{row.state}"),
        "licence": card.licence,
        "publisher": f"{card.publisher} ({card.country})" if card.country else card.publisher,
        "memory": str(card.memory_bytes // _MB) if card.memory_bytes else "",
    }
