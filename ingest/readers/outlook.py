"""An Outlook message (MSG)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ingest.documents import ExtractedDocument
from ingest.errors import BrokenFile, Encrypted
from ingest.readers.builder import PageBuilder, one_line, stated
from ingest.readers.mail import PKCS7, add_text

_SECRET = PKCS7 | {"application/pgp-encrypted"}


class OutlookReader:
    media_type = "application/vnd.ms-outlook"

    def read(self, path: Path) -> ExtractedDocument:
        from oxmsg import Message

        try:
            message = Message.load(str(path))
            if _is_secret(message):
                raise Encrypted
            page = PageBuilder()
            page.paragraph("\n".join(f"{label} : {text}" for label, text in _headers(message) if text))
            _body(page, message)
        except (OSError, ValueError, KeyError, AttributeError) as error:
            raise BrokenFile(detail=error) from error
        facts = stated(author=message.sender, date=message.sent_date)
        return ExtractedDocument(one_line(message.subject or ""), self.media_type, (page.page(structured=True),), facts)


def _headers(message: Any) -> list[tuple[str, str]]:
    to = ", ".join(one.name or one.email_address or "" for one in message.recipients)
    date = message.sent_date.strftime("%d/%m/%Y %H:%M") if message.sent_date else ""
    return [
        ("De", one_line(message.sender or "")),
        ("À", one_line(to)),
        ("Date", date),
        ("Objet", one_line(message.subject or "")),
    ]


def _is_secret(message: Any) -> bool:
    """By its class, else (as other programs save it) by its headers or by what it carries in place of a text."""
    name = (message.message_class or "").lower()
    if "smime" in name:
        return "multipartsigned" not in name
    kind = str(message.message_headers.get("Content-Type", "")).lower()
    if kind.startswith(("multipart/encrypted", *PKCS7)):
        return True
    has_text = (message.body or "").strip() or (message.html_body or "").strip()
    return not has_text and any((one.mime_type or "").lower() in _SECRET for one in message.attachments)


def _body(page: PageBuilder, message: Any) -> None:
    has_plain = bool((message.body or "").strip())
    add_text(page, message.body if has_plain else message.html_body or "", is_markup=not has_plain)


READER = OutlookReader()
