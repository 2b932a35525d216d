"""Which passages each asker's last prompt held, and in which order: the next one begins alike, and is not read anew."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

from index.records import Hit

Place = tuple[str, int, int, int]  # sha256 of the version, page, start, end
_ASKERS = 256


def place_of(hit: Hit) -> Place:
    return hit.document.sha256, hit.page, hit.start, hit.end


@dataclass(slots=True)
class Recent:
    """Of the askers who asked last; places alone, no text.  Thread-safe."""

    _places: OrderedDict[str, tuple[Place, ...]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, asker: str) -> tuple[Place, ...]:
        with self._lock:
            return self._places.get(asker, ())

    def note(self, asker: str, passages: Sequence[Hit]) -> None:
        with self._lock:
            self._places[asker] = tuple(place_of(one) for one in passages)
            self._places.move_to_end(asker)
            while len(self._places) > _ASKERS:
                self._places.popitem(last=False)


def as_before(passages: Sequence[Hit], former: Sequence[Place]) -> list[Hit]:
    """The same passages, those first that the former prompt began with, in its order."""
    found = {place_of(one): one for one in passages}
    first: list[Hit] = []
    for place in former:
        if place not in found:
            break
        first.append(found[place])
    return first + [one for one in passages if one not in first]
