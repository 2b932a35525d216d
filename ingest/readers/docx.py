"""Word documents: paragraphs, lists and tables in their order, headings by style, notes below what they are about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ingest.documents import ExtractedDocument
from ingest.errors import BrokenFile
from ingest.readers.archive import check_archive
from ingest.readers.builder import PageBuilder
from ingest.readers.docx_styles import Style, styles_of
from ingest.readers.docx_text import WORD, attribute, blocks, paragraph_text, setting, text_boxes
from ingest.readers.headers import filled
from ingest.readers.package import as_plain_word, properties
from ingest.readers.xml import parse_xml

_NOTES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_MOST_COLUMNS = 200


class DocxReader:
    media_type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

    def read(self, path: Path) -> ExtractedDocument:
        from docx import Document

        check_archive(path)
        try:
            source = as_plain_word(path)
            document = Document(str(source) if isinstance(source, Path) else source)
            page = PageBuilder()
            _Writer(page, styles_of(document.part), _notes(document.part)).write(document.element.body)
            title, metadata = properties(document.part.package)
        except (KeyError, ValueError, AttributeError, SyntaxError) as error:  # lxml's errors are SyntaxErrors
            raise BrokenFile(detail=error) from error
        pages = (page.page(structured=True),)
        return ExtractedDocument(title or page.first_heading, self.media_type, pages, metadata)


def _notes(part: Any) -> dict[tuple[str, str], Any]:
    """Footnotes and endnotes, by the name of what refers to them, and number."""
    found = {}
    for kind in ("footnote", "endnote"):
        try:
            notes = parse_xml(part.part_related_by(f"{_NOTES}{kind}s").blob)
        except KeyError:
            continue
        for one in notes.iterchildren(f"{WORD}{kind}"):
            if attribute(one, "type") in {"", "normal"}:  # the others are rules between text and notes
                found[f"{WORD}{kind}Reference", attribute(one, "id")] = one
    return found


class _Writer:
    """Adds a body's blocks to a page."""

    def __init__(self, page: PageBuilder, styles: Mapping[str, Style], notes: Mapping[tuple[str, str], Any]) -> None:
        self._page = page
        self._styles = styles
        self._notes = dict(notes)
        self._boxes: set[Any] = set()  # written already: a cell may be written as blocks before its table ends

    def write(self, parent: Any) -> None:
        for block in blocks(parent):
            if block.tag == f"{WORD}tbl":
                self._table(block)
            else:
                self._paragraph(block)
            self._beside(block)

    def _paragraph(self, paragraph: Any) -> None:
        style = self._styles.get(setting(paragraph, "pPr", "pStyle"), self._styles.get("", Style()))
        level = setting(paragraph, "pPr", "outlineLvl")
        text = paragraph_text(paragraph)
        if level.isdigit() and int(level) < 9:
            self._page.heading(int(level) + 1, text)
        elif style.level:
            self._page.heading(style.level, text)
        elif style.is_list or paragraph.find(f"{WORD}pPr/{WORD}numPr") is not None:
            self._page.item(text)
        else:
            self._page.paragraph(text)

    def _table(self, table: Any) -> None:
        self._page.end_table()
        for row in blocks(table, "tr"):
            if row.find(f"{WORD}trPr/{WORD}del") is not None:
                continue
            cells = list(blocks(row, "tc"))
            texts = [_cell_text(cell) for cell in cells]
            if filled(texts) == 1 and any(_is_bulky(cell) for cell in cells):
                for cell in cells:
                    self.write(cell)
                continue
            places = list(_places(row, cells, texts))
            is_header = row.find(f"{WORD}trPr/{WORD}tblHeader") is not None and filled(places) > 1
            self._page.row(places, header=is_header or None)
        self._page.end_table()

    def _beside(self, block: Any) -> None:
        """Text boxes that are anchored in a block, and the notes that it refers to; each once."""
        for box in text_boxes(block):
            if box not in self._boxes:
                self._boxes.add(box)
                self.write(box)
        for reference in block.iter(f"{WORD}footnoteReference", f"{WORD}endnoteReference"):
            note = self._notes.pop((reference.tag, attribute(reference, "id")), None)
            if note is not None:
                self.write(note)


def _places(row: Any, cells: list[Any], texts: list[str]) -> Iterator[str]:
    """The row's cells, each at its column: empty for what a cell spans further, and for columns that are skipped."""
    yield from [""] * _count(setting(row, "trPr", "gridBefore"))
    for cell, text in zip(cells, texts, strict=True):
        yield text
        yield from [""] * (_count(setting(cell, "tcPr", "gridSpan")) - 1)


def _count(written: str) -> int:
    return min(int(written), _MOST_COLUMNS) if written.isdigit() else 0


def _cell_text(cell: Any) -> str:
    """The text of a cell, that of tables within it as well."""
    return "\n".join(paragraph_text(one) for one in cell.iter(f"{WORD}p") if _is_own(one, cell))


def _is_own(paragraph: Any, cell: Any) -> bool:
    """Not in a text box, which is told apart from the table."""
    for above in paragraph.iterancestors():
        if above is cell:
            return True
        if above.tag == f"{WORD}txbxContent":
            return False
    return True


def _is_bulky(cell: Any) -> bool:
    """Whether a cell holds more than one line of a table: several paragraphs, or a table."""
    held = list(blocks(cell))
    return any(one.tag == f"{WORD}tbl" for one in held) or sum(bool(paragraph_text(one).strip()) for one in held) > 1


READER = DocxReader()
