"""Reading in parallel, ahead of the embedder, each worker with a child process of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from queue import Empty, Full, Queue
from typing import TypeVar

from ingest.isolate import IsolatedReader

T = TypeVar("T")
R = TypeVar("R")

_POLL = 0.2  # seconds between two looks at whether the run has ended


def read_in_parallel(
    items: Iterable[T],
    work: Callable[[IsolatedReader, T], R],
    readers: list[IsolatedReader],
    *,
    ahead: int = 16,
) -> Iterator[R]:
    """Results as they come, at most `ahead` waiting.  An error in `work` is raised here.

    Leaving the iterator early ends the children: what they were reading is dropped.
    """
    todo = iter(items)
    taking = threading.Lock()
    ready: Queue[R | BaseException | None] = Queue(ahead)  # None: a worker has ended
    ended = threading.Event()

    def put(one: R | BaseException | None) -> None:
        while not ended.is_set():
            try:
                ready.put(one, timeout=_POLL)
            except Full:
                continue
            return

    def run(reader: IsolatedReader) -> None:
        try:
            while not ended.is_set():
                with taking:
                    item = next(todo)
                put(work(reader, item))
        except StopIteration:
            pass
        except BaseException as error:
            put(error)
        put(None)

    threads = [threading.Thread(target=run, args=(one,), name="reader", daemon=True) for one in readers]
    for thread in threads:
        thread.start()
    left = len(threads)
    try:
        while left:
            try:
                one = ready.get(timeout=_POLL)
            except Empty:
                continue
            if one is None:
                left -= 1
            elif isinstance(one, BaseException):
                raise one
            else:
                yield one
    finally:
        ended.set()
        for reader in readers:
            reader.close()
        for thread in threads:
            thread.join(timeout=5)
