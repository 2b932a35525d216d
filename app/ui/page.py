"""The page: a question, its collections, its answer."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import streamlit as st

from app.access import LOCAL_USER
from app.assistant.events import Question
from app.assistant.follow_up import understood
from app.bootstrap import House, house
from app.errors import AppFailure
from app.messages import LANGUAGES, text
from app.ui.answer_html import failure_html, note_html, view_html
from app.ui.asking import Asking
from app.ui.filtering import choose_filter, filter_summary
from app.ui.registered import draw_models
from app.ui.report import draw_report
from index.errors import IndexFailure
from index.records import Filter
from models.errors import ModelFailure

_STYLE = Path(__file__).parent / "static" / "style.css"
_NAMES = {"fr": "Français", "en": "English"}
_VIEWS = ("ask", "report", "models")


def main() -> None:
    st.set_page_config(page_title="Greffier", page_icon=str(_STYLE.with_name("icon.png")), layout="centered")
    st.html(_STYLE)
    language = choose_language()
    st.html(_header(language))
    try:
        served = house()
        readable = sorted(served.readable(LOCAL_USER))
    except (AppFailure, IndexFailure, ModelFailure) as failure:
        st.html(failure_html(failure, language))
        return
    if not readable:
        st.info(text(language, "ui.no_collection"))
        return
    draw_view(served, readable, language)


def draw_view(served: House, readable: list[str], language: str) -> None:
    view = choose_view(language)
    if view == "report":
        draw_report(served, readable, language)
        return
    if view == "models":
        draw_models(served, language)
        return
    collections = choose_collections(served, readable, language)
    asked, only = ask(language)
    if asked:
        start(served, asked, frozenset(collections), only)
    draw(language)


def choose_language() -> str:
    """Kept in the address, so that a link keeps it too."""
    current = st.query_params.get("lang", "fr")
    chosen = st.segmented_control(
        "Langue / Language",
        LANGUAGES,
        format_func=_NAMES.__getitem__,
        default=current if current in LANGUAGES else "fr",
        label_visibility="collapsed",
        key="language",
    )
    language = chosen or current
    st.query_params["lang"] = language
    return language


def choose_view(language: str) -> str:
    """Questions, the report of ingestion, or the models; kept in the address."""
    asked = st.query_params.get("view", "ask")
    current = asked if asked in _VIEWS else "ask"
    chosen = st.segmented_control(
        text(language, "ui.view"),
        _VIEWS,
        format_func=lambda name: text(language, f"ui.view_{name}"),
        default=current,
        label_visibility="collapsed",
        key="view",
    )
    view = chosen or current
    st.query_params["view"] = view
    return view


def choose_collections(served: House, readable: list[str], language: str) -> list[str]:
    counts = {one.name: one.documents for one in served.index.collections()}
    return st.pills(
        text(language, "ui.collections"),
        readable,
        selection_mode="multi",
        default=readable,
        format_func=lambda name: text(language, "ui.collection", name=name, count=counts[name]),
        key="collections",
    )


def ask(language: str) -> tuple[str, Filter]:
    """The question that was just sent, else an empty string; and which documents it is asked of."""
    with st.form("ask", border=False):
        asked = st.text_input(
            text(language, "ui.question"), placeholder=text(language, "ui.placeholder"), key="question", max_chars=1000
        )
        only = choose_filter(language)
        sent = st.form_submit_button(text(language, "ui.ask"), type="primary")
    return asked.strip() if sent else "", only


def start(served: House, asked: str, collections: frozenset[str], only: Filter) -> None:
    """A new question takes the place of the one before."""
    former: Asking | None = st.session_state.get("asking")
    if former is not None:
        former.abandon()
    asker = st.session_state.setdefault("asker", uuid4().hex)
    history = st.session_state.get("history", ())
    question = Question(asked, collections, asker=asker, only=only, history=history)
    st.session_state["history"] = (*history, understood(asked, history))[-2:]
    st.session_state["asking"] = Asking(question, served.assistant).start()


def draw(language: str) -> None:
    """The present answer as it grows; after another click, as far as it has grown."""
    asking: Asking | None = st.session_state.get("asking")
    if asking is None:
        return
    if narrowed := filter_summary(asking.question.only, language):
        st.html(note_html(narrowed))
    if (meant := understood(asking.question.text, asking.question.history)) != asking.question.text:
        st.html(note_html(text(language, "ui.understood", question=meant)))
    place = st.empty()
    for view in asking.views():
        place.html(view_html(view, asking.question.text, language))


def _header(language: str) -> str:
    return f'<header class="g-header" lang="{language}"><h1>Greffier</h1><p>{text(language, "ui.tagline")}</p></header>'


main()
