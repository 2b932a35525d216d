"""Books (EPUB 2 and 3): a page a chapter, in the order of the spine."""

from __future__ import annotations

import posixpath
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from ingest.documents import ExtractedDocument, ExtractedPage
from ingest.errors import BrokenFile, Encrypted
from ingest.readers.archive import check_archive
from ingest.readers.builder import PageBuilder, one_line, stated
from ingest.readers.html import add_markup
from ingest.readers.text import decode
from ingest.readers.xml import local_name, parse_xml

_FONTS_ONLY = (b"http://www.idpf.org/2008/embedding", b"http://ns.adobe.com/pdf/enc#RC")


class EpubReader:
    media_type = "application/epub+zip"

    def read(self, path: Path) -> ExtractedDocument:
        check_archive(path)
        try:
            with zipfile.ZipFile(path) as archive:
                return self._read(archive)
        except (KeyError, zipfile.BadZipFile, RuntimeError, StopIteration) as error:
            raise BrokenFile(detail=error) from error

    def _read(self, archive: zipfile.ZipFile) -> ExtractedDocument:
        if "META-INF/encryption.xml" in archive.namelist():
            secret = archive.read("META-INF/encryption.xml")
            if secret.count(b"EncryptionMethod") > sum(map(secret.count, _FONTS_ONLY)):
                raise Encrypted
        package_path = _package_path(archive)
        package = parse_xml(archive.read(package_path))
        pages: list[ExtractedPage] = []
        for name in _spine(package, posixpath.dirname(package_path)):
            if name in archive.namelist():
                page = _chapter(decode(archive.read(name)), len(pages) + 1)
                if page.text.strip():
                    pages.append(page)
        facts = stated(
            author=_first(package, "creator"), date=_first(package, "date"), language=_first(package, "language")
        )
        return ExtractedDocument(_first(package, "title"), self.media_type, tuple(pages), facts)


def _package_path(archive: zipfile.ZipFile) -> str:
    container = parse_xml(archive.read("META-INF/container.xml"))
    return str(next(one.get("full-path") for one in container.iter() if local_name(one) == "rootfile"))


def _spine(package: Any, folder: str) -> list[str]:
    """Names in the archive of the chapters, in reading order."""
    files = {one.get("id"): one.get("href") or "" for one in package.iter() if local_name(one) == "item"}
    order = [one.get("idref") for one in package.iter() if local_name(one) == "itemref" and one.get("linear") != "no"]
    return [posixpath.normpath(posixpath.join(folder, unquote(files[one]))) for one in order if one in files]


def _chapter(markup: str, number: int) -> ExtractedPage:
    page = PageBuilder()
    add_markup(page, markup)
    return page.page(number, page.first_heading[:60], structured=True)


def _first(package: Any, name: str) -> str:
    return next((one_line(one.text or "") for one in package.iter() if local_name(one) == name and one.text), "")


READER = EpubReader()
