"""How far the reading of a large file has come, on a terminal: a line each tenth."""

from __future__ import annotations

import time
from collections.abc import Callable

from app.console import say
from app.messages import text

_SILENT_SECONDS = 1.0  # what takes less wants no lines


def progress_on_terminal(name: str, language: str) -> Callable[[float], None]:
    """Takes the share that is done, 0 to 1; may be used for one reading after another."""
    began = time.monotonic()
    said = 0

    def told(done: float) -> None:
        nonlocal said
        tenth = int(done * 10)
        if tenth < said:  # another reading
            said = 0
        if tenth in {said, 10} or time.monotonic() - began < _SILENT_SECONDS:
            return
        said = tenth
        say(text(language, "model_list.progress", name=name, percent=tenth * 10))

    return told
