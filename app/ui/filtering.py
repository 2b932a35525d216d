"""Which documents a question is asked of: the form's filters."""

from __future__ import annotations

from datetime import date

import streamlit as st

from app.messages import text
from index.records import Filter

# What a person calls a type, by the suffixes that it has.
TYPES = {
    "pdf": "pdf",
    "letter": "docx doc odt rtf txt md epub",
    "sheet": "xlsx xls ods csv",
    "slides": "pptx ppt odp",
    "mail": "eml msg",
    "web": "html",
    "picture": "png jpg tif bmp webp",
    "finding_aid": "",
}
_BY_CONTENT = {"finding_aid": {"application/ead+xml", "application/seda+xml", "application/xml"}}


def choose_filter(language: str) -> Filter:
    """Drawn within a form, folded: what is set counts with the question that is sent next."""
    with st.expander(text(language, "ui.filter")):
        left, right = st.columns(2)
        service = left.text_input(text(language, "ui.filter_service"), key="filter-service", max_chars=200)
        kinds = right.multiselect(
            text(language, "ui.filter_type"),
            tuple(TYPES),
            format_func=lambda name: text(language, f"ui.type_{name}"),
            placeholder=text(language, "ui.filter_all_types"),
            key="filter-type",
        )
        places = st.columns(3)
        in_force, since, until = (
            _day(place, text(language, f"ui.filter_{name}"), f"filter-{name}", language)
            for place, name in zip(places, ("in_force_on", "dated_from", "dated_until"), strict=True)
        )
        st.caption(text(language, "ui.filter_note"))
    return Filter(
        media_types=media_types(kinds),
        service=service.strip(),
        in_force_on=in_force,
        dated_from=since,
        dated_until=until,
    )


def media_types(kinds: list[str]) -> frozenset[str]:
    """What documents of these types are recorded as."""
    from ingest.readers import media_type_of

    found = {media_type_of(suffix) for kind in kinds for suffix in TYPES[kind].split()}
    return frozenset(one for one in found if one).union(*(_BY_CONTENT.get(kind, ()) for kind in kinds))


def filter_summary(only: Filter, language: str) -> str:
    """What a question was narrowed to, in words; empty when to nothing."""
    kinds = [name for name in TYPES if media_types([name]) <= only.media_types]
    said = [
        (text(language, "ui.filter_service"), only.service),
        (text(language, "ui.filter_type"), ", ".join(text(language, f"ui.type_{name}") for name in kinds)),
        *(
            (text(language, f"ui.filter_{name}"), _written(getattr(only, name), language))
            for name in ("in_force_on", "dated_from", "dated_until")
        ),
    ]
    shown = " · ".join(text(language, "ui.filter_value", name=name, value=value) for name, value in said if value)
    return text(language, "ui.filtered", values=shown) if shown else ""


def _day(place: st.delta_generator.DeltaGenerator, label: str, key: str, language: str) -> str:
    """ISO 8601, or empty."""
    chosen = place.date_input(
        label,
        value=None,
        min_value=date(1790, 1, 1),
        max_value=date(2100, 12, 31),
        format="DD/MM/YYYY" if language == "fr" else "YYYY-MM-DD",
        key=key,
    )
    return chosen.isoformat() if isinstance(chosen, date) else ""


def _written(day: str, language: str) -> str:
    return date.fromisoformat(day).strftime("%d/%m/%Y") if day and language == "fr" else day
