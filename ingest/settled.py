"""Which files of known content need no reading."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from index.records import Source
from ingest.tools import toolset
from ingest.walk import Found

Again = Literal["nothing", "failed", "all"]

_PASSING = ("ingest.unreadable", "ingest.reader_crashed", "ingest.changed_meanwhile")  # the next run may not meet them
_PARTLY_READ = ("ingest.page_not_recognised", "ingest.members_unread")  # warnings that reading again may do without


class Settled:
    """Judges by what is known of each file, and of what it holds.

    `again` unsettles what failed, whole or in part, or everything.
    """

    def __init__(self, known: Iterable[Source], again: Again) -> None:
        self._again = again
        self._held: dict[str, list[Source]] = {}
        for source in known:
            if source.facts.container:
                self._held.setdefault(source.facts.container, []).append(source)

    def held(self, container: str) -> Sequence[Source]:
        """What a container held when it was last unpacked; what an earlier state of it held has left it."""
        return self._held.get(container, ())

    def is_settled(self, one: Found, before: Source) -> bool:
        """Whether the same content needs no reading: it was taken whole, or its failure would be the same again."""
        if self._again == "all" or not one.stated.agrees_with(before.facts.stated) or not self._is_over(before):
            return False
        return not one.is_container or before.failure != "" or self._is_whole(before)

    def _is_over(self, source: Source) -> bool:
        if source.failure in _PASSING or (source.failure and self._again == "failed"):
            return False
        if any(warning.endswith(_PASSING) for warning in source.facts.warnings):
            return False
        if self._again == "failed" and any(warning.startswith(_PARTLY_READ) for warning in source.facts.warnings):
            return False
        unsearchable = any(warning.startswith("ingest.page_without_text") for warning in source.facts.warnings)
        return not (source.failure or unsearchable) or source.facts.made_with == toolset()

    def _is_whole(self, container: Source) -> bool:
        """Whether all that it holds is known (no run was interrupted in between), and needs no reading either."""
        held = self.held(container.path)
        return len(held) == container.facts.members and all(
            self._is_over(one) and (one.facts.members < 0 or self._is_whole(one)) for one in held
        )


def is_passing(code: str) -> bool:
    """Whether a failure may be over by the next run."""
    return code in _PASSING


def looks_the_same(one: Found, before: Source) -> bool:
    """By size and time; what was unpacked has no time of its own, and is compared by its content."""
    return not one.container and (before.size, before.mtime_ns) == (one.size, one.mtime_ns)
