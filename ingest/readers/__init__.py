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


def reader_for(path: Path) -> Reader:
    """Raises Unsupported for a suffix that no reader takes."""
    module = _MODULES.get(path.suffix.lower())
    if module is None:
        raise Unsupported(suffix=path.suffix or "?")
    reader: Reader = import_module(f"ingest.readers.{module}").READER
    return reader
