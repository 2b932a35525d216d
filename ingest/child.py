"""The child process that reads files: `python -m ingest.child '<limits>'`.  JSON lines in and out.

In: {"path": ...}.  Out: {"document": ...} or {"failure": code, "parameters": ...}.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ingest.errors import BrokenFile, EmptyFile, IngestFailure, TooGreedy, Unreadable
from ingest.readers import reader_for

_PR_SET_PDEATHSIG = 1


def read(path: Path) -> dict[str, Any]:
    """One file's text, or why there is none."""
    try:
        if path.stat().st_size == 0:
            raise EmptyFile
        return {"document": asdict(reader_for(path).read(path))}
    except IngestFailure as failure:
        return _failure(failure)
    except MemoryError:
        return _failure(TooGreedy())
    except OSError as error:
        return _failure(Unreadable(detail=error.strerror or error))
    except RecursionError:
        return _failure(BrokenFile(detail="nesting"))
    except Exception as error:
        return _failure(BrokenFile(detail=f"{type(error).__name__}: {error}"[:200]))


def main() -> None:
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    limit = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not reach the protocol
    for line in sys.stdin.buffer:
        answer = read(Path(json.loads(line)["path"]))
        output.write(json.dumps(answer).encode() + b"\n")
        output.flush()


def _failure(failure: IngestFailure) -> dict[str, Any]:
    return {"failure": failure.code, "parameters": failure.parameters}


if __name__ == "__main__":
    main()
