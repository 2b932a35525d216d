"""PDF: pypdf opens, decrypts and tells title, page labels and outline; pdfium gives each page's text.

pdfium is some fifteen times faster than pypdf for the same text.  Only white space and line-end hyphens are changed, so
that a stored span can be found again among pdfium's characters when the page is drawn.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ingest.documents import ExtractedDocument, ExtractedPage, Heading
from ingest.errors import BrokenFile, Encrypted, NoText
from ingest.readers.builder import clean, one_line

_LINE_HYPHEN = re.compile("[\ufffe\u0002]\\s*")  # what pdfium writes for a word cut at the end of a line
_TRAILING = re.compile(r"[ \t]+(?=\n)")
_MANY_LINES = re.compile(r"\n{3,}")
_OUTLINE_DEPTH = 6


class PdfReader:
    suffixes = (".pdf",)
    media_type = "application/pdf"

    def read(self, path: Path) -> ExtractedDocument:
        logging.getLogger("pypdf").setLevel(logging.CRITICAL)
        facts = _Facts.of(path)
        texts = [_normalised(text) for text in _texts(path)]
        if facts is not None:
            texts = [text or facts.text(number) for number, text in enumerate(texts)]
        empty = [number for number, text in enumerate(texts, start=1) if not text.strip()]
        if len(empty) == len(texts):
            raise NoText(pages=len(texts))
        pages = tuple(_page(number, text, facts) for number, text in enumerate(texts, start=1))
        warnings = tuple(f"ingest.page_without_text:{number}" for number in empty)
        title = facts.title if facts else ""
        return ExtractedDocument(title, self.media_type, pages, drawable=True, warnings=warnings)


class _Facts:
    """What pypdf tells of a file; a damaged part of it costs that part only."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader
        self.title = one_line(str(_tried(lambda: reader.metadata.title) or ""))
        self.labels: list[str] = _tried(lambda: list(reader.page_labels)) or []
        self.outline: dict[int, list[tuple[int, str]]] = _tried(lambda: _outline(reader)) or {}

    @classmethod
    def of(cls, path: Path) -> _Facts | None:
        """None when pypdf cannot open the file at all.  Raises Encrypted when it takes a password."""
        import pypdf
        from pypdf.errors import PyPdfError

        try:
            reader = pypdf.PdfReader(path, strict=False)
            locked = reader.is_encrypted and not reader.decrypt("")
        except (PyPdfError, OSError, ValueError, KeyError, TypeError, RecursionError, AttributeError, IndexError):
            return None
        if locked:
            raise Encrypted
        return cls(reader)

    def text(self, number: int) -> str:
        """The second opinion on a page, numbered from 0."""
        return _normalised(_tried(lambda: str(self._reader.pages[number].extract_text())) or "")


def _texts(path: Path) -> Iterator[str]:
    """pdfium's text of each page."""
    import pypdfium2 as pdfium

    try:
        document = pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise Encrypted from error
        raise BrokenFile(detail=error) from error
    try:
        if not len(document):
            raise BrokenFile(detail="0 pages")
        for number in range(len(document)):
            yield _page_text(document, number)
    finally:
        document.close()


def _page_text(document: Any, number: int) -> str:
    import pypdfium2 as pdfium

    try:
        page = document[number]
        text_page = page.get_textpage()
        text: str = text_page.get_text_range()
    except pdfium.PdfiumError:  # a broken page among good ones
        return ""
    text_page.close()
    page.close()
    return text


def _normalised(text: str) -> str:
    text = clean(_LINE_HYPHEN.sub("", text.replace("\r\n", "\n")))
    text = text.encode("utf-8", "replace").decode()  # lone surrogates of broken character maps
    return _MANY_LINES.sub("\n\n", _TRAILING.sub("", text)).strip()


def _page(number: int, text: str, facts: _Facts | None) -> ExtractedPage:
    label = facts.labels[number - 1] if facts and number <= len(facts.labels) else str(number)
    headings = []
    for level, title in facts.outline.get(number, ()) if facts else ():
        # The outline's words may be broken over lines on the page.
        found = re.search(r"\s+".join(map(re.escape, title.split())), text, re.IGNORECASE) if title else None
        if found:
            headings.append(Heading(found.start(), level, title))
    return ExtractedPage(number, label, text, tuple(sorted(set(headings), key=lambda one: (one.offset, one.level))))


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


READER = PdfReader()
