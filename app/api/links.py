"""Permanent addresses of cited pages."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from app.assistant.events import Citation


def citation_link(citation: Citation, language: str) -> str:
    """Opens the cited page of the cited version, with the quotation highlighted."""
    return source_link(
        citation.document.collection, citation.document.sha256, citation.page, language, citation.start, citation.end
    )


def source_link(
    collection: str, sha256: str, page: int, language: str, start: int | None = None, end: int | None = None
) -> str:
    query: dict[str, str | int] = {"lang": language}
    if start is not None and end is not None:
        query |= {"start": start, "end": end}
    return f"/source/{quote(collection, safe='')}/{sha256}/{page}?{urlencode(query)}#citation"


def image_link(collection: str, sha256: str, page: int, start: int, end: int) -> str:
    return f"/source/{quote(collection, safe='')}/{sha256}/{page}.png?{urlencode({'start': start, 'end': end})}"
