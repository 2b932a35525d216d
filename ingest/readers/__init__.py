"""One small module a format; nothing is imported before a file of that format is met."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from ingest.documents import Reader
from ingest.errors import Unsupported

_SUFFIXES = {
    "pdf": ".pdf",
    "docx": ".docx .docm",
    "pptx": ".pptx",
    "sheet": ".xlsx .xlsm .xls .ods",
    "opendocument": ".odt .odp",
    "legacy": ".doc .ppt",
    "rtf": ".rtf",
    "delimited": ".csv .tsv",
    "html": ".html .htm .xhtml",
    "markdown": ".md .markdown",
    "text": ".txt .text",
    "xml": ".xml",
    "mail": ".eml",
    "outlook": ".msg",
    "epub": ".epub",
    "image": ".png .jpg .jpeg .tif .tiff .bmp .webp",
}
_MODULES = {suffix: module for module, suffixes in _SUFFIXES.items() for suffix in suffixes.split()}
SUFFIXES = frozenset(_MODULES)


_MEDIA_TYPES = {
    "pdf": "application/pdf", "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "docm": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xlsm": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xls": "application/vnd.ms-excel", "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odt": "application/vnd.oasis.opendocument.text", "odp": "application/vnd.oasis.opendocument.presentation",
    "doc": "application/msword", "ppt": "application/vnd.ms-powerpoint", "rtf": "application/rtf",
    "csv": "text/csv", "tsv": "text/csv", "html": "text/html", "htm": "text/html", "xhtml": "text/html",
    "md": "text/markdown", "markdown": "text/markdown", "txt": "text/plain", "text": "text/plain",
    "eml": "message/rfc822", "msg": "application/vnd.ms-outlook", "epub": "application/epub+zip",
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "tif": "image/tiff", "tiff": "image/tiff",
    "bmp": "image/bmp", "webp": "image/webp",
}  # fmt: skip


def media_type_of(suffix: str) -> str | None:
    """What documents of that suffix are recorded as; None for one that no reader takes (XML is told by its content)."""
    return _MEDIA_TYPES.get(suffix.lstrip("."))


def reader_for(path: Path) -> Reader:
    """Raises Unsupported for a suffix that no reader takes."""
    module = _MODULES.get(path.suffix.lower())
    if module is None:
        raise Unsupported(suffix=path.suffix or "?")
    reader: Reader = import_module(f"ingest.readers.{module}").READER
    return reader
