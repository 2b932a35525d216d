"""A message (EML): who, when, about what, and its text.  What it carries is unpacked by ingest/containers."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from ingest.containers.mail import parse_mail
from ingest.documents import ExtractedDocument
from ingest.errors import BrokenFile, Encrypted, Unsupported
from ingest.readers.builder import PageBuilder, one_line, stated
from ingest.readers.html import add_markup
from ingest.readers.text import lost_characters

PKCS7 = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_PGP = "-----BEGIN PGP MESSAGE-----"
_SHOWN = ("From", "To", "Cc", "Date", "Subject")
_LABELS = {"From": "De", "To": "À", "Cc": "Copie", "Date": "Date", "Subject": "Objet"}


class MailReader:
    media_type = "message/rfc822"

    def read(self, path: Path) -> ExtractedDocument:
        message = parse_mail(path)
        if not message.keys():
            raise BrokenFile(detail="RFC 5322")
        texts = [(part.get_content_type(), _text(part)) for part in _shown_parts(message)]
        if not any(text.strip() for _, text in texts):
            _check_is_open(message)
        page = PageBuilder()
        page.paragraph("\n".join(f"{_LABELS[name]} : {text}" for name in _SHOWN if (text := _header(message, name))))
        for kind, text in texts:
            add_text(page, text, is_markup=kind == "text/html")
        date = getattr(message["date"], "datetime", None) if message["date"] else None
        facts = stated(author=_header(message, "From"), date=date)
        subject, pages = _header(message, "Subject"), (page.page(structured=True),)
        lost = lost_characters("".join(text for _, text in texts))
        return ExtractedDocument(subject, self.media_type, pages, facts, warnings=lost)


def add_text(page: PageBuilder, text: str, *, is_markup: bool) -> None:
    """A message's text.  Raises Encrypted where all of it is a secret (RFC 4880, 6.2)."""
    if text.lstrip().startswith(_PGP):
        raise Encrypted
    if is_markup and text.strip():
        add_markup(page, text)
        return
    for paragraph in text.replace("\r\n", "\n").split("\n\n"):
        page.paragraph(paragraph)


def _header(message: EmailMessage, name: str) -> str:
    try:
        return one_line(str(message[name] or ""))
    except (ValueError, IndexError, AttributeError):  # headers that Python's parser stumbles over
        return ""


def _shown_parts(part: Any) -> Iterator[Any]:
    """The parts with text that a reader of the message sees, in order: of alternatives, the first one with a text."""
    kind = part.get_content_type()
    if part.is_multipart():
        inner = [] if kind == "message/rfc822" else list(part.iter_parts())
        if kind == "multipart/alternative":
            choices = [list(_shown_parts(one)) for one in inner]
            yield from next((one for one in choices if any(_text(text).strip() for text in one)), ())
        elif kind in {"multipart/related", "multipart/signed"}:  # what follows belongs to the first one
            yield from _shown_parts(inner[0]) if inner else ()
        elif kind != "multipart/encrypted":
            for one in inner:
                yield from _shown_parts(one)
    elif kind in {"text/plain", "text/html"} and not _is_file(part):
        yield part


def _is_file(part: Any) -> bool:
    """Whether ingest/containers unpacks it."""
    return part.get_content_disposition() == "attachment" or bool(part.get_filename())


def _check_is_open(message: EmailMessage) -> None:
    """Raises Encrypted, or Unsupported for a text that is wrapped in its signature."""
    for part in message.walk():
        kind = part.get_content_type()
        if kind == "multipart/encrypted":
            raise Encrypted
        if kind in PKCS7:
            if part.get_param("smime-type") == "signed-data":
                raise Unsupported(suffix="S/MIME (signed-data)")
            raise Encrypted


def _text(part: Any) -> str:
    try:
        return str(part.get_content())
    except (LookupError, UnicodeError, ValueError):  # an encoding that nobody knows
        return bytes(part.get_payload(decode=True) or b"").decode("utf-8", "replace")


READER = MailReader()
