"""Files that moved: a path with the content of a file that is gone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from index.records import Source
from ingest.walk import Found

if TYPE_CHECKING:
    from ingest.scan import Changes

TitleOf = Callable[[Source], str]


def find_moves(changes: Changes, known: Mapping[str, Source], gone: dict[str, Source], title_of: TitleOf) -> None:
    """Turn new files, and those whose former content was overwritten, into moves; what moved is gone no more.

    A file moved under another suffix, or whose title was its former name, is moved and read again.
    """
    by_content: dict[str, list[Source]] = {}
    for one in gone.values():
        if not one.failure:
            by_content.setdefault(one.sha256, []).append(one)

    def origin(found: Found) -> Source | None:
        candidates = by_content.get(found.sha256, [])
        before = known.get(found.name)
        if (before and before.sha256 == found.sha256) or not candidates:
            return None
        if not found.stated.agrees_with(candidates[-1].facts.stated):
            return None
        del gone[candidates[-1].path]
        return candidates.pop()

    to_read, changes.to_read = changes.to_read, []
    for file, verdict in to_read:
        old = origin(file)
        if old is None:
            changes.to_read.append((file, verdict))
            continue
        changes.moved.append((file, old))
        if _reads_otherwise(file, old, title_of):
            changes.to_read.append((file, "moved"))
    for position, box in enumerate(changes.expanded):
        before = None if box.file.is_document else origin(box.file)
        if before is not None:
            changes.expanded[position] = replace(box, verdict="moved", before=before)


def _reads_otherwise(file: Found, old: Source, title_of: TitleOf) -> bool:
    """Whether the name says how a file is read, or what it is called."""
    former, name = PurePosixPath(old.path), PurePosixPath(file.name)
    if former.suffix.lower() != name.suffix.lower():
        return True
    return former.stem != name.stem and title_of(old) == former.stem
