"""Word documents: paragraphs and tables in their order, headings by style."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ingest.documents import ExtractedDocument
from ingest.errors import BrokenFile
from ingest.readers.archive import check_archive
from ingest.readers.builder import PageBuilder, one_line, stated

_HEADING = re.compile(r"(?:heading|titre)\s*(\d)", re.IGNORECASE)
_TITLE = frozenset({"title", "titre"})


class DocxReader:
    media_type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

    def read(self, path: Path) -> ExtractedDocument:
        from docx import Document

        check_archive(path)
        try:
            document = Document(str(path))
            page = _build(document)
            facts = document.core_properties
            title = one_line(facts.title or "")
            metadata = stated(author=facts.author, date=facts.modified or facts.created, language=facts.language)
        except (KeyError, ValueError, AttributeError, SyntaxError) as error:  # lxml's errors are SyntaxErrors
            raise BrokenFile(detail=error) from error
        return ExtractedDocument(title or page.first_heading, self.media_type, (page.page(),), metadata)


def _build(document: Any) -> PageBuilder:
    page = PageBuilder()
    for block in document.iter_inner_content():
        if hasattr(block, "rows"):
            for row in block.rows:
                page.row(_cells(row))
        else:
            _paragraph(page, block)
    return page


def _paragraph(page: PageBuilder, paragraph: Any) -> None:
    style = (paragraph.style.name or "") if paragraph.style is not None else ""
    heading = _HEADING.match(style)
    if heading:
        page.heading(int(heading[1]), paragraph.text)
    elif style.lower() in _TITLE:
        page.heading(1, paragraph.text)
    elif style.lower().startswith("list") or (paragraph._p.pPr is not None and paragraph._p.pPr.numPr is not None):
        page.item(paragraph.text)
    else:
        page.paragraph(paragraph.text)


def _cells(row: Any) -> list[str]:
    """The row's own cells: a merged one stands once."""
    paragraphs = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}p"
    words = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}t"
    return [
        " ".join("".join(run.text or "" for run in one.iter(words)) for one in cell.iter(paragraphs))
        for cell in row._tr.tc_lst
    ]


READER = DocxReader()
