"""CSV in any usual encoding and with any usual delimiter."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from ingest.documents import ExtractedDocument
from ingest.errors import BrokenFile
from ingest.readers.builder import clean
from ingest.readers.sheet import sheet_pages
from ingest.readers.text import decode, lost_characters

_DELIMITERS = ";,\t|"


class DelimitedReader:
    media_type = "text/csv"

    def read(self, path: Path) -> ExtractedDocument:
        decoded = decode(path.read_bytes())
        text = clean(decoded)
        if not text.strip():
            raise BrokenFile(detail="CSV")
        csv.field_size_limit(10_000_000)
        try:
            rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)))
        except csv.Error as error:
            raise BrokenFile(detail=error) from error
        pages = tuple(sheet_pages("", rows, 1))
        return ExtractedDocument("", self.media_type, pages, warnings=lost_characters(decoded))


def _delimiter(text: str) -> str:
    """Of the first lines: the one that stands on most of them, equally often."""
    lines = [line for line in text.split("\n")[:20] if line.strip()]

    def fit(delimiter: str) -> tuple[int, int]:
        counts = [line.count(delimiter) for line in lines]
        commonest = max(set(counts), key=counts.count)
        return (counts.count(commonest), commonest) if commonest else (0, 0)

    return max(_DELIMITERS, key=fit)


READER = DelimitedReader()
