"""An Outlook message (MSG)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ingest.documents import ExtractedDocument
from ingest.errors import BrokenFile, Encrypted
from ingest.readers.builder import PageBuilder, one_line, stated
from ingest.readers.html import add_markup


class OutlookReader:
    media_type = "application/vnd.ms-outlook"

    def read(self, path: Path) -> ExtractedDocument:
        from oxmsg import Message

        try:
            message = Message.load(str(path))
            if (
                "smime" in (message.message_class or "").lower()
                and "multipartsigned" not in message.message_class.lower()
            ):
                raise Encrypted
            page = PageBuilder()
            page.paragraph("\n".join(f"{label} : {text}" for label, text in _headers(message) if text))
            _body(page, message)
        except (OSError, ValueError, KeyError, AttributeError) as error:
            raise BrokenFile(detail=error) from error
        facts = stated(author=message.sender, date=message.sent_date)
        return ExtractedDocument(one_line(message.subject or ""), self.media_type, (page.page(),), facts)


def _headers(message: Any) -> list[tuple[str, str]]:
    to = ", ".join(one.name or one.email_address or "" for one in message.recipients)
    date = message.sent_date.strftime("%d/%m/%Y %H:%M") if message.sent_date else ""
    return [
        ("De", one_line(message.sender or "")),
        ("À", one_line(to)),
        ("Date", date),
        ("Objet", one_line(message.subject or "")),
    ]


def _body(page: PageBuilder, message: Any) -> None:
    if message.body:
        for paragraph in message.body.replace("\r\n", "\n").split("\n\n"):
            page.paragraph(paragraph)
    elif message.html_body:
        add_markup(page, message.html_body)


READER = OutlookReader()
