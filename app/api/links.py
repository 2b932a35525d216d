"""Permanent addresses of cited pages."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from app.assistant.events import Citation

_WORDS = 40  # first characters of a quotation: enough to tell in which reading of a page it stands


def citation_link(citation: Citation, language: str) -> str:
    """Opens the cited page of the cited version, with the quotation highlighted."""
    document = citation.document
    return source_link(
        document.collection, document.sha256, citation.page, language, citation.start, citation.end, citation.quote
    )


def source_link(
    collection: str,
    sha256: str,
    page: int,
    language: str,
    start: int | None = None,
    end: int | None = None,
    words: str = "",
) -> str:
    query: dict[str, str | int] = {"lang": language}
    if start is not None and end is not None:
        query |= _span(start, end, words)
    return f"/source/{quote(collection, safe='')}/{sha256}/{page}?{urlencode(query)}#citation"


def image_link(collection: str, sha256: str, page: int, start: int, end: int, words: str = "") -> str:
    return f"/source/{quote(collection, safe='')}/{sha256}/{page}.png?{urlencode(_span(start, end, words))}"


def _span(start: int, end: int, words: str) -> dict[str, str | int]:
    span: dict[str, str | int] = {"start": start, "end": end}
    return span | {"words": words[:_WORDS]} if words else span
