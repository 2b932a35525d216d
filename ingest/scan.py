"""What changed since the last run: new, changed, moved, gone, the same."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Literal

from index.records import Source
from ingest.documents import Member
from ingest.errors import (
    FAILURES,
    BadStatements,
    IngestFailure,
    LinkedFolder,
    NameTaken,
    NotRegular,
    Unreadable,
    Unsupported,
    UnusedPattern,
)
from ingest.expand import Expander
from ingest.moves import TitleOf, find_moves
from ingest.names import Names
from ingest.settled import Again, Settled, is_passing, looks_the_same
from ingest.walk import Found, is_readable

Verdict = Literal["added", "changed", "moved", "unchanged", "removed", "failed", "skipped", "missing"]

_SKIPPED = (Unsupported, NotRegular, LinkedFolder, UnusedPattern)


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
    """What a scan found.  `to_read` are new and changed files; the rest needs no reading.

    `touched` are the same but for their folder, size or time; `refused` are told and nothing is remembered of them.
    """

    known: Mapping[str, Source] = field(default_factory=dict)
    to_read: list[tuple[Found, Verdict]] = field(default_factory=list)
    same: list[Source] = field(default_factory=list)
    touched: list[Source] = field(default_factory=list)
    moved: list[tuple[Found, Source]] = field(default_factory=list)
    gone: list[Source] = field(default_factory=list)
    failed: list[tuple[Found, IngestFailure]] = field(default_factory=list)
    refused: list[tuple[Found, IngestFailure]] = field(default_factory=list)
    skipped: list[tuple[Found, IngestFailure]] = field(default_factory=list)
    expanded: list[Expanded] = field(default_factory=list)


class Scan:
    """Compares folders (or single files) with the last known state.

    A file of the same size and time is the same, and is not opened; one that failed is left in quarantine until it,
    what is stated about it or the tools that read it change.  Only documents that came from one of these folders can
    be gone.  `title_of` tells what a document is called that is held already.
    """

    def __init__(
        self,
        known: Mapping[str, Source],
        expander: Expander,
        *,
        again: Again = "nothing",
        title_of: TitleOf = lambda source: "",
    ) -> None:
        self._known = known
        self._paths = sorted(known)
        self._expander = expander
        self._title_of = title_of
        self._changes = Changes(known)
        self._seen: set[str] = set()
        self._names = Names()
        self._settled = Settled(known.values(), again)

    def run(self, found: Sequence[tuple[Found, IngestFailure | None]], roots: Set[str]) -> Changes:
        """Compare what was found.  `roots` are the folders that were walked whole: only from them is a file gone."""
        self._seen |= {one.name for one, _ in found}
        for one, failure in {(one.root, one.name, repr(failure)): (one, failure) for one, failure in found}.values():
            self._compare(one, failure, depth=0)
        gone = {
            name: one
            for name, one in self._known.items()
            if name not in self._seen and self._names.root_of(one) in roots
        }
        find_moves(self._changes, self._known, gone, self._title_of)
        self._changes.gone += gone.values()
        return self._changes

    def _compare(self, one: Found, failure: IngestFailure | None, depth: int) -> None:
        try:
            if isinstance(failure, _SKIPPED) and not one.container:
                self._changes.skipped.append((one, failure))
                if isinstance(failure, LinkedFolder):
                    self._keep_below(one)
            elif isinstance(failure, BadStatements):
                self._changes.refused.append((one, failure))
            else:
                self._judge(one, failure, depth)
        except NameTaken as taken:
            self._changes.refused.append((one, taken))
        except IngestFailure as refusal:
            self._fail(one, refusal)

    def _judge(self, one: Found, failure: IngestFailure | None, depth: int) -> None:
        """Raises NameTaken, and the IngestFailure that keeps a file from being read."""
        before = self._known.get(one.name)
        self._names.claim(one, before)
        self._seen.add(one.name)
        if failure is not None:
            raise failure
        is_same = before and self._names.root_of(before) == one.root and looks_the_same(one, before)
        if before and is_same and self._settled.is_settled(one, before):
            self._same(before, one.root)
            return
        hashed = _hashed(one)
        try:
            self._names.take_over(hashed, before)
        except NameTaken:
            self._seen.discard(one.name)  # the other folder's file may be gone from there
            raise
        if before and before.sha256 == hashed.sha256 and self._settled.is_settled(one, before):
            self._touch(hashed, before)
            return
        verdict: Verdict = "changed" if before and (before.passages or not before.failure) else "added"
        if hashed.is_container:
            self._expand(hashed, verdict, depth)
        if hashed.is_document:
            self._changes.to_read.append((hashed, verdict))

    def _same(self, source: Source, root: str) -> None:
        """An unchanged file, found in the folder `root`: what it holds is unchanged and is there too."""
        if source.root == root:
            self._changes.same.append(source)
        else:
            self._changes.touched.append(replace(source, root=root))
        self._same_members(source, root)

    def _same_members(self, container: Source, root: str) -> None:
        for held in self._settled.held(container.path):
            self._seen.add(held.path)
            self._same(held, root)

    def _touch(self, found: Found, before: Source) -> None:
        facts = replace(before.facts, container=found.container)
        source = replace(before, root=found.root, size=found.size, mtime_ns=found.mtime_ns, facts=facts)
        self._changes.touched.append(source)
        self._same_members(before, found.root)
        found.discard()

    def _expand(self, container: Found, verdict: Verdict, depth: int) -> None:
        try:
            members = self._expander.expand(container, depth)
        except IngestFailure as failure:
            if not container.is_document:
                self._fail(container, failure)
                return
            members_known = -1 if is_passing(failure.code) else 0
            self._changes.expanded.append(Expanded(container, verdict, members_known, "ingest.members_unread"))
            self._keep_below(container)
            return
        self._changes.expanded.append(Expanded(container, verdict, len(members)))
        for member in members:
            self._compare(*_member(container, member), depth + 1)

    def _fail(self, one: Found, failure: IngestFailure) -> None:
        self._changes.failed.append((one, failure))
        self._keep_below(one)

    def _keep_below(self, one: Found) -> None:
        """What a folder or a container held that cannot be opened now is not gone."""
        for source in self._below(one.name):
            if source.path not in self._seen and self._names.root_of(source) == one.root:
                self._seen.add(source.path)
                self._changes.same.append(source)

    def _below(self, name: str) -> Iterator[Source]:
        first, last = bisect_left(self._paths, f"{name}/"), bisect_left(self._paths, f"{name}0")  # "0" follows "/"
        for path in self._paths[first:last]:
            yield self._known[path]


def _hashed(one: Found) -> Found:
    try:
        return one.hashed()
    except OSError as error:
        raise Unreadable.of(error) from error


def _member(container: Found, member: Member) -> tuple[Found, IngestFailure | None]:
    """A member as a file of its own, or what kept it from being unpacked: its size counts, its time does not."""
    path = Path(member.file) if member.file else Path(member.name)
    size = path.stat().st_size if member.file else 0
    stated = container.stated.over(member.metadata) if member.metadata else container.stated.inherited()
    name = f"{container.name}/{member.name}"
    found = Found(path, name, container.root, size, 0, "", container.name, stated)
    if member.failure:
        return found, FAILURES.get(member.failure, IngestFailure)(**member.parameters)
    if not is_readable(path):
        return found, Unsupported(suffix=PurePosixPath(member.name).suffix or member.name)
    return found, None
