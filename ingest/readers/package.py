"""Packages of office files (OPC): what they state of themselves, and macro-enabled ones read as plain ones."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

from ingest.readers.builder import one_line, stated

_CORE = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
_TYPES = "[Content_Types].xml"
_WORD = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_LIKE_WORD = (
    b"application/vnd.ms-word.document.macroEnabled.main+xml",
    b"application/vnd.ms-word.template.macroEnabledTemplate.main+xml",
    b"application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml",
)


def properties(package: Any) -> tuple[str, dict[str, str]]:
    """Title and facts that an opened package states; nothing where it has no such part.

    The libraries make up a title and a date of today for a package without.
    """
    try:
        package.part_related_by(_CORE)
    except KeyError:
        return "", {}
    facts = package.core_properties
    said = stated(author=facts.author, date=facts.modified or facts.created, language=facts.language)
    return one_line(facts.title or ""), said


def as_plain_word(path: Path) -> Path | io.BytesIO:
    """The file itself; or, of a macro-enabled one, a copy in memory that declares the content type of a plain one.

    To be called once the archive was found to be within the limits.  Macros are neither run nor read.
    """
    with zipfile.ZipFile(path) as archive:
        types = archive.read(_TYPES)
        if not any(one in types for one in _LIKE_WORD):
            return path
        for one in _LIKE_WORD:
            types = types.replace(one, _WORD)
        copy = io.BytesIO()
        with zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as written:
            for entry in archive.infolist():
                written.writestr(entry.filename, types if entry.filename == _TYPES else archive.read(entry))
    copy.seek(0)
    return copy
