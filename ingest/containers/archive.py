"""ZIP as a folder; a ZIP with a SEDA manifest as the tree of its archive units."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

from ingest.containers import seda
from ingest.containers.unpack import MOST_MEMBERS, Unpacking, entry_name
from ingest.documents import Member
from ingest.errors import BrokenFile, Encrypted, TooLarge, Unsupported

_MOST_RATIO = 200
_SMALL = 4096  # bytes: below, a ratio says nothing
_NOISE = ("__MACOSX/", ".DS_Store", "Thumbs.db")


class ZipContainer:
    def expand(self, path: Path, into: Path) -> list[Member]:
        try:
            with zipfile.ZipFile(path) as archive:
                return _members(archive, Unpacking(into))
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise BrokenFile(detail=error) from error


def _members(archive: zipfile.ZipFile, unpacking: Unpacking) -> list[Member]:
    entries = [one for one in archive.infolist() if not one.is_dir() and not _is_noise(one.filename)]
    if len(entries) > MOST_MEMBERS:
        raise TooLarge(unpacked_mb=sum(one.file_size for one in entries) >> 20, packed_mb="?")
    package = seda.package_of(archive)
    for entry in entries:
        name = entry_name(entry)
        described = package.get(name.replace("\\", "/"))
        _member(archive, entry, described.path if described else name, described, unpacking)
    return unpacking.members


def _member(
    archive: zipfile.ZipFile,
    entry: zipfile.ZipInfo,
    name: str,
    described: seda.Described | None,
    unpacking: Unpacking,
) -> None:
    if entry.flag_bits & 1:
        unpacking.refused(name, Encrypted())
        return
    if entry.file_size > _MOST_RATIO * max(entry.compress_size, _SMALL):
        unpacking.refused(name, TooLarge(unpacked_mb=entry.file_size >> 20, packed_mb=entry.compress_size >> 20))
        return
    try:
        with archive.open(entry) as content:
            unpacking.file(name, content, described.metadata if described else None)
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        unpacking.refused(name, BrokenFile(detail=error))
    except NotImplementedError as error:  # a method of compression that zipfile does not know
        unpacking.refused(name, Unsupported(suffix=error))


def _is_noise(name: str) -> bool:
    return name.startswith(_NOISE[0]) or name.rsplit("/", 1)[-1] in _NOISE


CONTAINER = ZipContainer()
