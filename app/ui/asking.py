"""A question being answered in the background: a click that ends the page's script does not end the answer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from app.assistant.answer import Assistant
from app.assistant.events import Event, Finished, Question, Quoted, Retrieved, Sentence, Waiting
from models.protocols import Generation


@dataclass(frozen=True, slots=True)
class View:
    """What there is to draw, so far."""

    found: int | None = None
    quoted: Quoted | None = None
    waiting: int = 0
    written: tuple[Sentence, ...] = ()
    finished: Finished | None = None
    failure: Exception | None = None
    abandoned: bool = False

    @property
    def over(self) -> bool:
        return self.finished is not None or self.failure is not None or self.abandoned

    def after(self, event: Event) -> View:
        match event:
            case Retrieved(hits):
                return replace(self, found=len(hits))
            case Quoted():
                return replace(self, quoted=event)
            case Waiting(position):
                return replace(self, waiting=position)
            case Sentence():
                return replace(self, written=(*self.written, event), waiting=0)
            case Finished():
                return replace(self, finished=event, waiting=0)


@dataclass(slots=True)
class Asking:
    """Starts at once; any number of page runs may watch it, now or later."""

    question: Question
    assistant: Assistant
    _view: View = field(default_factory=View)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _abandoned: threading.Event = field(default_factory=threading.Event)
    _generation: Generation | None = None

    def start(self, context: Callable[[threading.Thread], object] = lambda thread: None) -> Asking:
        thread = threading.Thread(target=self._consume, name="answer", daemon=True)
        context(thread)
        thread.start()
        return self

    def abandon(self) -> None:
        """Another question was asked: the generation ends, and who waits behind it is served."""
        self._abandoned.set()
        if self._generation is not None:
            self._generation.cancel()

    def _hold(self, generation: Generation) -> None:
        self._generation = generation
        if self._abandoned.is_set():
            generation.cancel()

    def views(self) -> Iterator[View]:
        """The present view, then each new one, the last one over."""
        shown: View | None = None
        while shown is None or not shown.over:
            with self._changed:
                if self._view is shown:
                    self._changed.wait(timeout=1.0)
                view = self._view
            if view is not shown:
                shown = view
                yield view

    def _consume(self) -> None:
        events = self.assistant.answer(self.question, self._hold)
        try:
            for event in events:
                self._show(self._view.after(event))
                if self._abandoned.is_set():
                    self._show(replace(self._view, abandoned=True))
                    break
        except Exception as failure:
            self._show(replace(self._view, failure=failure))
        finally:
            events.close()  # type: ignore[attr-defined]

    def _show(self, view: View) -> None:
        with self._changed:
            self._view = view
            self._changed.notify_all()
