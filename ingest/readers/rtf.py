"""Rich Text Format."""

from __future__ import annotations

import re
from pathlib import Path

from ingest.documents import ExtractedDocument, ExtractedPage
from ingest.errors import BrokenFile
from ingest.readers.builder import clean
from ingest.readers.headings import structure

_CODE_PAGE = re.compile(rb"\\ansicpg(\d+)")
_MANY_LINES = re.compile(r"\n{3,}")


class RtfReader:
    media_type = "application/rtf"

    def read(self, path: Path) -> ExtractedDocument:
        from striprtf.striprtf import rtf_to_text

        content = path.read_bytes()
        if not content.lstrip().startswith(b"{\\rtf"):
            raise BrokenFile(detail="RTF")
        page = _CODE_PAGE.search(content[:2000])
        try:
            text = rtf_to_text(
                content.decode("latin-1"), encoding=f"cp{int(page[1])}" if page else "cp1252", errors="replace"
            )
        except (LookupError, ValueError) as error:
            raise BrokenFile(detail=error) from error
        text = _MANY_LINES.sub("\n\n", clean(text.encode("utf-8", "replace").decode()))
        return ExtractedDocument("", self.media_type, (ExtractedPage(1, "1", text, structure(text)),))


READER = RtfReader()
