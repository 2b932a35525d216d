"""OpenDocument texts and presentations: headings by outline level, lists, tables; a page a slide.

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
from ingest.readers.xml import parse_xml

_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_PRESENTED = "{urn:oasis:names:tc:opendocument:xmlns:presentation:1.0}"
_PRESENTATION = "application/vnd.oasis.opendocument.presentation"
_SKIPPED = frozenset({f"{_TEXT}tracked-changes", f"{_TEXT}table-of-content", f"{_TEXT}note", f"{_OFFICE}annotation"})


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
    return page.page()


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
            page.heading(int(element.get(f"{_TEXT}outline-level") or 1), _text(element))
        elif element.tag == f"{_TEXT}p":
            page.paragraph(_text(element))
        elif element.tag == f"{_TEXT}list-item":
            _item(page, element)
        elif element.tag == f"{_TABLE}table-row":
            page.row([_cell(cell) for cell in element if cell.tag == f"{_TABLE}table-cell"])
        else:
            _walk(page, element)


def _item(page: PageBuilder, item: Any) -> None:
    for child in item:
        if child.tag in {f"{_TEXT}p", f"{_TEXT}h"}:
            page.item(_text(child))
        else:
            _walk(page, child)


def _cell(cell: Any) -> str:
    return " ".join(_text(child) for child in cell.iter(f"{_TEXT}p", f"{_TEXT}h"))


def _text(element: Any) -> str:
    parts = [element.text or ""]
    for child in element:
        if child.tag == f"{_TEXT}s":
            parts.append(" " * int(child.get(f"{_TEXT}c") or 1))
        elif child.tag in {f"{_TEXT}tab", f"{_TEXT}line-break"}:
            parts.append("\n" if child.tag.endswith("break") else " ")
        elif child.tag not in _SKIPPED and isinstance(child.tag, str):
            parts.append(_text(child))
        parts.append(child.tail or "")
    return "".join(parts)


READER = OpenDocumentReader()
