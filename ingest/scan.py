"""What changed since the last run: new, changed, moved, gone, the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Literal

from index.records import Source
from ingest.documents import Member
from ingest.errors import FAILURES, IngestFailure, Unreadable, Unsupported
from ingest.expand import Expander
from ingest.statements import Stated
from ingest.tools import toolset
from ingest.walk import Found, is_readable

Verdict = Literal["added", "changed", "moved", "unchanged", "failed", "skipped", "missing", "removed"]
Again = Literal["nothing", "failed", "all"]

_PASSING = frozenset({"ingest.unreadable", "ingest.reader_crashed"})  # failures that the next run may not meet


@dataclass(frozen=True, slots=True)
class Expanded:
    """A container that was unpacked.  `before` is where it was, if it moved; `warning` says why it holds nothing."""

    file: Found
    verdict: Verdict
    members: int
    warning: str = ""
    before: Source | None = None


@dataclass(slots=True)
class Changes:
    """What a scan found.  `to_read` are new and changed files; the rest needs no reading."""

    to_read: list[tuple[Found, Verdict]] = field(default_factory=list)
    same: list[Source] = field(default_factory=list)
    touched: list[tuple[Found, Source]] = field(default_factory=list)
    moved: list[tuple[Found, Source]] = field(default_factory=list)
    gone: list[Source] = field(default_factory=list)
    failed: list[tuple[Found, IngestFailure]] = field(default_factory=list)
    skipped: list[tuple[Found, IngestFailure]] = field(default_factory=list)
    expanded: list[Expanded] = field(default_factory=list)


class Scan:
    """Compares folders (or single files) with the last known state.

    A file of the same size and time is the same, and is not opened; one that failed is left in quarantine until it,
    what is stated about it or the tools that read it change.  Only documents that came from one of these folders can
    be gone.
    """

    def __init__(self, known: Mapping[str, Source], expander: Expander, *, again: Again = "nothing") -> None:
        self._known = known
        self._expander = expander
        self._again = again
        self._changes = Changes()
        self._seen: set[str] = set()
        self._held: dict[str, list[Source]] = {}
        for source in known.values():
            if source.facts.container:
                self._held.setdefault(source.facts.container, []).append(source)

    def run(self, found: Sequence[tuple[Found, IngestFailure | None]], roots: Set[str]) -> Changes:
        """Compare what was found.  `roots` are the folders that were walked whole: only from them is a file gone."""
        self._seen |= {one.name for one, _ in found}
        for one, failure in found:
            self._compare(one, failure, depth=0)
        gone = {name: one for name, one in self._known.items() if one.root in roots and name not in self._seen}
        self._find_moves(gone)
        self._changes.gone += gone.values()
        return self._changes

    def _compare(self, one: Found, failure: IngestFailure | None, depth: int) -> None:
        if isinstance(failure, Unsupported):
            self._changes.skipped.append((one, failure))
            return
        if failure is not None:
            self._fail(one, failure)
            return
        before = self._known.get(one.name)
        if before and _looks_the_same(one, before) and self._is_settled(one, before):
            self._same(before)
            return
        try:
            hashed = one.hashed()
        except OSError as error:
            self._fail(one, Unreadable(detail=error.strerror or error))
            return
        if before and before.sha256 == hashed.sha256 and self._is_settled(one, before):
            self._changes.touched.append((hashed, before))
            self._same_members(before)
            return
        verdict: Verdict = "changed" if before and not before.failure else "added"
        if hashed.is_container:
            self._expand(hashed, verdict, depth)
        if hashed.is_document:
            self._changes.to_read.append((hashed, verdict))

    def _is_settled(self, one: Found, before: Source) -> bool:
        """Whether the same content needs no reading: it was taken whole, or its failure would be the same again."""
        if self._again == "all" or before.facts.stated != one.stated.digest or not self._would_be_the_same(before):
            return False
        return not one.is_container or before.failure != "" or self._is_whole(before)

    def _would_be_the_same(self, source: Source) -> bool:
        if source.failure in _PASSING or (source.failure and self._again == "failed"):
            return False
        if any(warning.endswith(tuple(_PASSING)) for warning in source.facts.warnings):
            return False
        unsearchable = any(warning.startswith("ingest.page_without_text") for warning in source.facts.warnings)
        return not (source.failure or unsearchable) or source.facts.made_with == toolset()

    def _is_whole(self, container: Source) -> bool:
        """Whether all that it holds is known (no run was interrupted in between), and needs no reading either."""
        held = self._held.get(container.path, [])
        return len(held) == container.facts.members and all(
            self._would_be_the_same(one) and (one.facts.members < 0 or self._is_whole(one)) for one in held
        )

    def _same(self, source: Source) -> None:
        self._changes.same.append(source)
        self._same_members(source)

    def _same_members(self, container: Source) -> None:
        """What an unchanged container holds is unchanged; failures in it are tried again as others are."""
        for source in self._held.get(container.path, ()):
            self._seen.add(source.path)
            self._same(source)

    def _expand(self, container: Found, verdict: Verdict, depth: int) -> None:
        try:
            members = self._expander.expand(container, depth)
        except IngestFailure as failure:
            if container.is_document:
                members_known = -1 if failure.code in _PASSING else 0
                self._changes.expanded.append(Expanded(container, verdict, members_known, "ingest.members_unread"))
                self._keep_below(container.name)
            else:
                self._fail(container, failure)
            return
        self._changes.expanded.append(Expanded(container, verdict, len(members)))
        for member in members:
            found = _member(container, member)
            self._seen.add(found.name)
            if member.failure:
                refusal = FAILURES.get(member.failure, IngestFailure)(**member.parameters)
                self._changes.failed.append((found, refusal))
            elif not is_readable(found.path):
                self._changes.failed.append(
                    (found, Unsupported(suffix=PurePosixPath(member.name).suffix or member.name))
                )
            else:
                self._compare(found, None, depth + 1)

    def _fail(self, one: Found, failure: IngestFailure) -> None:
        self._changes.failed.append((one, failure))
        self._keep_below(one.name)

    def _keep_below(self, name: str) -> None:
        """What a folder or a container held that cannot be opened now is not gone."""
        for path, source in self._known.items():
            if path.startswith(f"{name}/") and path not in self._seen:
                self._seen.add(path)
                self._changes.same.append(source)

    def _find_moves(self, gone: dict[str, Source]) -> None:
        """A new path with the content of a file that is gone: the file moved."""
        by_content: dict[str, list[Source]] = {}
        for one in gone.values():
            if not one.failure:
                by_content.setdefault(one.sha256, []).append(one)

        def origin(found: Found) -> Source | None:
            candidates = by_content.get(found.sha256, [])
            if found.name in self._known or not candidates or candidates[-1].facts.stated != found.stated.digest:
                return None
            del gone[candidates[-1].path]
            return candidates.pop()

        staying: list[tuple[Found, Verdict]] = []
        for file, verdict in self._changes.to_read:
            old = origin(file)
            if old is None:
                staying.append((file, verdict))
            else:
                self._changes.moved.append((file, old))
        self._changes.to_read = staying
        for position, box in enumerate(self._changes.expanded):
            before = None if box.file.is_document else origin(box.file)
            if before is not None:
                self._changes.expanded[position] = replace(box, verdict="moved", before=before)


def _looks_the_same(one: Found, before: Source) -> bool:
    """By size and time; what was unpacked has no time of its own, and is compared by its content."""
    return not one.container and (before.size, before.mtime_ns) == (one.size, one.mtime_ns)


def _member(container: Found, member: Member) -> Found:
    """A member as a file of its own: its size counts, its time does not."""
    path = Path(member.file) if member.file else Path(member.name)
    size = path.stat().st_size if member.file else 0
    stated = container.stated.over(member.metadata) if member.metadata else Stated(_inherited(container.stated))
    return Found(path, f"{container.name}/{member.name}", container.root, size, 0, "", container.name, stated)


def _inherited(stated: Stated) -> dict[str, str]:
    """What holds for a container holds for its members, but its title and date."""
    return {name: value for name, value in stated.metadata.items() if name not in {"title", "date", "author"}}
