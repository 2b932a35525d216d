"""PDF: pdfium gives title, outline and each page's text; pypdf a second opinion on pages without text and on forms.

pdfium is some fifteen times faster than pypdf for the same text.  White space and line-end hyphens are changed, running
headers and footers left out, columns whose lines alternate put in order: a stored span can be found again among
pdfium's characters when the page is drawn.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ingest.documents import ExtractedDocument, ExtractedPage
from ingest.errors import BrokenFile, Encrypted, IngestFailure, TooLong
from ingest.readers.builder import clean
from ingest.readers.headings import with_structure
from ingest.readers.hyphens import hyphenated_words
from ingest.readers.pdf_facts import Facts, facts_of
from ingest.readers.pdf_headings import headings_by_outline, headings_by_size
from ingest.readers.pdf_layout import LaidOut, in_reading_order, laid_out
from ingest.readers.pdf_lines import CUT, Line, lines_of
from ingest.readers.pdf_running import without_running
from ingest.readers.pdf_second import SecondOpinion

MOST_PAGES = 20_000
_STAMP = 250  # characters: what may be printed over a page that is a picture
_PICTURE = 0.5  # of a page's surface: more, and what it says is in the picture

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
        pages = []
        for number, page in enumerate(laid, start=1):
            headings = headings_by_outline(page, facts.outline.get(number, ())) or by_size[number - 1]
            label = (facts.labels[number - 1 : number] or ("",))[0] or str(number)
            pages.append(
                ExtractedPage(number, label, page.text, with_structure(page.text, headings, page.tables), page.tables)
            )
        unread = tuple(
            page.number
            for page, seen in zip(pages, opened.pages, strict=True)
            if opened.drawable and (seen.is_picture or not page.text.strip())
        )
        return ExtractedDocument(
            facts.title, self.media_type, tuple(pages), facts.metadata, drawable=opened.drawable, unread=unread
        )


@dataclass(frozen=True, slots=True)
class SeenPage:
    """What pdfium tells of a page.  `is_picture`: a picture fills it, and little text is printed over it."""

    lines: Sequence[Line] = ()
    is_picture: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """What pdfium tells; no lines where only pypdf can open the file."""

    facts: Facts
    pages: list[SeenPage]
    has_form: bool
    drawable: bool = True


def _opened(path: Path, second: SecondOpinion) -> Opened:
    import pypdfium2 as pdfium

    failure: IngestFailure
    try:
        with contextlib.closing(pdfium.PdfDocument(path)) as document:
            if not len(document):
                raise BrokenFile(detail="0 pages")
            _check_length(len(document))
            pages = [_seen(document, number) for number in range(len(document))]
            return Opened(facts_of(document), pages, bool(document.get_formtype()))
    except pdfium.PdfiumError as error:
        failure = Encrypted() if "password" in str(error).lower() else BrokenFile(detail=error)
    except BrokenFile as broken:
        failure = broken
    if count := second.page_count:
        _check_length(count)
        return Opened(second.facts(), [SeenPage() for _ in range(count)], True, drawable=False)
    raise failure


def _check_length(pages: int) -> None:
    if pages > MOST_PAGES:
        raise TooLong(count=pages, most=MOST_PAGES)


def _laid_out(opened: Opened, second: SecondOpinion) -> list[LaidOut]:
    """The text of each page: pdfium's lines, else pypdf's text, and what was filled into forms."""
    kept = without_running([page.lines for page in opened.pages])
    hyphenated = _hyphenated(opened.pages)
    fields = second.fields() if opened.has_form else {}
    laid = []
    for number, (page, lines) in enumerate(zip(opened.pages, kept, strict=True)):
        if page.lines:  # a page that holds nothing but running lines keeps them
            shown = laid_out(in_reading_order(lines or page.lines), hyphenated)
        else:
            shown = LaidOut(_normalised(second.text(number)))
        laid.append(_with_fields(shown, fields.get(number, [])))
    return laid


def _hyphenated(pages: Sequence[SeenPage]) -> frozenset[str]:
    """Words with a hyphen in all pages; not looked for where no line ends within a word."""
    texts = [line.text for page in pages for line in page.lines]
    return hyphenated_words("\n".join(texts)) if any(text.endswith(CUT) for text in texts) else frozenset()


def _seen(document: Any, number: int) -> SeenPage:
    import pypdfium2 as pdfium

    try:
        page = document[number]
        text_page = page.get_textpage()
        text = text_page.get_text_range()
        lines = lines_of(text_page, text)
        is_picture = len(text.strip()) <= _STAMP and _picture_share(page) > _PICTURE
        text_page.close()
        page.close()
    except pdfium.PdfiumError:  # a broken page among good ones
        return SeenPage()
    return SeenPage(lines, is_picture)


def _picture_share(page: Any) -> float:
    """Of the page's surface, the share of its largest picture."""
    from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE

    width, height = page.get_size()
    shares = [0.0]
    for one in page.get_objects(filter=[FPDF_PAGEOBJ_IMAGE], max_depth=3):
        left, bottom, right, top = one.get_bounds()
        shares.append((min(right, width) - max(left, 0)) * (min(top, height) - max(bottom, 0)) / max(1, width * height))
    return max(shares)


def _normalised(text: str) -> str:
    cleaned = clean(text).encode("utf-8", "replace").decode()  # lone surrogates of broken character maps
    return _MANY_LINES.sub("\n\n", _TRAILING.sub("", cleaned)).strip()


def _with_fields(page: LaidOut, fields: list[str]) -> LaidOut:
    """Values that stand in the form and not in the page's own text."""
    flat = " ".join(page.text.split())
    absent = [_normalised(one) for one in fields if one.partition(" : ")[2] not in flat or one not in flat]
    return replace(page, text="\n\n".join(filter(None, (page.text, "\n".join(absent))))) if absent else page


READER = PdfReader()
