"""Attachments of an Outlook message (MSG)."""

from __future__ import annotations

from pathlib import Path

from ingest.containers.unpack import Unpacking
from ingest.documents import Member
from ingest.errors import BrokenFile, Unsupported


class OutlookContainer:
    def expand(self, path: Path, into: Path) -> list[Member]:
        from oxmsg import Message

        unpacking = Unpacking(into)
        try:
            held = list(Message.load(str(path)).attachments)
        except (OSError, ValueError, KeyError, AttributeError) as error:
            raise BrokenFile(detail=error) from error
        for one in held:
            name = (one.file_name or "piece-jointe").replace("/", "-")
            content = one.file_bytes
            if content is None:  # a message within the message, or an object of Outlook's own
                unpacking.refused(name, Unsupported(suffix=one.mime_type or "OLE"))
            else:
                unpacking.file(name, content)
        return unpacking.members


CONTAINER = OutlookContainer()
