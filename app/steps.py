"""The steps of a long run, on a terminal: one line each, and each tenth of it."""

from __future__ import annotations

from collections.abc import Callable

from app.console import say
from app.messages import text


def steps_on_terminal(language: str) -> Callable[[str, float], None]:
    """What takes the name of a step and the share of it that is done, and says so when a tenth more is."""
    said: tuple[str, int] | None = None

    def told(step: str, done: float) -> None:
        nonlocal said
        now = (step, int(done * 10))
        if now != said:
            said = now
            say(text(language, f"adapt.{step}", percent=now[1] * 10))

    return told
