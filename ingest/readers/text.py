"""Plain text, in any usual encoding."""

from __future__ import annotations

from pathlib import Path

from ingest.documents import ExtractedDocument, ExtractedPage
from ingest.errors import BrokenFile
from ingest.readers.builder import clean
from ingest.readers.headings import structure


class TextReader:
    media_type = "text/plain"

    def read(self, path: Path) -> ExtractedDocument:
        text = clean(decode(path.read_bytes()))
        return ExtractedDocument("", self.media_type, (ExtractedPage(1, "1", text, structure(text)),))


def decode(content: bytes) -> str:
    """By byte-order mark, then UTF-8, then what the bytes look like.  Raises BrokenFile for what is no text."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return content.decode(encoding, errors="replace")
    if content[:2000].count(0) > len(content[:2000]) // 4:  # UTF-16 without its mark: every other byte is zero
        return content.decode("utf-16-le" if content[1:2] == b"\x00" else "utf-16-be", errors="replace")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        from charset_normalizer import from_bytes

        guess = from_bytes(
            content, cp_isolation=["cp1252", "latin_1", "utf_16", "utf_16_le", "utf_16_be", "mac_roman"]
        ).best()
        text = str(guess) if guess is not None else content.decode("cp1252", errors="replace")
    if text.count("\x00") > len(text) // 100:
        raise BrokenFile(detail="NUL")
    return text


READER = TextReader()
