"""PDF: pdfium gives title, outline and each page's text; pypdf a second opinion on pages without text and on forms.

pdfium is some fifteen times faster than pypdf for the same text.  White space and line-end hyphens are changed, running
headers and footers left out, and two columns whose lines alternate put in order: a stored span can be found again among
pdfium's characters when the page is drawn.
"""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.documents import ExtractedDocument, ExtractedPage, Heading
from ingest.errors import BrokenFile, Encrypted, TooLong
from ingest.readers.builder import clean
from ingest.readers.headings import with_structure
from ingest.readers.pdf_facts import Facts, facts_of
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
from ingest.readers.pdf_second import SecondOpinion

MOST_PAGES = 20_000

_LINE_HYPHEN = re.compile("[\ufffe\u0002]\\s*")  # what pdfium writes for a word cut at the end of a line
_TRAILING = re.compile(r"[ \t]+(?=\n)")
_MANY_LINES = re.compile(r"\n{3,}")


class PdfReader:
    media_type = "application/pdf"

    def read(self, path: Path) -> ExtractedDocument:
        second = SecondOpinion(path)
        opened = _opened(path, second)
        laid = _laid_out(opened, second)
        facts = opened.facts
        by_size = headings_by_size(laid) if not facts.outline else [()] * len(laid)
        pages = tuple(_page(number, page, by_size[number - 1], facts) for number, page in enumerate(laid, start=1))
        unread = tuple(page.number for page in pages if opened.drawable and not page.text.strip())
        return ExtractedDocument(
            facts.title, self.media_type, pages, facts.metadata, drawable=opened.drawable, unread=unread
        )


@dataclass(frozen=True, slots=True)
class Opened:
    """What pdfium tells; no lines where only pypdf can open the file."""

    facts: Facts
    lines: list[list[Line]]
    has_form: bool
    drawable: bool = True


def _opened(path: Path, second: SecondOpinion) -> Opened:
    import pypdfium2 as pdfium

    try:
        with contextlib.closing(pdfium.PdfDocument(path)) as document:
            if not len(document):
                raise BrokenFile(detail="0 pages")
            if len(document) > MOST_PAGES:
                raise TooLong(count=len(document), most=MOST_PAGES)
            lines = [_page_lines(document, number) for number in range(len(document))]
            return Opened(facts_of(document), lines, bool(document.get_formtype()))
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise Encrypted from error
        failure = BrokenFile(detail=error)
    except BrokenFile as broken:
        failure = broken
    if count := min(MOST_PAGES, second.page_count):
        return Opened(second.facts(), [[] for _ in range(count)], True, drawable=False)
    raise failure


def _laid_out(opened: Opened, second: SecondOpinion) -> list[LaidOut]:
    """The text of each page: pdfium's lines, else pypdf's text, and what was filled into forms."""
    running = running_lines([page for page in opened.lines if page])
    fields = second.fields() if opened.has_form else {}
    laid = []
    for number, page in enumerate(opened.lines):
        lines = in_reading_order(without_running(page, running))
        shown = laid_out(lines) if lines else LaidOut(second.text(number))
        laid.append(_with_fields(shown, fields.get(number, [])))
    return laid


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
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode()  # lone surrogates of broken character maps
    return _MANY_LINES.sub("\n\n", _TRAILING.sub("", text)).strip()


def _page(number: int, laid: LaidOut, by_size: tuple[Heading, ...], facts: Facts) -> ExtractedPage:
    """The page with clean text; headings are found again in it, since cleaning moves them."""
    text = _normalised(laid.text)
    label = (facts.labels[number - 1 : number] or ("",))[0] or str(number)
    known = facts.outline.get(number, []) if facts.outline else [(one.level, one.text) for one in by_size]
    headings, after = [], 0
    flat = text.replace("\n", " ").lower()
    for level, title in known:
        found = _found(_LINE_HYPHEN.sub("", title), text, flat, after if by_size else 0)
        if found:
            headings.append(Heading(found[0], level, text[slice(*found)]))
            after = found[1]
    ordered = tuple(sorted(set(headings), key=lambda one: (one.offset, one.level)))
    return ExtractedPage(number, label, text, with_structure(text, _apart(ordered)))


def _found(title: str, text: str, flat: str, after: int) -> tuple[int, int] | None:
    """Where a title stands in a page; its words may be broken over lines."""
    words = title.split()
    wanted = " ".join(words).lower()
    if not words or words[0].lower() not in flat:
        return None
    start = flat.find(wanted, after)
    if start >= 0 and len(flat) == len(text):
        return start, start + len(wanted)
    found = re.compile(r"\s+".join(map(re.escape, words)), re.IGNORECASE).search(text, after)
    return found.span() if found else None


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
