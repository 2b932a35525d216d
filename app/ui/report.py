"""The page of ingestion: what the last run of each collection made of each file, and quarantine with "try again"."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from app.bootstrap import House
from app.messages import describe, text
from app.ui.report_html import quarantine_html, totals_html

_SHOWN = 2000  # rows of the table of all files


class Retry:
    """A run over the folders of what failed, in the background: leaving the page does not end it."""

    def __init__(self, house: House, collection: str, roots: Sequence[str]) -> None:
        self.failure: Exception | None = None
        self._work = (house, collection, [Path(one) for one in roots])
        self._thread = threading.Thread(target=self._run, name="retry", daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        return self._thread.is_alive()

    def _run(self) -> None:
        from app.ingestion import ingest_paths, options_of
        from ingest.progress import SilentProgress

        house, collection, roots = self._work
        try:
            ingest_paths(
                house, roots, collection, options=options_of(house.settings, retry=True), progress=SilentProgress()
            )
        except Exception as failure:
            self.failure = failure


def draw_report(house: House, readable: Sequence[str], language: str) -> None:
    from ingest.report import load_report

    reports = {name: found for name in readable if (found := load_report(house.index.data_dir, name))}
    if not reports:
        st.info(text(language, "ui.no_report"))
        return
    chosen = st.selectbox(text(language, "ui.report_of"), list(reports), key="report")
    report = reports[chosen]
    st.html(totals_html(report, language))
    failed = [one for one in report["files"] if one["verdict"] in {"failed", "skipped", "missing"}]
    if failed:
        draw_retry(house, chosen, failed, language)
        st.html(quarantine_html(failed, language))
    draw_files(report["files"], language)


@st.fragment(run_every=2.0)
def draw_retry(house: House, collection: str, failed: Sequence[dict[str, Any]], language: str) -> None:
    """The button; while a run goes on, that it does.  When it has ended the page is drawn anew."""
    retries: dict[str, Retry] = st.session_state.setdefault("retries", {})
    former = retries.get(collection)
    if former is not None and former.running:
        st.info(text(language, "ui.retrying"))
        return
    if former is not None:
        del retries[collection]
        if former.failure is None:
            st.rerun()
        st.error(_worded(former.failure, language))
    roots = sorted({one["root"] for one in failed if one["verdict"] == "failed" and one["root"]})
    if roots and st.button(text(language, "ui.try_again"), key=f"retry-{collection}"):
        retries[collection] = Retry(house, collection, roots)
        st.rerun(scope="fragment")


def draw_files(files: Sequence[dict[str, Any]], language: str) -> None:
    st.subheader(text(language, "ui.all_files", count=len(files)), anchor=False)
    columns = ("path", "verdict", "pages", "passages", "confidence", "warnings")
    rows = [
        {
            text(language, f"ui.column_{name}"): text(language, f"ui.verdict_{one['verdict']}")
            if name == "verdict"
            else _shown(one, name)
            for name in columns
        }
        for one in files[:_SHOWN]
    ]
    st.dataframe(rows, hide_index=True, width="stretch")
    if len(files) > _SHOWN:
        st.caption(text(language, "ui.more_files", count=len(files) - _SHOWN))


def _shown(one: dict[str, Any], name: str) -> Any:
    if name == "warnings":
        copy = [one["duplicate_of"]] if one["duplicate_of"] else []
        return " ".join([*(f"= {path}" for path in copy), *one["warnings"]])
    if name == "confidence":
        return "" if one[name] is None else f"{one[name]:.0f}"
    return one[name]


def _worded(failure: Exception | None, language: str) -> str:
    code = getattr(failure, "code", "app.failure")
    return " ".join(describe(language, code, getattr(failure, "parameters", {})))
