"""Errors of `ingest`: each class owns its code and its exit code; the interface words them (app/locales)."""

from __future__ import annotations


class IngestFailure(Exception):
    """Base.  `parameters` fill the message that the interface keeps under `code`."""

    code = "ingest.failure"
    exit_code = 1

    def __init__(self, **parameters: object) -> None:
        self.parameters = {name: str(value) for name, value in parameters.items()}
        super().__init__(f"{self.code} {self.parameters}" if self.parameters else self.code)
