"""Reading in parallel, ahead of the embedder, each worker with a child process of its own."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Generic, Protocol, TypeVar

from ingest.isolate import IsolatedReader

_MOST_CHARACTERS = 20_000_000  # some 40 MB of French text, pages of words apart


class Measured(Protocol):
    @property
    def characters(self) -> int: ...


T = TypeVar("T")
R = TypeVar("R", bound=Measured)


def read_in_parallel(
    items: Iterable[T],
    work: Callable[[IsolatedReader, T], R],
    readers: list[IsolatedReader],
    *,
    ahead: int = 16,
    most_characters: int = _MOST_CHARACTERS,
) -> Iterator[R]:
    """Results as they come.  An error in `work` is raised here.

    At most `ahead` results wait, and of at most `most_characters` together; one that is longer waits alone.  Besides
    what waits, each worker holds one result at most.  Leaving the iterator early ends the children: what they were
    reading is dropped.
    """
    todo = iter(items)
    taking = threading.Lock()
    waiting: _Waiting[R] = _Waiting(ahead, most_characters)

    def run(reader: IsolatedReader) -> None:
        try:
            while not waiting.ended:
                with taking:
                    item = next(todo)
                waiting.put(work(reader, item))
        except StopIteration:
            pass
        except BaseException as error:
            waiting.tell(error)
        waiting.tell(None)

    threads = [threading.Thread(target=run, args=(one,), name="reader", daemon=True) for one in readers]
    for thread in threads:
        thread.start()
    left = len(threads)
    try:
        while left:
            one = waiting.take()
            if one is None:
                left -= 1
            elif isinstance(one, BaseException):
                raise one
            else:
                yield one
    finally:
        waiting.end()
        for reader in readers:
            reader.close()
        for thread in threads:
            thread.join(timeout=5)


class _Waiting(Generic[R]):
    """What stands between the workers and the one who takes, in order: results, errors, and None where one ended."""

    def __init__(self, ahead: int, most_characters: int) -> None:
        self._ahead = ahead
        self._most_characters = most_characters
        self._queue: deque[R | BaseException | None] = deque()
        self._characters = 0
        self._changed = threading.Condition()
        self.ended = False

    def put(self, result: R) -> None:
        """Returns once there is room for it, or nobody takes any more."""
        size = result.characters
        with self._changed:
            self._changed.wait_for(lambda: self.ended or self._has_room(size))
            if not self.ended:
                self._queue.append(result)
                self._characters += size
                self._changed.notify_all()

    def tell(self, news: BaseException | None) -> None:
        with self._changed:
            self._queue.append(news)
            self._changed.notify_all()

    def take(self) -> R | BaseException | None:
        with self._changed:
            self._changed.wait_for(lambda: self._queue)
            one = self._queue.popleft()
            if one is not None and not isinstance(one, BaseException):
                self._characters -= one.characters
            self._changed.notify_all()
            return one

    def end(self) -> None:
        with self._changed:
            self.ended = True
            self._queue.clear()
            self._changed.notify_all()

    def _has_room(self, size: int) -> bool:
        fits = self._characters == 0 or self._characters + size <= self._most_characters
        return fits and len(self._queue) < self._ahead
