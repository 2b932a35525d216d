"""One small module a format; nothing is imported before a file of that format is met."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from ingest.documents import Reader
from ingest.errors import Unsupported

_MODULES = {
    ".pdf": "pdf",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".txt": "text",
    ".text": "text",
    ".docx": "docx",
    ".odt": "odt",
}
SUFFIXES = frozenset(_MODULES)


def reader_for(path: Path) -> Reader:
    """Raises Unsupported for a suffix that no reader takes."""
    module = _MODULES.get(path.suffix.lower())
    if module is None:
        raise Unsupported(suffix=path.suffix or "?")
    reader: Reader = import_module(f"ingest.readers.{module}").READER
    return reader
