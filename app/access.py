"""Who may read what.  One local user so far: whoever reaches the loopback address reads every collection."""

from __future__ import annotations

from collections.abc import Iterable

LOCAL_USER = "local"


def readable_collections(user: str, collections: Iterable[str]) -> frozenset[str]:
    """The collections that `user` may read; an unknown user reads none."""
    return frozenset(collections) if user == LOCAL_USER else frozenset()
