"""How far the reading of a large file has come, on a terminal: a line each tenth."""

from __future__ import annotations

from collections.abc import Callable

from app.console import say
from app.messages import text


def progress_on_terminal(name: str, language: str) -> Callable[[float], None]:
    """Takes the share that is done.  A file that is read at one go says nothing."""
    said = 0

    def told(done: float) -> None:
        nonlocal said
        tenth = int(done * 10)
        if tenth == said or tenth >= 10:
            said = 0 if tenth >= 10 else tenth
            return
        said = tenth
        say(text(language, "model_list.progress", name=name, percent=tenth * 10))

    return told
