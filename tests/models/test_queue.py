"""The queue is fair: between two requests of one asker, every other asker who waits is served once."""

from __future__ import annotations

import threading
from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from models.queue import FairQueue

ASKERS = st.lists(st.sampled_from("abcd"), min_size=1, max_size=20)


def filled(askers: list[str]) -> tuple[FairQueue[tuple[str, int]], list[tuple[str, int]]]:
    queue: FairQueue[tuple[str, int]] = FairQueue()
    items = [(asker, number) for number, asker in enumerate(askers)]
    for item in items:
        queue.put(item[0], item)
    return queue, items


def rounds(items: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """The oracle: everybody's first request in order of arrival of the askers, then everybody's second..."""
    by_asker: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for item in items:
        by_asker[item[0]].append(item)
    longest = max(map(len, by_asker.values()))
    return [listed[turn] for turn in range(longest) for listed in by_asker.values() if turn < len(listed)]


@given(ASKERS)
def test_askers_take_turns_and_each_keeps_its_order(askers: list[str]) -> None:
    queue, items = filled(askers)
    assert [queue.take() for _ in items] == rounds(items)


@given(ASKERS)
def test_the_position_is_how_many_are_taken_before(askers: list[str]) -> None:
    queue, items = filled(askers)
    positions = {item: queue.position(item) for item in items}
    assert [positions[item] for item in rounds(items)] == list(range(len(items)))


@given(ASKERS, st.integers(0, 19))
def test_what_is_discarded_is_not_taken_and_nobody_else_is_lost(askers: list[str], which: int) -> None:
    queue, items = filled(askers)
    gone = items[which % len(items)]
    queue.discard(gone)
    assert queue.position(gone) is None
    left = [item for item in items if item != gone]
    assert sorted(queue.take() for _ in left) == sorted(left)  # type: ignore[type-var]


def test_taking_waits_and_closing_wakes() -> None:
    queue: FairQueue[str] = FairQueue()
    taken: list[str | None] = []
    thread = threading.Thread(target=lambda: taken.extend([queue.take(), queue.take()]))
    thread.start()
    queue.put("a", "one")
    while not taken and thread.is_alive() and queue.position("one") is not None:
        threading.Event().wait(0.01)
    queue.close()
    thread.join(5)
    assert taken == ["one", None]
