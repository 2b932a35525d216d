"""The programs of the host that read what no library reads."""

from __future__ import annotations

from functools import cache

READERS = 2  # of our own readers: raised when they read what they refused before


@cache
def toolset() -> str:
    """What files are read with.  A file that could not be read is tried again when this changes."""
    from ingest.ocr import tesseract
    from ingest.readers.legacy import libreoffice

    return f"{READERS}{'+tesseract' if tesseract() else ''}{'+libreoffice' if libreoffice() else ''}"
