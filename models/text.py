"""Bytes of tokens into text that may be shown."""

from __future__ import annotations

import codecs
from collections.abc import Sequence


class Text:
    """Bytes into text: no half characters, and nothing from a stop on."""

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops = [one for one in stops if one]
        self._characters = codecs.getincrementaldecoder("utf-8")("replace")
        self._held = ""  # it may be the beginning of a stop
        self.stopped = False

    def add(self, piece: bytes) -> str:
        """What may be shown now."""
        self._held += self._characters.decode(piece)
        found = [at for stop in self._stops if (at := self._held.find(stop)) >= 0]
        if found:
            self.stopped = True
            return self._held[: min(found)]
        kept = max((_begun(self._held, stop) for stop in self._stops), default=0)
        shown, self._held = self._held[: len(self._held) - kept], self._held[len(self._held) - kept :]
        return shown

    def rest(self) -> str:
        """What was held back, once nothing follows."""
        return self._held + self._characters.decode(b"", final=True)


def _begun(text: str, stop: str) -> int:
    """Characters at the end of `text` that begin `stop`."""
    return next((size for size in range(min(len(text), len(stop) - 1), 0, -1) if stop.startswith(text[-size:])), 0)
