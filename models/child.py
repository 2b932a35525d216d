"""The parent's side of the worker: start it, talk to it, notice that it died, end it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections import deque
from contextlib import suppress
from itertools import count
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from models.errors import CannotStart, CrashedAtStart, WorkerDied
from models.loading import OFFLINE, TURNS_BEFORE_SLEEP
from models.protocols import ModelCard

DIED: dict[str, Any] = {"died": True}
_STDERR_LINES = 20


class Child:
    """One running worker.  Messages about a request go to that request's own inbox, `DIED` last if the worker ends."""

    def __init__(
        self,
        card: ModelCard,
        *,
        threads: int,
        context_tokens: int,
        sequences: int = 1,
        repacked: bool = True,
        start_seconds: float = 300,
    ) -> None:
        options = {
            "path": card.path,
            "threads": threads,
            "context_tokens": context_tokens,
            "sequences": sequences,
            "repacked": repacked,
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "models.worker", json.dumps(options)],
            cwd=Path(__file__).resolve().parents[1],
            env={"GOMP_SPINCOUNT": TURNS_BEFORE_SLEEP, **os.environ, **OFFLINE},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self._inboxes: dict[int, SimpleQueue[dict[str, Any]]] = {}
        self._numbers = count(1)
        self._lock = threading.Lock()
        self._dead = False
        self._heard = 0
        self._started = threading.Event()
        self._fatal = ""
        self._stderr: deque[str] = deque(maxlen=_STDERR_LINES)
        threading.Thread(target=self._read, daemon=True).start()
        threading.Thread(target=self._read_stderr, daemon=True).start()
        if not self._started.wait(start_seconds) or self._dead or self._fatal:
            crashed = (self._process.poll() or 0) < 0
            self.kill()
            failure = CrashedAtStart if crashed else CannotStart
            raise failure(name=card.name, detail=" ".join([self._fatal, *self._stderr]).strip() or "?")

    @property
    def alive(self) -> bool:
        return not self._dead and self._process.poll() is None

    @property
    def pid(self) -> int:
        return self._process.pid

    def ask(self, op: str, **arguments: Any) -> tuple[int, SimpleQueue[dict[str, Any]]]:
        """Send a request: its number, and the inbox for what is said about it."""
        inbox: SimpleQueue[dict[str, Any]] = SimpleQueue()
        with self._lock:
            number = next(self._numbers)
            if self._dead:
                inbox.put(DIED)
                return number, inbox
            self._inboxes[number] = inbox
        self._send({"op": op, "id": number, **arguments})
        return number, inbox

    @property
    def heard(self) -> int:
        """How often it has said anything, about any request; it says that it is alive while it works."""
        return self._heard

    def cancel(self, number: int) -> None:
        self._send({"op": "cancel", "id": number})

    def kill(self) -> None:
        """End it at once: a prompt that is being read cannot be interrupted otherwise."""
        self._process.kill()
        self._process.wait()

    def died(self) -> WorkerDied:
        return WorkerDied(detail=" ".join(self._stderr) or f"exit {self._process.poll()}")

    def _send(self, message: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        try:
            with self._lock:
                self._process.stdin.write(json.dumps(message).encode() + b"\n")
                self._process.stdin.flush()
        except (OSError, ValueError):  # it died: the reading thread tells every inbox
            return

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as output:
            for line in output:
                self._heard += 1
                try:
                    message = json.loads(line)
                except ValueError:  # it was killed while it wrote
                    break
                if "id" in message:
                    self._deliver(message)
                elif "alive" not in message:
                    self._fatal = message.get("fatal", "")
                    self._started.set()
        with self._lock:
            self._dead = True
            left = list(self._inboxes.values())
            self._inboxes.clear()
        for inbox in left:
            inbox.put(DIED)
        self._process.wait()
        self._close_stdin()
        self._started.set()

    def _close_stdin(self) -> None:
        assert self._process.stdin is not None
        with self._lock, suppress(OSError):
            self._process.stdin.close()

    def _deliver(self, message: dict[str, Any]) -> None:
        with self._lock:
            over = "piece" not in message or "done" in message
            inbox = self._inboxes.pop(message["id"], None) if over else self._inboxes.get(message["id"])
        if inbox is not None:
            inbox.put(message)

    def _read_stderr(self) -> None:
        assert self._process.stderr is not None
        with self._process.stderr as errors:
            for line in errors:
                self._stderr.append(line.decode(errors="replace").strip())
