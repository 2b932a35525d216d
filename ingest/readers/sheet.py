"""Spreadsheets (XLSX, XLS, ODS): each sheet in pages of some rows; every passage of a table keeps its header."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ingest.documents import ExtractedDocument, ExtractedPage
from ingest.errors import BrokenFile, Encrypted, TooLong
from ingest.readers.archive import check_archive
from ingest.readers.builder import PageBuilder
from ingest.readers.headers import filled, header_rows, trimmed

ROWS_A_PAGE = 200
MOST_ROWS = 500_000
_MEDIA_TYPES = {
    ".xls": "application/vnd.ms-excel",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
}


class SheetReader:
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def read(self, path: Path) -> ExtractedDocument:
        from python_calamine import CalamineError, CalamineWorkbook, PasswordError

        if path.suffix.lower() != ".xls":
            check_archive(path)
        try:
            workbook = CalamineWorkbook.from_path(path)
            pages: list[ExtractedPage] = []
            for name in workbook.sheet_names:
                rows = [[cell_text(cell) for cell in row] for row in workbook.get_sheet_by_name(name).iter_rows()]
                pages += sheet_pages(name, rows, len(pages) + 1)
        except PasswordError as error:
            raise Encrypted from error
        except (CalamineError, ValueError) as error:
            raise BrokenFile(detail=error) from error
        return ExtractedDocument("", _MEDIA_TYPES.get(path.suffix.lower(), self.media_type), tuple(pages))


def sheet_pages(name: str, rows: Sequence[Sequence[str]], number: int) -> list[ExtractedPage]:
    """Pages of one sheet from page `number` on, labelled with the rows that they show.  Raises TooLong."""
    shown = [(place, trimmed(row)) for place, row in enumerate(rows, start=1) if filled(row)]
    if len(shown) > MOST_ROWS:
        raise TooLong(count=len(shown), most=MOST_ROWS)
    headers = header_rows(shown)
    in_force: list[list[str]] = []  # the header of the rows to come
    pages: list[ExtractedPage] = []
    for start in range(0, len(shown), ROWS_A_PAGE):
        end = min(start + ROWS_A_PAGE, len(shown))
        page = PageBuilder()
        if name:
            page.heading(1, name)
        if start not in headers:
            for row in in_force:
                page.row(row, header=True)
        for place in range(start, end):
            row = shown[place][1]
            if place in headers:
                in_force = [*in_force, row] if place - 1 in headers else [row]
            page.row(row, header=place in headers)
        rows_shown = f"{shown[start][0]}–{shown[end - 1][0]}"
        label = name if len(shown) <= ROWS_A_PAGE and name else f"{name}, {rows_shown}" if name else rows_shown
        pages.append(page.page(number + len(pages), label))
    return pages


def cell_text(cell: Any) -> str:
    """As a French reader would see it: no decimals that are not there, dates to the day."""
    if isinstance(cell, bool):
        return "vrai" if cell else "faux"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell).replace(".", ",")
    if isinstance(cell, datetime.datetime):
        return cell.strftime("%d/%m/%Y") if cell.time() == datetime.time() else cell.strftime("%d/%m/%Y %H:%M")
    if isinstance(cell, datetime.date):
        return cell.strftime("%d/%m/%Y")
    return str(cell)


READER = SheetReader()
