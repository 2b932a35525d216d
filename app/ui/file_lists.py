"""The HTML of lists of files: short ones open, long ones folded.  File names are escaped as documents' words are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from html import escape
from pathlib import PurePosixPath
from typing import Any

from app.messages import describe, text

_OPEN = 6  # files that are seen without unfolding
_MOST = 500  # files of one list


def files_html(items: Iterable[str], language: str) -> str:
    """A list of items that are HTML already."""
    rows = [f"<li>{one}</li>" for one in items]
    shown, folded, left = rows[:_OPEN], rows[_OPEN:_MOST], len(rows) - _MOST
    parts = [f'<ul class="g-files">{"".join(shown)}</ul>']
    if folded:
        summary = escape(text(language, "ui.other_files", count=len(rows) - _OPEN))
        more = f"<li>{escape(text(language, 'ui.more_files', count=left))}</li>" if left > 0 else ""
        parts.append(f'<details><summary>{summary}</summary><ul class="g-files">{"".join(folded)}{more}</ul></details>')
    return "".join(parts)


def section_html(title: str, why: str, content: str) -> str:
    """`content` is HTML already; `why` may be empty."""
    note = f'<p class="g-note">{escape(why)}</p>' if why else ""
    heading = f'<h2 class="g-question">{escape(title)}</h2>'
    return f'<section class="g-answer g-files-section">{heading}{note}{content}</section>'


def warned_html(files: Iterable[Mapping[str, Any]], language: str) -> str:
    """What was taken with a reserve, and which."""
    from ingest.report import worded

    rows = [
        f"<strong>{escape(one['path'])}</strong> {escape(said)}"
        for one in files
        for said in worded(one["warning_codes"], partial(describe, language))
    ]
    title, why = text(language, "ui.warned", count=len(rows)), text(language, "ui.warned_why")
    return section_html(title, why, files_html(rows, language)) if rows else ""


def missing_html(files: Iterable[Mapping[str, Any]], language: str) -> str:
    """What the last run did not find any more."""
    rows = [escape(one["path"]) for one in files]
    why = " ".join(describe(language, "ingest.missing", {}))
    return section_html(text(language, "ui.missing", count=len(rows)), why, files_html(rows, language)) if rows else ""


def ignored_html(files: Iterable[Mapping[str, Any]], language: str) -> str:
    """Files of formats that are not read, by format, the most frequent first."""
    together: dict[str, list[str]] = {}
    for one in files:
        suffix = PurePosixPath(one["path"]).suffix.lower() or text(language, "ui.no_suffix")
        together.setdefault(suffix, []).append(one["path"])
    groups = sorted(together.items(), key=lambda group: (-len(group[1]), group[0]))
    lists = "".join(
        f"<details><summary>{escape(suffix)} ({len(paths)})</summary>"
        f"{files_html(map(escape, paths), language)}</details>"
        for suffix, paths in groups
    )
    count = sum(len(paths) for paths in together.values())
    remedy = describe(language, "ingest.unsupported", {"suffix": ""})[1]
    return section_html(text(language, "ui.ignored", count=count), remedy, lists) if lists else ""
