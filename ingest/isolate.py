"""Reading in a killable child process: a file may be slow, greedy or deadly, and costs only itself."""

from __future__ import annotations

import json
import selectors
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from ingest.documents import ExtractedDocument, ExtractedPage, Heading
from ingest.errors import FAILURES, IngestFailure, ReaderCrashed, TooSlow

_BLOCK = 1 << 20


class IsolatedReader:
    """One child, kept between files, ended and replaced when a file exceeds a limit."""

    def __init__(self, *, seconds: float = 120, seconds_per_megabyte: float = 4, memory_bytes: int = 2 << 30) -> None:
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
        process = self._running()
        assert process.stdin is not None
        allowed = self._seconds + self._seconds_per_megabyte * (path.stat().st_size >> 20)
        try:
            process.stdin.write(json.dumps({"path": str(path)}).encode() + b"\n")
            process.stdin.flush()
            line = _line_within(process, allowed)
        except BrokenPipeError:
            line = b""
        if line is None:
            self.close()
            raise TooSlow(seconds=round(allowed))
        if not line.endswith(b"\n"):
            self.close()
            raise ReaderCrashed(status=process.returncode)
        return _document(json.loads(line))

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for stream in (self._process.stdin, self._process.stdout):
                if stream is not None:
                    try:
                        stream.close()
                    except BrokenPipeError:
                        continue
            self._process = None

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "ingest.child", str(self._memory_bytes)],
                cwd=Path(__file__).resolve().parents[1],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
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


def _document(answer: dict[str, Any]) -> ExtractedDocument:
    if "failure" in answer:
        raise FAILURES.get(answer["failure"], IngestFailure)(**answer["parameters"])
    fields = answer["document"]
    pages = tuple(
        ExtractedPage(page["number"], page["label"], page["text"], tuple(Heading(**one) for one in page["headings"]))
        for page in fields["pages"]
    )
    return ExtractedDocument(**{**fields, "pages": pages, "warnings": tuple(fields["warnings"])})
