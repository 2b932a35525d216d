"""Opening files in a killable child process: a file may be slow, greedy or deadly, and costs only itself."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from ingest.containers.unpack import MOST_BYTES
from ingest.documents import ExtractedDocument, ExtractedPage, Member, document_from_json, page_from_json
from ingest.errors import FAILURES, IngestFailure, ReaderCrashed, TooSlow, Unreadable

_BLOCK = 1 << 20
_SECONDS_A_PAGE = 120  # to recognise


class IsolatedReader:
    """One child, kept between files, ended and replaced when a file exceeds a limit.

    `seconds`, and `seconds_per_megabyte` of the file, bound reading and unpacking; `memory_bytes` bounds the address
    space of the child and of each program that it starts.  What they write goes below `spool`.
    """

    def __init__(
        self,
        spool: Path,
        *,
        seconds: float = 120,
        seconds_per_megabyte: float = 4,
        memory_bytes: int = 2 << 30,
    ) -> None:
        self._spool = spool
        self._seconds = seconds
        self._seconds_per_megabyte = seconds_per_megabyte
        self._memory_bytes = memory_bytes
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> IsolatedReader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def read(self, path: Path) -> ExtractedDocument:
        """Raises the IngestFailure that says why the file has no text."""
        return document_from_json(self._ask("read", path, self._allowed(path)))

    def expand(self, path: Path, into: Path, most_bytes: int = MOST_BYTES) -> list[Member]:
        """Unpack a file that holds files into a new folder.  Raises IngestFailure."""
        asked = self._ask("expand", path, self._allowed(path), into=str(into.absolute()), most_bytes=most_bytes)
        return [Member(**one) for one in asked]

    def recognise(self, path: Path, page: int) -> ExtractedPage:
        """The text of a page that is a picture.  Raises IngestFailure."""
        return page_from_json(self._ask("recognise", path, min(_SECONDS_A_PAGE, self._allowed(path)), page=page))

    def close(self) -> None:
        """May be called from another thread: what is being read then ends as a crash."""
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)  # with the programs that it started
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with suppress(OSError, ValueError):
                    stream.close()

    def _ask(self, task: str, path: Path, seconds: float, **more: Any) -> Any:
        """A crash may be somebody else's doing (a kill, memory that ran short): it is tried once more.

        Paths go out absolute: the child's working directory is not ours.
        """
        request = json.dumps({"do": task, "path": str(path.absolute()), **more}).encode() + b"\n"
        try:
            return self._done(request, seconds)
        except ReaderCrashed:
            return self._done(request, seconds)

    def _done(self, request: bytes, seconds: float) -> Any:
        answer = self._answer(request, seconds)
        if "failure" in answer:
            raise FAILURES.get(answer["failure"], IngestFailure)(**answer["parameters"])
        return answer["done"]

    def _answer(self, request: bytes, seconds: float) -> Any:
        process = self._running()
        assert process.stdin is not None
        try:
            process.stdin.write(request)
            process.stdin.flush()
            line = _line_within(process, seconds)
        except (BrokenPipeError, ValueError):  # a ValueError: closed by another thread
            line = b""
        if line is None:
            self.close()
            raise TooSlow(seconds=round(seconds))
        if not line.endswith(b"\n"):
            process.kill()
            status = process.wait()
            self.close()
            raise ReaderCrashed(status=status)
        return json.loads(line)

    def _allowed(self, path: Path) -> float:
        """Raises Unreadable when the file is not there any more."""
        try:
            return self._seconds + self._seconds_per_megabyte * (path.stat().st_size >> 20)
        except OSError as error:
            raise Unreadable.of(error) from error

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.close()
            temporary = self._spool / "tmp"
            temporary.mkdir(parents=True, exist_ok=True)
            self._process = subprocess.Popen(
                [sys.executable, "-m", "ingest.child", str(self._memory_bytes)],
                cwd=Path(__file__).resolve().parents[1],
                env={**os.environ, "TMPDIR": str(temporary), "HOME": str(temporary), "OMP_THREAD_LIMIT": "1"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        return self._process


def _line_within(process: subprocess.Popen[bytes], seconds: float) -> bytes | None:
    """The child's answer, what there is of it if the child ended, None when time is up."""
    assert process.stdout is not None
    deadline = time.monotonic() + seconds
    blocks: list[bytes] = []
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while (left := deadline - time.monotonic()) > 0:
            if not selector.select(left):
                continue
            block = process.stdout.read1(_BLOCK)  # type: ignore[attr-defined]
            blocks.append(block)
            if not block or block.endswith(b"\n"):
                return b"".join(blocks)
    return None
