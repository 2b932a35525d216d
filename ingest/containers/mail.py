"""Attachments of a message (EML)."""

from __future__ import annotations

import email
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from ingest.containers.unpack import Unpacking
from ingest.documents import Member
from ingest.readers.text import decode


class MailContainer:
    def expand(self, path: Path, into: Path) -> list[Member]:
        unpacking = Unpacking(into)
        for part in attachments(parse_mail(path)):
            unpacking.file(_name(part), _content(part))
        return unpacking.members


def parse_mail(path: Path) -> EmailMessage:
    content = path.read_bytes()
    if content[:200].count(0) > 40 or content.startswith((b"\xff\xfe", b"\xfe\xff")):  # saved as UTF-16 by an editor
        content = decode(content).encode()
    message = email.message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def attachments(message: EmailMessage) -> list[Any]:
    """Parts that are files: attached ones, and whole messages; pictures within the text are not."""
    found = []
    parts = list(message.iter_parts()) if message.is_multipart() else []
    while parts:
        part = parts.pop(0)
        kind, disposition = part.get_content_type(), part.get_content_disposition()
        if kind == "message/rfc822" or disposition == "attachment":
            found.append(part)
        elif part.is_multipart():
            parts = [*part.iter_parts(), *parts]
        elif part.get_filename() and not (kind.startswith("image/") and part["content-id"]):
            found.append(part)
    return found


def _name(part: Any) -> str:
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload(0)
        return f"{str(inner['subject'] or 'message').replace('/', '-')}.eml"
    suffix = {"text/plain": ".txt", "text/html": ".html", "application/pdf": ".pdf"}.get(part.get_content_type(), "")
    return str(part.get_filename() or f"piece-jointe{suffix}").replace("/", "-")


def _content(part: Any) -> bytes:
    if part.get_content_type() == "message/rfc822":
        return bytes(part.get_payload(0).as_bytes(policy=policy.compat32))
    return bytes(part.get_payload(decode=True) or b"")


CONTAINER = MailContainer()
