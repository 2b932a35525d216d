"""PDF: pypdf opens, decrypts and tells title, page labels and outline; pdfium gives each page's text.

pdfium is some fifteen times faster than pypdf for the same text.  White space and line-end hyphens are changed, running
headers and footers left out, and two columns whose lines alternate put in order: a stored span can be found again among
pdfium's characters when the page is drawn.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ingest.documents import ExtractedDocument, ExtractedPage, Heading
from ingest.errors import BrokenFile, Encrypted, TooLong
from ingest.readers.builder import clean
from ingest.readers.headings import with_structure
from ingest.readers.pdf_facts import MOST_PAGES, Facts
from ingest.readers.pdf_headings import headings_by_size
from ingest.readers.pdf_layout import (
    LaidOut,
    Line,
    in_reading_order,
    laid_out,
    lines_of,
    running_lines,
    without_running,
)

_LINE_HYPHEN = re.compile("[\ufffe\u0002]\\s*")  # what pdfium writes for a word cut at the end of a line
_TRAILING = re.compile(r"[ \t]+(?=\n)")
_MANY_LINES = re.compile(r"\n{3,}")


class PdfReader:
    media_type = "application/pdf"

    def read(self, path: Path) -> ExtractedDocument:
        facts = Facts.of(path)
        lines, drawable = _lines_or_none(path, facts)
        laid = _laid_out(lines, facts)
        by_size = headings_by_size(laid) if not (facts and facts.outline) else [()] * len(laid)
        pages = tuple(_page(number, page, by_size[number - 1], facts) for number, page in enumerate(laid, start=1))
        return ExtractedDocument(
            facts.title if facts else "",
            self.media_type,
            pages,
            facts.metadata if facts else {},
            drawable=drawable,
            unread=tuple(page.number for page in pages if drawable and not page.text.strip()),
        )


def _lines_or_none(path: Path, facts: Facts | None) -> tuple[list[list[Line]], bool]:
    """The lines of each page, and whether it can be drawn; no lines where only pypdf can open the file."""
    try:
        return list(_lines(path)), True
    except BrokenFile:
        if facts is None or not facts.page_count:
            raise
        return [[] for _ in range(facts.page_count)], False


def _laid_out(lines: Sequence[list[Line]], facts: Facts | None) -> list[LaidOut]:
    """The text of each page: pdfium's lines, else pypdf's text, and what was filled into forms."""
    running = running_lines([page for page in lines if page])
    laid = []
    for number, page in enumerate(lines):
        if page:
            shown = laid_out(in_reading_order(without_running(page, running)))
        else:
            shown = LaidOut(facts.text(number) if facts else "")
        laid.append(_with_fields(shown, facts.fields.get(number, [])) if facts else shown)
    return laid


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


def _page(number: int, laid: LaidOut, by_size: tuple[Heading, ...], facts: Facts | None) -> ExtractedPage:
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


def _with_fields(page: LaidOut, fields: list[str]) -> LaidOut:
    """Values that stand in the form and not in the page's own text."""
    flat = " ".join(page.text.split())
    absent = [field for field in fields if field.partition(" : ")[2] not in flat or field not in flat]
    return LaidOut("\n\n".join(filter(None, (page.text, "\n".join(absent)))), page.heights) if absent else page


READER = PdfReader()
