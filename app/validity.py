"""Whether a source is in force, in words."""

from __future__ import annotations

from datetime import date

from app.messages import text
from index.records import DocumentRef


def validity_notice(document: DocumentRef, language: str, today: date | None = None) -> str:
    """Empty for a document that is in force, or that states no period of validity."""
    day = today or date.today()
    if document.in_force(day):
        return ""
    until = document.metadata.get("in_force_until", "")
    if until and until < day.isoformat():
        return text(language, "ui.no_longer_in_force", day=_written(until, language))
    return text(language, "ui.not_yet_in_force", day=_written(document.metadata["in_force_from"], language))


def _written(day: str, language: str) -> str:
    return date.fromisoformat(day).strftime("%d/%m/%Y") if language == "fr" else day
