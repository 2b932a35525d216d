"""The second opinion on a PDF: pypdf opens what pdfium does not, and tells what was filled into forms."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from ingest.readers.builder import one_line, stated
from ingest.readers.pdf_facts import Facts


class SecondOpinion:
    """pypdf, opened when first asked; whatever it cannot tell is empty."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._opened = False
        self._reader: Any = None

    @property
    def page_count(self) -> int:
        return _tried(lambda: len(self._document().pages)) or 0

    def facts(self) -> Facts:
        """Without an outline: it is asked only where the file is damaged."""
        said = _tried(lambda: self._document().metadata)
        return Facts(
            one_line(str(_tried(lambda: said.title) or "")),
            stated(
                author=_tried(lambda: said.author), date=_tried(lambda: said.modification_date or said.creation_date)
            ),
        )

    def text(self, number: int) -> str:
        """Of a page, numbered from 0."""
        return _tried(lambda: str(self._document().pages[number].extract_text())) or ""

    def fields(self) -> dict[int, list[str]]:
        """What was filled into a form, by page from 0: "name : value"."""
        return _tried(lambda: _fields(self._document())) or {}

    def _document(self) -> Any:
        """Raises almost anything: the file is damaged, or needs a password."""
        if not self._opened:
            self._opened = True
            import pypdf

            logging.getLogger("pypdf").setLevel(logging.CRITICAL)
            reader = pypdf.PdfReader(self._path, strict=False)
            if not reader.is_encrypted or reader.decrypt(""):
                self._reader = reader
        return self._reader


def _fields(reader: Any) -> dict[int, list[str]]:
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


def _tried(read: Any) -> Any:
    """pypdf raises almost anything on a damaged file."""
    try:
        return read()
    except Exception:
        return None
