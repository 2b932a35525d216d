"""Errors of `models`: each class owns its code and its exit code; the interface words them (app/locales)."""

from __future__ import annotations


class ModelFailure(Exception):
    """Base.  `parameters` fill the message that the interface keeps under `code`."""

    code = "models.failure"
    exit_code = 4

    def __init__(self, **parameters: object) -> None:
        self.parameters = {name: str(value) for name, value in parameters.items()}
        super().__init__(f"{self.code} {self.parameters}" if self.parameters else self.code)


class ChangedFile(ModelFailure):
    """A model file is not the one on record: it is refused."""

    code = "models.changed_file"
    exit_code = 3


class MissingFile(ModelFailure):
    code = "models.missing_file"


class BadRegistry(ModelFailure):
    code = "models.bad_registry"


class CannotStart(ModelFailure):
    """The worker could not load its model."""

    code = "models.cannot_start"


class WorkerDied(ModelFailure):
    """The worker ended, or fell silent and was ended, during a generation."""

    code = "models.worker_died"


class PromptTooLong(ModelFailure):
    code = "models.prompt_too_long"
