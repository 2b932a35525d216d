"""PDF: pypdf opens, decrypts and tells title, page labels and outline; pdfium gives each page's text.

pdfium is some fifteen times faster than pypdf for the same text.  White space and line-end hyphens are changed, running
headers and footers left out, and two columns whose lines alternate put in order: a stored span can be found again among
pdfium's characters when the page is drawn.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ingest.documents import ExtractedDocument, ExtractedPage, Heading
from ingest.errors import BrokenFile, Encrypted, TooLong
from ingest.readers.builder import clean, one_line, stated
from ingest.readers.headings import with_structure
from ingest.readers.pdf_layout import (
    LaidOut,
    Line,
    headings_by_size,
    in_reading_order,
    laid_out,
    lines_of,
    running_lines,
    without_running,
)

_LINE_HYPHEN = re.compile("[\ufffe\u0002]\\s*")  # what pdfium writes for a word cut at the end of a line
_TRAILING = re.compile(r"[ \t]+(?=\n)")
_MANY_LINES = re.compile(r"\n{3,}")
_OUTLINE_DEPTH = 6
MOST_PAGES = 20_000


class PdfReader:
    media_type = "application/pdf"

    def read(self, path: Path) -> ExtractedDocument:
        logging.getLogger("pypdf").setLevel(logging.CRITICAL)
        facts = _Facts.of(path)
        raw = [(lines, 0) if lines else (None, number) for number, lines in enumerate(_lines(path))]
        running = running_lines([lines for lines, _ in raw if lines])
        laid = [
            laid_out(in_reading_order(without_running(lines, running)))
            if lines
            else LaidOut(facts.text(number) if facts else "")
            for lines, number in raw
        ]
        by_size = headings_by_size(laid) if not (facts and facts.outline) else [() for _ in laid]
        pages = tuple(
            _page(number, page, sized, facts)
            for number, (page, sized) in enumerate(zip(laid, by_size, strict=True), start=1)
        )
        return ExtractedDocument(
            facts.title if facts else "",
            self.media_type,
            pages,
            facts.metadata if facts else {},
            drawable=True,
            unread=tuple(page.number for page in pages if not page.text.strip()),
        )


class _Facts:
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


def _lines(path: Path) -> Iterator[list[Line]]:
    """The lines of each page, as pdfium gives them; none for a page without text."""
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
        if len(document) > MOST_PAGES:
            raise TooLong(count=len(document), most=MOST_PAGES)
        for number in range(len(document)):
            yield _page_lines(document, number)
    finally:
        document.close()


def _page_lines(document: Any, number: int) -> list[Line]:
    import pypdfium2 as pdfium

    try:
        page = document[number]
        text_page = page.get_textpage()
        lines = lines_of(text_page, text_page.get_text_range())
        text_page.close()
        page.close()
    except pdfium.PdfiumError:  # a broken page among good ones
        return []
    return lines


def _normalised(text: str) -> str:
    text = clean(_LINE_HYPHEN.sub("", text.replace("\r\n", "\n")))
    text = text.encode("utf-8", "replace").decode()  # lone surrogates of broken character maps
    return _MANY_LINES.sub("\n\n", _TRAILING.sub("", text)).strip()


def _page(number: int, laid: LaidOut, by_size: tuple[Heading, ...], facts: _Facts | None) -> ExtractedPage:
    """The page with clean text; headings are found again in it, since cleaning moves them."""
    text = _normalised(laid.text)
    label = facts.labels[number - 1] if facts and number <= len(facts.labels) else str(number)
    known = facts.outline.get(number, []) if facts and facts.outline else [(one.level, one.text) for one in by_size]
    headings, after = [], 0
    for level, title in known:
        # The outline's words may be broken over lines on the page.
        words = [re.escape(word) for word in _LINE_HYPHEN.sub("", title).split()]
        found = re.compile(r"\s+".join(words), re.IGNORECASE).search(text, after if by_size else 0) if words else None
        if found:
            headings.append(Heading(found.start(), level, found.group()))
            after = found.end()
    ordered = tuple(sorted(set(headings), key=lambda one: (one.offset, one.level)))
    return ExtractedPage(number, label, text, with_structure(text, _apart(ordered)))


def _apart(headings: tuple[Heading, ...]) -> tuple[Heading, ...]:
    """Without those that begin within the one before."""
    kept: list[Heading] = []
    for one in headings:
        if not kept or one.offset >= kept[-1].offset + len(kept[-1].text):
            kept.append(one)
    return tuple(kept)


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
