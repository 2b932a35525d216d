"""The HTML of a run's report.  File names are escaped as documents' words are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Any

from app.messages import describe, text
from app.ui.file_lists import files_html, section_html

_MOST_PATHS = 5  # of a run
_MOST_RECOGNISED = 200  # files whose pages are listed


def totals_html(report: Mapping[str, Any], language: str) -> str:
    from ingest.report import VERDICTS

    counts = "".join(
        f'<li><span class="g-count">{report[verdict]}</span> {escape(text(language, f"ui.total_{verdict}"))}</li>'
        for verdict in (*VERDICTS, "duplicates")
        if report.get(verdict)
    )
    facts = text(
        language,
        "ui.report_facts",
        pages=report["pages"],
        passages=report["passages"],
        seconds=round(report["elapsed_s"]) or 1,
        finished=_moment(report["finished_at"], language),
    )
    paths = "".join(f"<br>{escape(one)}" for one in report.get("paths", ())[:_MOST_PATHS])
    return (
        f'<section class="g-answer" lang="{language}"><ul class="g-totals">{counts}</ul>'
        f'<p class="g-note">{escape(facts)}{paths}</p></section>'
    )


def quarantine_html(files: Iterable[Mapping[str, Any]], language: str) -> str:
    """What could not be taken: files of one cause together, with what to do, the most frequent first."""
    failed = list(files)
    many_roots = len({one.get("root", "") for one in failed}) > 1
    causes: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for one in failed:
        reason, remedy = describe(language, one["code"], one["parameters"])
        causes.setdefault((one["code"], remedy), []).append((_file(one, many_roots), reason))
    figures = "".join(
        _cause(found, remedy, language)
        for (_, remedy), found in sorted(causes.items(), key=lambda cause: (-len(cause[1]), cause[0]))
    )
    return section_html(
        text(language, "ui.quarantine", count=len(failed)), text(language, "ui.quarantine_why"), figures
    )


def recognition_html(files: Iterable[Mapping[str, Any]], language: str) -> str:
    """Confidence of each recognised page, the least sure file first; empty where no page was recognised."""
    recognised = sorted((one for one in files if one.get("page_confidences")), key=lambda one: float(one["confidence"]))
    if not recognised:
        return ""
    rows = "".join(
        f"<li><strong>{escape(one['path'])}</strong> {escape(_pages(one['page_confidences'], language))}</li>"
        for one in recognised[:_MOST_RECOGNISED]
    )
    more = len(recognised) - _MOST_RECOGNISED
    note = f'<p class="g-note">{escape(text(language, "ui.more_files", count=more))}</p>' if more > 0 else ""
    return (
        f'<section class="g-answer" lang="{language}"><details><summary>{escape(text(language, "ui.recognition"))}'
        f"</summary><ul>{rows}</ul>{note}</details></section>"
    )


def _pages(confidences: Iterable[Mapping[str, Any]], language: str) -> str:
    """Pages of one confidence together, the least sure first: "41 %: p. 7 · 96 %: p. 1–6, 8"."""
    from ingest.report import ranges

    together: dict[int, list[int]] = {}
    for one in confidences:
        together.setdefault(round(one["confidence"]), []).append(one["page"])
    return " · ".join(
        text(language, "ui.recognised_pages", confidence=confidence, pages=ranges(pages))
        for confidence, pages in sorted(together.items())
    )


def _cause(found: Sequence[tuple[str, str]], remedy: str, language: str) -> str:
    """The reason once where it is the same for all, else with each file."""
    first = found[0][1]
    if all(reason == first for _, reason in found):
        shown = f"<strong>{escape(first)}</strong>{files_html((name for name, _ in found), language)}"
    else:
        shown = files_html((f"<strong>{name}</strong><br>{escape(reason)}" for name, reason in found), language)
    return (
        f'<figure class="g-quotation"><blockquote>{shown}</blockquote>'
        f"<figcaption>{escape(remedy)}</figcaption></figure>"
    )


def _file(one: Mapping[str, Any], many_roots: bool) -> str:
    root = f' <span class="g-quiet">({escape(one["root"])})</span>' if many_roots and one.get("root") else ""
    return f"{escape(one['path'])}{root}"


def _moment(written: str, language: str) -> str:
    moment = datetime.fromisoformat(written)
    return moment.strftime("%d/%m/%Y, %H:%M" if language == "fr" else "%Y-%m-%d, %H:%M")
