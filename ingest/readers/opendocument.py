"""OpenDocument texts and presentations: headings by outline level, lists, tables, notes; a page a slide.

No entity is resolved, nothing is fetched.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

from ingest.documents import ExtractedDocument, ExtractedPage
from ingest.errors import BrokenFile, Encrypted
from ingest.readers.archive import check_archive
from ingest.readers.builder import PageBuilder, one_line, stated
from ingest.readers.headers import filled
from ingest.readers.xml import parse_xml

_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_PRESENTED = "{urn:oasis:names:tc:opendocument:xmlns:presentation:1.0}"
_MOST_REPEATS = 100  # of a cell or a row; a file may claim millions
_MOST_COLUMNS = 500
_MOST_BLANKS = 60
_PRESENTATION = "application/vnd.oasis.opendocument.presentation"
_SKIPPED = frozenset({f"{_TEXT}tracked-changes", f"{_TEXT}table-of-content", f"{_TEXT}note", f"{_OFFICE}annotation"})
_WORDS = frozenset({f"{_TEXT}p", f"{_TEXT}h"})


class OpenDocumentReader:
    media_type = "application/vnd.oasis.opendocument.text"

    def read(self, path: Path) -> ExtractedDocument:
        check_archive(path)
        try:
            with zipfile.ZipFile(path) as archive:
                if b"encryption-data" in archive.read("META-INF/manifest.xml"):
                    raise Encrypted
                content = parse_xml(archive.read("content.xml"))
                meta = parse_xml(archive.read("meta.xml")) if "meta.xml" in archive.namelist() else None
        except (KeyError, zipfile.BadZipFile, RuntimeError) as error:
            raise BrokenFile(detail=error) from error
        slides = content.findall(f".//{_DRAW}page")
        body = content.find(f".//{_OFFICE}text")
        if body is None and not slides:
            raise BrokenFile(detail="office:body")
        pages = tuple(_slide(number, one) for number, one in enumerate(slides, start=1)) or (_text_page(body),)
        media_type = _PRESENTATION if slides else self.media_type
        title, facts = _described(meta)
        return ExtractedDocument(title or _first_heading(pages), media_type, pages, facts)


def _described(meta: Any) -> tuple[str, dict[str, str]]:
    if meta is None:
        return "", {}
    said = {name: one_line(meta.findtext(f".//{_DC}{name}") or "") for name in ("title", "creator", "date", "language")}
    return said["title"], stated(author=said["creator"], date=said["date"], language=said["language"])


def _text_page(body: Any) -> ExtractedPage:
    page = PageBuilder()
    _walk(page, body)
    return page.page(structured=True)


def _slide(number: int, slide: Any) -> ExtractedPage:
    """The title's frame first, as the slide says which one that is."""
    page = PageBuilder()
    frames = list(slide)
    titles = [one for one in frames if one.get(f"{_PRESENTED}class") == "title"]
    for one in titles:
        page.heading(1, " ".join(_text(part) for part in one.iter(f"{_TEXT}p")))
    for one in frames:
        if one not in titles:
            _walk(page, [one] if one.tag == f"{_DRAW}frame" else one)
    return page.page(number)


def _first_heading(pages: tuple[ExtractedPage, ...]) -> str:
    return next((one.headings[0].text for one in pages if one.headings), "")


def _walk(page: PageBuilder, parent: Any) -> None:
    for element in parent:
        if element.tag in _SKIPPED:
            continue
        if element.tag == f"{_TEXT}h":
            page.heading(_count(element, f"{_TEXT}outline-level", 10), _text(element))
            _beside(page, element)
        elif element.tag == f"{_TEXT}p":
            page.paragraph(_text(element))
            _beside(page, element)
        elif element.tag == f"{_TEXT}list-item":
            _item(page, element)
        elif element.tag == f"{_TABLE}table":
            page.end_table()
            _rows(page, element, None)
            page.end_table()
            _beside(page, element)
        else:
            _walk(page, element)


def _item(page: PageBuilder, item: Any) -> None:
    for child in item:
        if child.tag in _WORDS:
            page.item(_text(child))
            _beside(page, child)
        else:
            _walk(page, child)


def _rows(page: PageBuilder, parent: Any, is_header: bool | None) -> None:
    for element in parent:
        if element.tag == f"{_TABLE}table-row":
            cells = _cells(element)
            if any(cells):
                for _ in range(_count(element, f"{_TABLE}number-rows-repeated", _MOST_REPEATS)):
                    page.row(cells, header=True if is_header and filled(cells) > 1 else None)
        elif element.tag == f"{_TABLE}table-header-rows":
            _rows(page, element, True)
        elif element.tag in {f"{_TABLE}table-rows", f"{_TABLE}table-row-group"}:
            _rows(page, element, is_header)


def _cells(row: Any) -> list[str]:
    """Each cell at its column: repeated ones as often as they are, empty ones where another one covers them."""
    cells: list[str] = []
    for element in row:
        if element.tag in {f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"}:
            text = _cell(element) if element.tag == f"{_TABLE}table-cell" else ""
            cells += [text] * _count(element, f"{_TABLE}number-columns-repeated", _MOST_REPEATS)
            if len(cells) >= _MOST_COLUMNS:
                break
    return cells


def _cell(cell: Any) -> str:
    return "\n".join(_text(one) for one in cell.iter(*_WORDS) if _is_own(one, cell)).strip()


def _is_own(words: Any, cell: Any) -> bool:
    """Not in a note or a text box, which are told apart."""
    for above in words.iterancestors():
        if above is cell:
            return True
        if above.tag in _SKIPPED or _is_drawn(above):
            return False
    return True


def _beside(page: PageBuilder, element: Any) -> None:
    """The notes of a block, and what is drawn beside it (text boxes), in their order."""
    for child in element:
        if child.tag == f"{_TEXT}note":
            for body in child.iterchildren(f"{_TEXT}note-body"):
                _walk(page, body)
        elif _is_drawn(child):
            for part in child.iter(f"{_DRAW}text-box"):
                _walk(page, part)
        elif child.tag not in _SKIPPED:
            _beside(page, child)


def _is_drawn(element: Any) -> bool:
    """A frame or a shape, but not a link around one."""
    return isinstance(element.tag, str) and element.tag.startswith(_DRAW) and element.tag != f"{_DRAW}a"


def _text(element: Any) -> str:
    """The words of a block; not those of what is drawn beside it, of its notes and comments."""
    parts = [element.text or ""]
    for child in element:
        if child.tag == f"{_TEXT}s":
            parts.append(" " * _count(child, f"{_TEXT}c", _MOST_BLANKS))
        elif child.tag in {f"{_TEXT}tab", f"{_TEXT}line-break"}:
            parts.append("\n" if child.tag.endswith("break") else " ")
        elif child.tag in _WORDS:
            parts += ["\n", _text(child), "\n"]
        elif child.tag not in _SKIPPED and isinstance(child.tag, str) and not _is_drawn(child):
            parts.append(_text(child))
        parts.append(child.tail or "")
    return "".join(parts)


def _count(element: Any, name: str, most: int) -> int:
    """A number that an element states, from 1 to `most`; 1 where it states none."""
    written = element.get(name) or ""
    return max(1, min(int(written), most)) if written.isascii() and written.isdigit() and len(written) < 12 else 1


READER = OpenDocumentReader()
