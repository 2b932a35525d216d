"""Reading ahead: bounded by count and by characters, whole, and ended with whoever takes."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ingest.isolate import IsolatedReader
from ingest.reading import read_in_parallel


@dataclass(frozen=True)
class Text:
    characters: int


class Ledger:
    """Characters that were read and not yet taken."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.held = self.peak = 0

    def add(self, characters: int) -> None:
        with self._lock:
            self.held += characters
            self.peak = max(self.peak, self.held)

    def read(self, reader: IsolatedReader, size: int) -> Text:
        self.add(size)
        return Text(size)


class CountingReader(IsolatedReader):
    closed = 0

    def close(self) -> None:
        self.closed += 1


def readers(count: int) -> list[IsolatedReader]:
    return [CountingReader(Path("unused")) for _ in range(count)]


def taken(results: Iterator[Text], ledger: Ledger) -> list[int]:
    sizes = []
    for one in results:
        time.sleep(0.01)  # workers without a bound would read everything meanwhile
        ledger.add(-one.characters)
        sizes.append(one.characters)
    return sizes


@pytest.mark.parametrize("workers", [1, 3])
def test_what_waits_is_bounded_by_its_characters(workers: int) -> None:
    ledger = Ledger()
    results = read_in_parallel([10] * 40, ledger.read, readers(workers), most_characters=25)
    assert taken(results, ledger) == [10] * 40
    # Two wait, each worker holds one, and one is being taken.
    assert ledger.peak <= 20 + 10 * workers + 10


def test_what_waits_is_bounded_by_its_count() -> None:
    ledger = Ledger()
    assert taken(read_in_parallel([1] * 40, ledger.read, readers(1), ahead=3), ledger) == [1] * 40
    assert ledger.peak <= 3 + 1 + 1


def test_a_document_longer_than_the_bound_waits_alone_and_comes_through() -> None:
    ledger = Ledger()
    results = read_in_parallel([100, 1, 1, 100, 100, 0], ledger.read, readers(2), most_characters=50)
    assert sorted(taken(results, ledger)) == [0, 1, 1, 100, 100, 100]


def test_leaving_early_ends_workers_that_wait_for_room() -> None:
    ledger, pool = Ledger(), readers(3)
    results = read_in_parallel([100] * 50, ledger.read, pool, most_characters=10)
    next(results)
    results.close()  # type: ignore[attr-defined]
    assert not any(one.name == "reader" for one in threading.enumerate())
    assert all(one.closed for one in pool if isinstance(one, CountingReader))
    assert ledger.peak < 50 * 100


def test_an_error_is_raised_after_what_was_read_before_it() -> None:
    def work(reader: IsolatedReader, size: int) -> Text:
        if size < 0:
            raise OSError("disk")
        return Text(size)

    results = read_in_parallel([5, 5, -1, 5], work, readers(1), most_characters=5)
    assert [next(results).characters, next(results).characters] == [5, 5]
    with pytest.raises(OSError, match="disk"):
        next(results)
    assert not any(one.name == "reader" for one in threading.enumerate())
