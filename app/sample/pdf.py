"""Sources as PDF: headings with bookmarks, tables, one or two columns, a footer with page numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from app.sample.source import Block, SampleSource

_MARGIN = 56  # points
_GUTTER = 18
_INK = "#24247a"


def write_pdf(source: SampleSource, path: Path) -> None:
    from reportlab.lib.pagesizes import A4
    from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate

    width, height = A4
    column = (width - 2 * _MARGIN - _GUTTER * (source.columns - 1)) / source.columns
    frames = [
        Frame(_MARGIN + number * (column + _GUTTER), _MARGIN + 14, column, height - 2 * _MARGIN - 28, 0, 0, 0, 0)
        for number in range(source.columns)
    ]
    document = BaseDocTemplate(
        str(path), pagesize=A4, title=source.title, author="Mairie de Saint-Aubin-des-Vignes", lang="fr-FR", invariant=1
    )
    document.addPageTemplates(
        PageTemplate(frames=frames, onPage=lambda canvas, _: _frame(canvas, source, width, height))
    )
    document.afterFlowable = lambda flowable: _bookmark(document, flowable)
    document.build([_flowable(block, number, column) for number, block in enumerate(source.blocks)])


def _frame(canvas: Any, source: SampleSource, width: float, height: float) -> None:
    canvas.setFont("Helvetica", 8)
    canvas.setFillGray(0.35)
    canvas.drawString(_MARGIN, height - _MARGIN + 6, "Commune de Saint-Aubin-des-Vignes")
    canvas.drawString(_MARGIN, _MARGIN - 12, source.footer or source.title)
    canvas.drawRightString(width - _MARGIN, _MARGIN - 12, f"Page {canvas.getPageNumber()}")


def _bookmark(document: Any, flowable: Any) -> None:
    """An outline entry for each heading."""
    level = getattr(flowable, "heading_level", 0)
    if level:
        key = f"h{flowable.heading_number}"
        document.canv.bookmarkPage(key)
        document.canv.addOutlineEntry(flowable.getPlainText(), key, min(level, flowable.deepest) - 1, closed=False)


def _flowable(block: Block, number: int, width: float) -> Any:
    from reportlab.platypus import Paragraph

    if block.kind == "table":
        return _table(block, width)
    text = block.text.replace("&", "&amp;").replace("<", "&lt;")
    paragraph = Paragraph(f"• {text}" if block.kind == "item" else text, _style(block))
    if block.kind == "heading":
        paragraph.heading_level, paragraph.heading_number, paragraph.deepest = block.level, number, min(3, block.level)
    return paragraph


def _style(block: Block) -> Any:
    from reportlab.lib.styles import ParagraphStyle

    if block.kind == "heading":
        size = {1: 18, 2: 14}.get(block.level, 12)
        return ParagraphStyle(
            f"h{block.level}", fontName="Helvetica-Bold", fontSize=size, leading=size * 1.25, textColor=_INK,
            spaceBefore=10, spaceAfter=5, keepWithNext=1,
        )  # fmt: skip
    indent = 12 if block.kind == "item" else 0
    return ParagraphStyle(
        block.kind, fontName="Times-Roman", fontSize=12, leading=17, spaceAfter=8, leftIndent=indent, bulletIndent=0
    )


def _table(block: Block, width: float) -> Any:
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph, Table

    style = ParagraphStyle("cell", fontName="Helvetica", fontSize=10, leading=13)
    cells = [[Paragraph(cell.replace("&", "&amp;"), style) for cell in row] for row in block.rows]
    grid = [("GRID", (0, 0), (-1, -1), 0.5, "#888888"), ("BACKGROUND", (0, 0), (-1, 0), "#e8e8f4")]
    return Table(
        cells,
        colWidths=[width / len(block.rows[0])] * len(block.rows[0]),
        repeatRows=1,
        style=grid,
        spaceAfter=8,
        spaceBefore=4,
    )
