"""The child process that opens files: `python -m ingest.child '<memory limit>'`.  JSON lines in and out.

In: {"do": "read" | "expand" | "recognise", "path": ..., ...}.
Out: {"done": ...} or {"failure": code, "parameters": ...}.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import shutil
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ingest.errors import BrokenFile, EmptyFile, IngestFailure, TooGreedy, Unreadable

_PR_SET_PDEATHSIG = 1
_MOST_FILE = 4 << 30  # bytes of any file that a child may write


def read(path: Path) -> dict[str, Any]:
    from ingest.readers import reader_for

    return asdict(reader_for(path).read(path))


def expand(path: Path, into: str, most_bytes: int) -> list[dict[str, Any]]:
    from ingest.containers import container_for
    from ingest.containers.unpack import at_most

    folder = Path(into)
    shutil.rmtree(folder, ignore_errors=True)  # what a child that was killed left
    folder.mkdir(parents=True)
    with at_most(most_bytes):
        return [asdict(one) for one in container_for(path).expand(path, folder)]


def recognise(path: Path, page: int) -> dict[str, Any]:
    from ingest.ocr import recognise_page

    return asdict(recognise_page(path, page))


_TASKS: dict[str, Callable[..., Any]] = {"read": read, "expand": expand, "recognise": recognise}


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """What was asked for, or why it cannot be had."""
    path = Path(request.pop("path"))
    try:
        if path.stat().st_size == 0:
            raise EmptyFile
        return {"done": _TASKS[request.pop("do")](path, **request)}
    except IngestFailure as failure:
        return _failure(failure)
    except MemoryError:
        return _failure(TooGreedy())
    except OSError as error:
        return _failure(Unreadable.of(error))
    except RecursionError:
        return _failure(BrokenFile(detail="nesting"))
    except Exception as error:
        return _failure(BrokenFile(detail=f"{type(error).__name__}: {error}"[:200]))


def main() -> None:
    _signal_at_parents_end(signal.SIGKILL)
    _guard()
    limit = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_MOST_FILE, _MOST_FILE))
    os.nice(5)  # questions and embeddings go first
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not reach the protocol
    for line in sys.stdin.buffer:
        output.write(json.dumps(answer(json.loads(line))).encode() + b"\n")
        output.flush()


def _signal_at_parents_end(number: signal.Signals) -> None:
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number)


def _guard() -> None:
    """A second process that outlives this one just long enough to end what it started, whatever ended it.

    The signal at a parent's end reaches one generation only: LibreOffice's launcher starts others, and Tesseract would
    go on alone.  All of them are in the process group that this process leads.
    """
    child = os.getpid()
    if os.getpgrp() != child or os.fork():
        return
    os.closerange(0, 64)  # whoever waits for the end of the child's output must not wait for ours
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    _signal_at_parents_end(signal.SIGTERM)
    if os.getppid() == child:  # else it ended before it was asked to tell
        signal.sigwait({signal.SIGTERM})
    os.killpg(child, signal.SIGKILL)


def _failure(failure: IngestFailure) -> dict[str, Any]:
    return {"failure": failure.code, "parameters": failure.parameters}


if __name__ == "__main__":
    main()
