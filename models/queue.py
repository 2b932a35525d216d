"""A fair queue: askers take turns, whatever each of them has queued."""

from __future__ import annotations

import threading
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class FairQueue(Generic[T]):
    """First come, first served among askers' first requests, then their second ones, and so on.  Thread-safe."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[T]] = {}
        self._turns: deque[str] = deque()
        self._changed = threading.Condition()
        self._closed = False

    def __len__(self) -> int:
        with self._changed:
            return sum(len(items) for items in self._waiting.values())

    def put(self, asker: str, item: T) -> bool:
        """False once the queue is closed: nobody would take it."""
        with self._changed:
            if self._closed:
                return False
            if asker not in self._waiting:
                self._waiting[asker] = deque()
                self._turns.append(asker)
            self._waiting[asker].append(item)
            self._changed.notify()
            return True

    def take(self) -> T | None:
        """The next item, waiting for one; None once the queue is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._turns or self._closed)
            if self._closed:
                return None
            return self._next(self._waiting, self._turns)

    def discard(self, item: T) -> None:
        with self._changed:
            for asker, items in list(self._waiting.items()):
                if item in items:
                    items.remove(item)
                    if not items:
                        del self._waiting[asker]
                        self._turns.remove(asker)

    def position(self, item: T) -> int | None:
        """How many are taken before `item`; None when it does not wait (any more)."""
        with self._changed:
            waiting = {asker: deque(items) for asker, items in self._waiting.items()}
            turns = deque(self._turns)
        place = 0
        while turns:
            if self._next(waiting, turns) is item:
                return place
            place += 1
        return None

    def close(self) -> list[T]:
        """Wake whoever waits; what was still queued."""
        with self._changed:
            self._closed = True
            left = [item for items in self._waiting.values() for item in items]
            self._waiting.clear()
            self._turns.clear()
            self._changed.notify_all()
        return left

    @staticmethod
    def _next(waiting: dict[str, deque[T]], turns: deque[str]) -> T:
        asker = turns.popleft()
        item = waiting[asker].popleft()
        if waiting[asker]:
            turns.append(asker)
        else:
            del waiting[asker]
        return item
