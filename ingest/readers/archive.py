"""Office files are ZIP archives: how far one may unpack."""

from __future__ import annotations

import zipfile
from pathlib import Path

from ingest.errors import BrokenFile, Encrypted, TooLarge

_MOST_BYTES = 200 << 20
_MOST_RATIO = 200
_OLE = b"\xd0\xcf\x11\xe0"  # a password-protected office file is an OLE container, not a ZIP


def check_archive(path: Path) -> None:
    """Raises BrokenFile, Encrypted or TooLarge before anything is unpacked."""
    with path.open("rb") as file:
        if file.read(4) == _OLE:
            raise Encrypted
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise BrokenFile(detail=error) from error
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if unpacked > _MOST_BYTES or any(
        entry.file_size > _MOST_RATIO * max(entry.compress_size, 4096) for entry in entries
    ):
        raise TooLarge(unpacked_mb=unpacked >> 20, packed_mb=packed >> 20)
