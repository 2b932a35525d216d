"""The page of ingestion: what wants a look in each collection, what the last run did, and quarantine with "try again".

Quarantine is the catalogue's: a run over another folder of the collection does not make it forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from app.bootstrap import House
from app.messages import describe, text
from app.quarantine import paths_to_retry, quarantine_of
from app.ui.file_lists import ignored_html, missing_html, warned_html
from app.ui.report_html import quarantine_html, recognition_html, totals_html
from app.ui.retrying import Retry
from index.records import Source

_SHOWN = 2000  # rows of the table of all files


def draw_report(house: House, readable: Sequence[str], language: str) -> None:
    from ingest.report import load_report

    chosen = st.selectbox(text(language, "ui.report_of"), readable, key="report")
    report = load_report(house.index.data_dir, chosen)
    known = house.index.sources(chosen)
    files: list[dict[str, Any]] = report["files"] if report else []
    if report is None:
        st.info(text(language, "ui.no_report"))
    else:
        st.html(totals_html(report, language))
    found = quarantine_of(known.values())
    if found.failed:
        st.html(quarantine_html(map(_as_file, found.failed), language))
        draw_retry(house, chosen, found.failed, known, (report or {}).get("paths", ()), language)
    ignored = {one["path"]: one for one in (*map(_as_file, found.ignored), *_with(files, "skipped"))}
    for shown in (
        warned_html(map(_as_file, found.warned), language),
        missing_html(_with(files, "missing"), language),
        ignored_html(ignored.values(), language),
    ):
        if shown:
            st.html(shown)
    if files:
        draw_files(files, language)
    if recognised := recognition_html(files, language):
        st.html(recognised)


@st.fragment(run_every=2.0)
def draw_retry(
    house: House,
    collection: str,
    failed: Sequence[Source],
    known: Mapping[str, Source],
    last_paths: Sequence[str],
    language: str,
) -> None:
    """The button; while a run goes on, that it does.  When it has ended the page is drawn anew."""
    retries: dict[str, Retry] = st.session_state.setdefault("retries", {})
    former = retries.get(collection)
    if former is not None and former.running:
        st.info(text(language, "ui.retrying"))
        return
    if former is not None and former.failure is None:
        del retries[collection]
        st.rerun()
    if st.button(text(language, "ui.try_again"), key=f"retry-{collection}", type="primary"):
        retries[collection] = Retry(house, collection, paths_to_retry(failed, known, last_paths))
        st.rerun(scope="fragment")
    if former is not None:
        st.error(_worded(former.failure, language))


def draw_files(files: Sequence[dict[str, Any]], language: str) -> None:
    columns = ("path", "verdict", "pages", "passages", "confidence", "warnings")
    rows = [
        {
            text(language, f"ui.column_{name}"): text(language, f"ui.verdict_{one['verdict']}")
            if name == "verdict"
            else _shown(one, name, language)
            for name in columns
        }
        for one in files[:_SHOWN]
    ]
    with st.expander(text(language, "ui.all_files", count=len(files))):
        st.dataframe(rows, hide_index=True, width="stretch")
        if len(files) > _SHOWN:
            st.caption(text(language, "ui.more_files", count=len(files) - _SHOWN))


def _as_file(source: Source) -> dict[str, Any]:
    """A file as reports tell it."""
    return {
        "path": source.path,
        "root": source.root,
        "code": source.failure,
        "parameters": source.parameters,
        "warning_codes": source.facts.warnings,
    }


def _with(files: Iterable[dict[str, Any]], verdict: str) -> list[dict[str, Any]]:
    return [one for one in files if one["verdict"] == verdict]


def _shown(one: dict[str, Any], name: str, language: str) -> Any:
    if name == "warnings":
        from ingest.report import worded

        copy = [one["duplicate_of"]] if one["duplicate_of"] else []
        return " ".join([*(f"= {path}" for path in copy), *worded(one["warning_codes"], partial(describe, language))])
    if name == "confidence":
        return "" if one[name] is None else f"{one[name]:.0f}"
    return one[name]


def _worded(failure: Exception | None, language: str) -> str:
    code = getattr(failure, "code", "app.failure")
    return " ".join(describe(language, code, getattr(failure, "parameters", {})))
