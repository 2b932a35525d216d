"""Greedy decoding of several texts at once: each pass over the weights gives a token to all that are being written."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from models.constraint import Constraint, Logits
from models.context import TOGETHER, Context, Part
from models.prefixes import Place, Prefixes
from models.text import Text

_READ = 64  # tokens of a prompt in one pass: between two passes it may be cancelled


@dataclass(frozen=True, slots=True)
class Counts:
    """Of one generation: tokens of the prompt, those of them that were read before, tokens written; milliseconds."""

    prompt_tokens: int = 0
    reused: int = 0
    written: int = 0
    reading_ms: float = 0.0
    writing_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Request:
    """A text of `max_tokens` at most.  With `markers`, each sentence ends with some of [1] to [markers].

    `begun`: what a worker that died had written of it; the text goes on from there.
    """

    number: int
    prompt: Sequence[int]
    max_tokens: int
    stops: Sequence[str] = ()
    markers: int = 0
    begun: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """The next piece of a text; with `counts`, its last one."""

    number: int
    piece: str
    counts: Counts | None = None


@dataclass(slots=True)
class _Line:
    """One text in its place of the context."""

    asked: Request
    place: Place
    reused: int
    most: int  # tokens of the whole text
    begun: int  # of them were written before
    text: Text
    constraint: Constraint | None
    started: float = field(default_factory=time.perf_counter)
    read: float | None = None  # when all of the prompt was
    tokens: int = 0  # written
    next: int | None = None  # chosen, and not in the context yet
    held: str = ""  # the end of a sentence that is being brought to its end: it is shown whole

    @property
    def unread(self) -> int:
        return len(self.asked.prompt) - len(self.place.tokens) if self.read is None else 0

    def part(self) -> Part:
        """What the next pass takes of it."""
        at = len(self.place.tokens)
        if self.next is not None:
            return Part(self.place.sequence, at, [self.next], True)
        return Part(self.place.sequence, at, self.asked.prompt[at : at + _READ], self.unread <= _READ)

    def counts(self) -> Counts:
        now = time.perf_counter()
        read = now if self.read is None else self.read
        reading, writing = _milliseconds(read - self.started), _milliseconds(now - read)
        return Counts(len(self.asked.prompt) - self.begun, self.reused, self.tokens, reading, writing)


@dataclass(slots=True)
class Pace:
    """Seconds that a token of a prompt, and a pass of writing so many texts, took lately."""

    reading: float = 0.0
    writing: dict[int, float] = field(default_factory=dict)

    def note(self, read: int, texts: int, seconds: float) -> None:
        """A pass: it read so many tokens of a prompt, or none and wrote."""
        if read:
            self.reading = _smoothed(self.reading, seconds / read)
        else:
            self.writing[texts] = _smoothed(self.writing.get(texts, 0.0), seconds)

    def together(self, texts: int) -> float:
        """Of one pass.  As long as so many were never written: as for fewer."""
        known = [count for count in self.writing if count <= texts]
        return self.writing[max(known)] if known else 0.0


class Decoder:
    """Texts of one context: as many at once as it has sequences, the others wait in their order.  Not thread-safe.

    One prompt is read after the other, the first come first: together none would be read sooner.  A pass reads or
    writes, since one that did both would take as long as two.
    """

    def __init__(self, context: Context) -> None:
        """The context is empty."""
        self._context = context
        self._fills = context.prefers_four()
        self._vocabulary = context.vocabulary
        self._prefixes = Prefixes(context)
        self._waiting: deque[Request] = deque()
        self._lines: list[_Line] = []
        self._behind = 0
        self.pace = Pace()
        self._reading = False  # was the last pass for a prompt?

    @property
    def idle(self) -> bool:
        return not self._lines and not self._waiting

    def add(self, asked: Request, behind: int = 0) -> None:
        """`behind`: how many more wait elsewhere.  Raises ValueError for a prompt that the context cannot hold."""
        if len(asked.prompt) >= self._context.length:
            raise ValueError(f"{len(asked.prompt)} tokens, context {self._context.length}")
        self._waiting.append(asked)
        self._behind = behind

    def cancel(self, number: int) -> Iterator[Written]:
        """End a text: what was read so far is kept.  Nothing, where it is over."""
        for asked in [one for one in self._waiting if one.number == number]:
            self._waiting.remove(asked)
            yield Written(number, "", Counts(len(asked.prompt)))
        for line in [one for one in self._lines if one.asked.number == number]:
            yield self._over(line, "")

    def step(self) -> Iterator[Written]:
        """One pass over the weights."""
        if self._waiting and self._is_next(self._waiting[0]):
            self._lines.append(self._begun(self._waiting.popleft()))
        served = self._served()
        parts = [line.part() for line in served]
        filling = self._filling(parts)
        began = time.perf_counter()
        scores = self._context.run([*parts, *filling])
        self.pace.note(len(parts[0].tokens) if self._reading else 0, len(parts), time.perf_counter() - began)
        for one in filling:
            self._context.cut(one.sequence, one.position)
        for line, part, logits in zip(served, parts, scores, strict=False):
            line.place.hold(part.tokens)
            if logits is not None:
                yield from self._chosen(line, logits)

    def _begun(self, asked: Request) -> _Line:
        begun = self._vocabulary.tokenize(asked.begun.encode())
        most = min(asked.max_tokens, self._context.length - len(asked.prompt))
        if begun:
            asked = replace(asked, prompt=[*asked.prompt, *begun][: self._context.length - 1])
        place = self._prefixes.take(asked.prompt)
        constraint = Constraint(self._vocabulary, asked.markers, asked.begun) if asked.markers else None
        return _Line(
            asked, place, len(place.tokens), most, len(begun), Text(asked.stops), constraint, tokens=len(begun)
        )

    def _is_next(self, asked: Request) -> bool:
        """Is its prompt to be read now?

        A text that joins those that are being written spares all who wait what it would take alone; but those who are
        being answered wait for the reading, and for longer passes.  Which is more, in the seconds of all of them?
        """
        if not self._prefixes.free or any(line.unread for line in self._lines):
            return False
        texts, unread = len(self._lines), self._prefixes.unread(asked.prompt)
        if not texts or unread <= _READ:
            return True
        passes = sum(line.most - line.tokens for line in self._lines) / 2 / texts  # most texts end before they must
        longer = self.pace.together(texts + 1) - self.pace.together(texts)
        spared = passes * (self.pace.together(1) - longer)
        return (len(self._waiting) + self._behind) * spared > texts * (unread * self.pace.reading + passes * longer)

    def _served(self) -> list[_Line]:
        """The texts of the next pass: all that are being written, or the one whose prompt is read, in turn."""
        unread = [line for line in self._lines if line.unread]
        writing = [line for line in self._lines if not line.unread]
        self._reading = bool(unread) and not (writing and self._reading)
        return unread if self._reading else writing

    def _filling(self, parts: list[Part]) -> list[Part]:
        """Tokens that nobody asked for, beside two or three sequences, where four rows take less time than they do."""
        if not self._fills or not 1 < len(parts) < TOGETHER:
            return []
        asked = {one.sequence for one in parts}
        beside = [one for one in self._prefixes.places if one.sequence not in asked]
        room = [one for one in beside if len(one.tokens) < self._context.length]
        return [Part(one.sequence, len(one.tokens), [0], False) for one in room]

    def _chosen(self, line: _Line, logits: Logits) -> Iterator[Written]:
        if line.read is None:
            line.read = time.perf_counter()
        token = line.constraint.choose(logits) if line.constraint else self._wanted(logits)
        if token is None or line.tokens >= line.most:
            yield self._over(line, line.text.rest())
            return
        line.tokens += 1
        line.next = token
        piece = line.text.add(self._vocabulary.piece(token))
        if line.text.stopped:
            yield self._over(line, piece)
        elif line.tokens == line.most or (line.constraint and line.constraint.over):
            yield self._over(line, piece + line.text.rest())
        elif line.constraint and line.constraint.closing:
            line.held += piece
        elif piece:
            yield Written(line.asked.number, line.held + piece)
            line.held = ""

    def _over(self, line: _Line, piece: str) -> Written:
        self._lines.remove(line)
        line.place.busy = False
        return Written(line.asked.number, line.held + piece, line.counts())

    def _wanted(self, logits: Logits) -> int | None:
        token = int(logits.argmax())
        return None if self._vocabulary.ends(token) else token


def _smoothed(before: float, now: float) -> float:
    return 0.8 * before + 0.2 * now if before else now


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 2)
