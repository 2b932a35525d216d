"""What pypdf tells of a PDF: title, dates, page labels, outline, what was filled into its forms."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from ingest.readers.builder import one_line, stated

MOST_PAGES = 20_000
_OUTLINE_DEPTH = 6


class Facts:
    """What pypdf tells of a file; a damaged part of it costs that part only."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader
        self.title = one_line(str(_tried(lambda: reader.metadata.title) or ""))
        self.metadata = stated(
            author=_tried(lambda: reader.metadata.author),
            date=_tried(lambda: reader.metadata.modification_date or reader.metadata.creation_date),
            language=_tried(lambda: reader.trailer["/Root"].get("/Lang")),
        )
        self.labels: list[str] = _tried(lambda: list(reader.page_labels)) or []
        self.page_count: int = min(MOST_PAGES, _tried(lambda: len(reader.pages)) or 0)
        self.fields: dict[int, list[str]] = _tried(lambda: _fields(reader)) or {}
        self.outline: dict[int, list[tuple[int, str]]] = _tried(lambda: _outline(reader)) or {}

    @classmethod
    def of(cls, path: Path) -> Facts | None:
        """None when pypdf cannot open the file at all, or not without a password: pdfium may."""
        import pypdf
        from pypdf.errors import PyPdfError

        logging.getLogger("pypdf").setLevel(logging.CRITICAL)

        try:
            reader = pypdf.PdfReader(path, strict=False)
            locked = reader.is_encrypted and not reader.decrypt("")
        except (PyPdfError, OSError, ValueError, KeyError, TypeError, RecursionError, AttributeError, IndexError):
            return None
        return None if locked else cls(reader)

    def text(self, number: int) -> str:
        """The second opinion on a page, numbered from 0."""
        return _tried(lambda: str(self._reader.pages[number].extract_text())) or ""


def _fields(reader: Any) -> dict[int, list[str]]:
    """What was filled into a form, by page from 0: "name : value"."""
    if "/AcroForm" not in reader.trailer["/Root"]:
        return {}
    found: dict[int, list[str]] = {}
    for number, page in enumerate(reader.pages):
        for one in page.get("/Annots") or ():
            field = one.get_object()
            parent = field["/Parent"].get_object() if "/Parent" in field else {}
            value = field.get("/V", parent.get("/V"))
            if field.get("/Subtype") != "/Widget" or not isinstance(value, str) or value.startswith("/"):
                continue
            name = one_line(str(field.get("/TU") or field.get("/T") or parent.get("/TU") or parent.get("/T") or ""))
            if one_line(value):
                found.setdefault(number, []).append(f"{name} : {one_line(value)}" if name else one_line(value))
    return found


def _outline(reader: Any) -> dict[int, list[tuple[int, str]]]:
    """Outline entries by page, numbered from 1, with their level."""
    entries: dict[int, list[tuple[int, str]]] = {}

    def walk(items: Any, level: int) -> None:
        for item in items:
            if isinstance(item, list):
                if level < _OUTLINE_DEPTH:
                    walk(item, level + 1)
                continue
            page = _tried(lambda one=item: reader.get_destination_page_number(one))
            if page is not None and page >= 0:
                entries.setdefault(page + 1, []).append((level, one_line(str(item.title))))

    walk(reader.outline, 1)
    return entries


def _tried(read: Any) -> Any:
    """pypdf raises almost anything on a damaged file."""
    try:
        return read()
    except Exception:
        return None
