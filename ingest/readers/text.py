"""Plain text, in any usual encoding."""

from __future__ import annotations

import re
from pathlib import Path

from ingest.documents import ExtractedDocument, ExtractedPage
from ingest.errors import BrokenFile
from ingest.readers.builder import clean
from ingest.readers.headings import structure

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe\x00\x00", "utf-32"), (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"),
)  # fmt: skip
_LOST = "\ufffd"
_ASCII = re.compile("[\x00-\x7f]+")
# ISO-8859-15 differs from ISO-8859-1 and from cp1252 in eight signs: what French has of them is Œ, œ and €.  The bytes
# are ¼, ½ and ¤ elsewhere, which stand neither beside a letter, nor with an amount.
_LETTER = rb"[A-Za-z\xc0-\xd6\xd8-\xf6\xf8-\xff]"
_LATIN_9 = re.compile(
    rb"(?<=" + _LETTER + rb")[\xbc\xbd](?=" + _LETTER + rb")|(?<![\d\w])(?<!\d[ \xa0])[\xbc\xbd](?=[a-zA-Z])"
    rb"|[\dkKM(][ \xa0]?\xa4|\b(?:en|EN) \xa4|\xa4[ \xa0]?\d"
)
_C1 = re.compile(rb"[\x80-\x9f]")  # letters and quotation marks of cp1252 and of Macintosh, nothing in ISO-8859
_MANY_LINES = re.compile(r"\n(?:[^\S\n]*\n){2,}")
_MANY_BLANKS = re.compile(r"[^\S\n]{60,}")  # more than what puts columns below each other


class TextReader:
    media_type = "text/plain"

    def read(self, path: Path) -> ExtractedDocument:
        text = decode(path.read_bytes())
        warnings = lost_characters(text)
        text = _MANY_BLANKS.sub(" ", _MANY_LINES.sub("\n\n", clean(text)))
        page = ExtractedPage(1, "1", text, structure(text))
        return ExtractedDocument("", self.media_type, (page,), warnings=warnings)


def decode(content: bytes) -> str:
    """By byte-order mark, then UTF-8, then what the bytes look like.  Raises BrokenFile for what is no text.

    Bytes that are wrong in their encoding become U+FFFD: see `lost_characters`.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.decode(encoding, errors="replace")
    if content[:2000].count(0) > len(content[:2000]) // 4:  # UTF-16 without its mark: every other byte is zero
        return content.decode("utf-16-le" if content[1:2] == b"\x00" else "utf-16-be", errors="replace")
    text = _utf_8(content)
    if text is None:
        text = _one_byte(content)
    if text.count("\x00") > len(text) // 100:
        raise BrokenFile(detail="NUL")
    return text


def lost_characters(text: str) -> tuple[str, ...]:
    """The warning about a text in which characters could not be read; empty where all could."""
    return ("ingest.characters_lost",) if _LOST in text else ()


def _utf_8(content: bytes) -> str | None:
    """The text if it is UTF-8, but for some bytes that are not."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        text = content.decode("utf-8", errors="replace")
    wrong = text.count(_LOST)
    right = len(_ASCII.sub("", text)) - wrong
    return text if right >= 2 * wrong else None


def _one_byte(content: bytes) -> str:
    if not _C1.search(content) and _LATIN_9.search(content):
        return content.decode("iso-8859-15")
    from charset_normalizer import from_bytes

    guess = from_bytes(
        content, cp_isolation=["cp1252", "latin_1", "utf_16", "utf_16_le", "utf_16_be", "mac_roman"]
    ).best()
    return str(guess) if guess is not None else content.decode("cp1252", errors="replace")


READER = TextReader()
