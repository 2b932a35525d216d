"""Progress of a run: a bar with rate and time left on a terminal, plain lines otherwise."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, Protocol, TextIO

_LINE_EVERY = 10.0  # seconds
_PRUNING = "--prune: {count} documents: {names}"


class Progress(Protocol):
    def pruning(self, count: int, names: Sequence[str]) -> None:
        """So many documents are removed next; `names` are the first of them."""
        ...

    def begin(self, files: int, size: int) -> None:
        """How many files will be read, of how many bytes in all."""
        ...

    def read(self, name: str, size: int) -> None: ...

    def embedded(self, count: int) -> None: ...

    def recognised(self) -> None:
        """A page more was recognised.  Called from any thread."""
        ...

    def finish(self) -> None: ...


class SilentProgress:
    def pruning(self, count: int, names: Sequence[str]) -> None:
        return

    def begin(self, files: int, size: int) -> None:
        return

    def read(self, name: str, size: int) -> None:
        return

    def embedded(self, count: int) -> None:
        return

    def recognised(self) -> None:
        return

    def finish(self) -> None:
        return


class LineProgress:
    """A line every ten seconds: files, share of the bytes, passages embedded, rate, time left.

    `pruning` words what is about to be removed, by `count` and `names`.
    """

    def __init__(self, stream: TextIO, pruning: str = _PRUNING) -> None:
        self._stream = stream
        self._pruning = pruning
        self._files = self._size = self._done_files = self._done_size = self._passages = self._recognised = 0
        self._started = self._told = time.monotonic()

    def pruning(self, count: int, names: Sequence[str]) -> None:
        print(_worded(self._pruning, count, names), file=self._stream, flush=True)

    def begin(self, files: int, size: int) -> None:
        self._files, self._size = files, size
        self._started = self._told = time.monotonic()

    def read(self, name: str, size: int) -> None:
        self._done_files += 1
        self._done_size += size
        self._tell()

    def embedded(self, count: int) -> None:
        self._passages += count
        self._tell()

    def recognised(self) -> None:
        self._recognised += 1
        self._tell()

    def finish(self) -> None:
        return

    def _tell(self) -> None:
        now = time.monotonic()
        if now - self._told < _LINE_EVERY:
            return
        self._told = now
        elapsed = now - self._started
        share = self._done_size / self._size if self._size else 1.0
        left = f"{elapsed / share - elapsed:.0f} s" if share else "?"
        print(
            f"{self._done_files}/{self._files}  {share:.0%}  {self._passages} passages"
            f"  {self._passages / elapsed:.0f}/s{f'  {self._recognised} OCR' if self._recognised else ''}  -{left}",
            file=self._stream,
            flush=True,
        )


class BarProgress:
    """rich's bar over bytes read, with the number of passages embedded and the time left."""

    def __init__(self, stream: TextIO, pruning: str = _PRUNING) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        self._bar = Bar(
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[passages]} passages ({task.fields[rate]}/s){task.fields[recognised]}"),
            TimeRemainingColumn(),
            TextColumn("{task.description}"),
            console=Console(file=stream),
        )
        self._stream = stream
        self._pruning = pruning
        self._task: Any = None
        self._passages = self._recognised = 0
        self._started = time.monotonic()

    def pruning(self, count: int, names: Sequence[str]) -> None:
        print(_worded(self._pruning, count, names), file=self._stream, flush=True)  # the bar has not begun yet

    def begin(self, files: int, size: int) -> None:
        self._started = time.monotonic()
        self._task = self._bar.add_task("", total=files, passages=0, rate=0, recognised="")
        self._bar.start()

    def read(self, name: str, size: int) -> None:
        self._bar.update(self._task, advance=1, description=name[-60:])

    def embedded(self, count: int) -> None:
        self._passages += count
        rate = round(self._passages / max(0.1, time.monotonic() - self._started))
        if self._task is not None:  # not so while what was held before is embedded anew
            self._bar.update(self._task, passages=self._passages, rate=rate)

    def recognised(self) -> None:
        self._recognised += 1
        self._bar.update(self._task, recognised=f"  {self._recognised} OCR")

    def finish(self) -> None:
        self._bar.stop()


def progress_for(stream: TextIO, pruning: str = _PRUNING) -> Progress:
    return BarProgress(stream, pruning) if stream.isatty() else LineProgress(stream, pruning)


def _worded(pruning: str, count: int, names: Sequence[str]) -> str:
    more = ", …" if count > len(names) else ""
    return pruning.format(count=count, names=", ".join(names) + more)
