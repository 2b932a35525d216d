"""OpenDocument texts: headings by outline level, lists, tables.  No entity is resolved, nothing is fetched."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

from ingest.documents import ExtractedDocument
from ingest.errors import BrokenFile, Encrypted
from ingest.readers.archive import check_archive
from ingest.readers.builder import PageBuilder, one_line

_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_SKIPPED = frozenset({f"{_TEXT}tracked-changes", f"{_TEXT}table-of-content", f"{_TEXT}note", f"{_OFFICE}annotation"})


class OdtReader:
    suffixes = (".odt",)
    media_type = "application/vnd.oasis.opendocument.text"

    def read(self, path: Path) -> ExtractedDocument:
        check_archive(path)
        try:
            with zipfile.ZipFile(path) as archive:
                if b"encryption-data" in archive.read("META-INF/manifest.xml"):
                    raise Encrypted
                content = _parse(archive.read("content.xml"))
                meta = _parse(archive.read("meta.xml")) if "meta.xml" in archive.namelist() else None
        except (KeyError, zipfile.BadZipFile, SyntaxError, RuntimeError) as error:
            raise BrokenFile(detail=error) from error
        body = content.find(f".//{_OFFICE}text")
        if body is None:
            raise BrokenFile(detail="office:text")
        page = PageBuilder()
        _walk(page, body)
        title = one_line(meta.findtext(f".//{_TITLE}") or "") if meta is not None else ""
        return ExtractedDocument(title or page.first_heading, self.media_type, (page.page(),))


def _parse(content: bytes) -> Any:
    from lxml import etree

    return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))


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


READER = OdtReader()
