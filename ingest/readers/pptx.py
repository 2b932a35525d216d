"""Presentations (PPTX): a page a slide, in reading order, with its notes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ingest.documents import ExtractedDocument, ExtractedPage
from ingest.errors import BrokenFile
from ingest.readers.archive import check_archive
from ingest.readers.builder import PageBuilder
from ingest.readers.headers import filled
from ingest.readers.package import properties


class PptxReader:
    media_type = "application/vnd.openxmlformats-officedocument.presentationml.presentation"

    def read(self, path: Path) -> ExtractedDocument:
        from pptx import Presentation
        from pptx.exc import PythonPptxError

        check_archive(path)
        try:
            slides = Presentation(str(path))
            pages = tuple(_page(number, slide) for number, slide in enumerate(slides.slides, start=1))
            title, metadata = properties(slides.part.package)
        except (PythonPptxError, KeyError, ValueError, AttributeError, SyntaxError) as error:
            raise BrokenFile(detail=error) from error
        return ExtractedDocument(title if title != "PowerPoint Presentation" else "", self.media_type, pages, metadata)


def _page(number: int, slide: Any) -> ExtractedPage:
    page = PageBuilder()
    title = slide.shapes.title
    if title is not None:
        page.heading(1, title.text_frame.text)
    for shape in _in_reading_order(slide.shapes):
        if title is None or shape.shape_id != title.shape_id:
            _shape(page, shape)
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        page.paragraph(slide.notes_slide.notes_text_frame.text)
    return page.page(number)


def _in_reading_order(shapes: Any) -> Iterator[Any]:
    """From the top, and from the left where level; the members of a group together."""
    for shape in sorted(shapes, key=lambda one: ((one.top or 0) // 200_000, one.left or 0)):
        if shape.shape_type == 6:  # a group
            yield from _in_reading_order(shape.shapes)
        else:
            yield shape


def _shape(page: PageBuilder, shape: Any) -> None:
    if getattr(shape, "has_table", False):
        page.end_table()
        for number, row in enumerate(shape.table.rows):
            cells = ["" if cell.is_spanned else cell.text_frame.text for cell in row.cells]
            page.row(cells, header=number == 0 and filled(cells) > 1 if shape.table.first_row else None)
        page.end_table()
    elif shape.has_text_frame:
        lines = [paragraph.text for paragraph in shape.text_frame.paragraphs if paragraph.text.strip()]
        if len(lines) > 1:
            for line in lines:
                page.item(line)
        else:
            page.paragraph("\n".join(lines))


READER = PptxReader()
