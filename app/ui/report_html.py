"""The HTML of a run's report.  File names are escaped as documents' words are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from app.messages import describe, text

_TOTALS = ("added", "changed", "moved", "unchanged", "removed", "failed", "skipped", "missing")


def totals_html(report: Mapping[str, Any], language: str) -> str:
    counts = "".join(
        f'<li><span class="g-count">{report[verdict]}</span> {escape(text(language, f"ui.total_{verdict}"))}</li>'
        for verdict in _TOTALS
        if report[verdict]
    )
    facts = text(
        language,
        "ui.report_facts",
        pages=report["pages"],
        passages=report["passages"],
        seconds=report["elapsed_s"],
        finished=report["finished_at"].replace("T", " ")[:16],
    )
    return (
        f'<section class="g-answer" lang="{language}"><ul class="g-totals">{counts}</ul>'
        f'<p class="g-note">{escape(facts)}</p></section>'
    )


def quarantine_html(files: Iterable[Mapping[str, Any]], language: str) -> str:
    """What could not be taken, each with why and what to do."""
    rows = "".join(_row(one, language) for one in files)
    heading = escape(text(language, "ui.quarantine"))
    return f'<section class="g-answer" lang="{language}"><h2 class="g-question">{heading}</h2>{rows}</section>'


def _row(one: Mapping[str, Any], language: str) -> str:
    reason, remedy = describe(language, one["code"], one["parameters"])
    verdict = escape(text(language, f"ui.verdict_{one['verdict']}"))
    return (
        f'<figure class="g-quotation"><blockquote><strong>{escape(one["path"])}</strong> <em>{verdict}</em><br>'
        f"{escape(reason)}</blockquote><figcaption>{escape(remedy)}</figcaption></figure>"
    )
