"""Rich Text Format: paragraphs, and tables a row a line."""

from __future__ import annotations

import re
from pathlib import Path

from ingest.documents import ExtractedDocument
from ingest.errors import BrokenFile
from ingest.readers.builder import PageBuilder

_CODE_PAGE = re.compile(rb"\\ansicpg(\d+)")
_MANY_LINES = re.compile(r"\n{3,}")
# Marks that no text holds, as the control characters that ASCII has for them: a table row's beginning, its end, that of
# a cell.  Written as bytes of the code page, the library lets them through; of its own, it writes "|" and a line end.
_ROW_BEGINS, _HEADER, _ROW_ENDS, _CELL_ENDS = "\x1d", "\x1c", "\x1e", "\x1f"
_MARKS = {"trowd": _ROW_BEGINS, "trhdr": _HEADER, "row": _ROW_ENDS, "cell": _CELL_ENDS, "nestcell": " ", "nestrow": " "}
_NO_MARKS = dict.fromkeys(map(ord, (_ROW_BEGINS, _HEADER, _ROW_ENDS, _CELL_ENDS)))
_CONTROL_WORD = re.compile(r"(?<!\\)\\(" + "|".join(_MARKS) + r")(?![a-zA-Z\d-]) ?")


class RtfReader:
    media_type = "application/rtf"

    def read(self, path: Path) -> ExtractedDocument:
        from striprtf.striprtf import rtf_to_text

        content = path.read_bytes()
        if not content.lstrip().startswith(b"{\\rtf"):
            raise BrokenFile(detail="RTF")
        code_page = _CODE_PAGE.search(content[:2000])
        marked = _CONTROL_WORD.sub(lambda found: f"\\'{ord(_MARKS[found[1]]):02x}", content.decode("latin-1"))
        try:
            text = rtf_to_text(marked, encoding=f"cp{int(code_page[1])}" if code_page else "cp1252", errors="replace")
        except (LookupError, ValueError) as error:
            raise BrokenFile(detail=error) from error
        page = _build(text.encode("utf-8", "replace").decode())
        return ExtractedDocument("", self.media_type, (page.page(structured=True),))


def _build(text: str) -> PageBuilder:
    page = PageBuilder()
    for part in text.split(_ROW_ENDS):
        if _CELL_ENDS not in part:
            _prose(page, part)
            continue
        # Some programs repeat a row's definition at its end; others define the first row of a table only.
        above, _, row = part.partition(_ROW_BEGINS) if _ROW_BEGINS in part else ("", "", part)
        _prose(page, above)
        cells = [cell.translate(_NO_MARKS) for cell in row.split(_CELL_ENDS)]
        page.row(cells[:-1], header=True if _HEADER in row else None)
        _prose(page, cells[-1])
    return page


def _prose(page: PageBuilder, text: str) -> None:
    if text := _MANY_LINES.sub("\n\n", text.translate(_NO_MARKS)).strip():
        page.paragraph(text)


READER = RtfReader()
