"""A message (EML): who, when, about what, and its text.  What it carries is unpacked by ingest/containers."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path
from typing import Any

from ingest.containers.mail import parse_mail
from ingest.documents import ExtractedDocument
from ingest.errors import BrokenFile, Encrypted
from ingest.readers.builder import PageBuilder, one_line, stated
from ingest.readers.html import add_markup

_SECRET = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime", "multipart/encrypted"})
_SHOWN = ("From", "To", "Cc", "Date", "Subject")
_LABELS = {"From": "De", "To": "À", "Cc": "Copie", "Date": "Date", "Subject": "Objet"}


class MailReader:
    media_type = "message/rfc822"

    def read(self, path: Path) -> ExtractedDocument:
        message = parse_mail(path)
        if not message.keys():
            raise BrokenFile(detail="RFC 5322")
        if message.get_content_type() in _SECRET and message.get_param("smime-type") != "signed-data":
            raise Encrypted
        page = PageBuilder()
        page.paragraph("\n".join(f"{_LABELS[name]} : {text}" for name in _SHOWN if (text := _header(message, name))))
        _body(page, message)
        date = getattr(message["date"], "datetime", None) if message["date"] else None
        facts = stated(author=_header(message, "From"), date=date)
        return ExtractedDocument(_header(message, "Subject"), self.media_type, (page.page(),), facts)


def _header(message: EmailMessage, name: str) -> str:
    try:
        return one_line(str(message[name] or ""))
    except (ValueError, IndexError, AttributeError):  # headers that Python's parser stumbles over
        return ""


def _body(page: PageBuilder, message: EmailMessage) -> None:
    part = message.get_body(("plain", "html"))
    if part is None:
        return
    text = _text(part)
    if part.get_content_type() == "text/html":
        add_markup(page, text)
        return
    for paragraph in text.replace("\r\n", "\n").split("\n\n"):
        page.paragraph(paragraph)


def _text(part: Any) -> str:
    try:
        return str(part.get_content())
    except (LookupError, UnicodeError, ValueError):  # an encoding that nobody knows
        return bytes(part.get_payload(decode=True) or b"").decode("utf-8", "replace")


READER = MailReader()
