"""What a PDF says of itself beside its text: title, author, date, language, page labels, outline."""

from __future__ import annotations

import ctypes
import re
from dataclasses import dataclass, field
from typing import Any

from ingest.readers.builder import one_line, stated

_OUTLINE_DEPTH = 6
_DATE = re.compile(r"(?:D:)?(\d{4})(\d\d)?(\d\d)?")  # ISO 32000-1, 7.9.4
_LANGUAGE_BYTES = 64


@dataclass(frozen=True, slots=True)
class Facts:
    """A damaged part of a file costs that part only."""

    title: str = ""
    metadata: dict[str, str] = field(default_factory=dict)
    labels: tuple[str, ...] = ()  # one a page; empty where the file numbers none
    outline: dict[int, list[tuple[int, str]]] = field(default_factory=dict)  # (level, title) by page from 1


def facts_of(document: Any) -> Facts:
    """From pdfium's `PdfDocument`."""
    said = document.get_metadata_dict()
    date = _day(said.get("ModDate") or said.get("CreationDate"))
    return Facts(
        one_line(said.get("Title", "")),
        stated(
            author=said.get("Author"),
            date=date,
            language=_language(document),
        ),
        tuple(document.get_page_label(number) for number in range(len(document))),
        _outline(document),
    )


def _day(date: str | None) -> str:
    said = _DATE.match(date or "")
    return f"{said[1]}-{said[2] or '01'}-{said[3] or '01'}" if said else ""


def _language(document: Any) -> str:
    from pypdfium2 import raw

    buffer = ctypes.create_string_buffer(_LANGUAGE_BYTES)
    length = raw.FPDFCatalog_GetLanguage(document, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), len(buffer))
    return buffer.raw[: max(0, length - 2)].decode("utf-16-le", "ignore") if length <= len(buffer) else ""


def _outline(document: Any) -> dict[int, list[tuple[int, str]]]:
    from pypdfium2 import PdfiumError

    entries: dict[int, list[tuple[int, str]]] = {}
    try:
        for bookmark in document.get_toc(max_depth=_OUTLINE_DEPTH):
            destination = bookmark.get_dest()
            page = destination.get_index() if destination else None
            if page is not None:
                entries.setdefault(page + 1, []).append((bookmark.level + 1, one_line(bookmark.get_title())))
    except PdfiumError:  # a circle, or a broken entry: what came before it stands
        pass
    return entries
