"""Errors of `app`: each class owns its code and its exit code; the wording is in app/locales."""

from __future__ import annotations


class AppFailure(Exception):
    """Base.  `parameters` fill the message that is kept under `code`."""

    code = "app.failure"
    exit_code = 4

    def __init__(self, **parameters: object) -> None:
        self.parameters = {name: str(value) for name, value in parameters.items()}
        super().__init__(f"{self.code} {self.parameters}" if self.parameters else self.code)


class BadQuestions(AppFailure):
    """An evaluation file that cannot be read."""

    code = "app.bad_questions"
    exit_code = 2


class NoSuchCollection(AppFailure):
    """A collection that is not there, or that the user may not read: told alike."""

    code = "app.no_such_collection"
    exit_code = 2


class EmptyQuestion(AppFailure):
    code = "app.empty_question"
    exit_code = 2


class BadDate(AppFailure):
    code = "app.bad_date"
    exit_code = 2


class UnknownType(AppFailure):
    code = "app.unknown_type"
    exit_code = 2


class TooLittleText(AppFailure):
    """A collection from which an embedder can learn nothing, or be judged by nothing."""

    code = "app.too_little_text"
    exit_code = 1


class NoCollection(AppFailure):
    """A verb that learns from a collection, without one."""

    code = "app.no_collection"
    exit_code = 2


class NoQuestions(AppFailure):
    """A verb that learns from questions, without any."""

    code = "app.no_questions"
    exit_code = 2


class TooFewQuestions(AppFailure):
    """Too few, with or without an answer, to tell one from the other."""

    code = "app.too_few_questions"
    exit_code = 1


class BadCalibration(AppFailure):
    """The fitted measure that cannot be read."""

    code = "app.bad_calibration"


class CannotKeep(AppFailure):
    """A folder of the data directory in which nothing can be written."""

    code = "app.cannot_keep"


class NothingToUndo(AppFailure):
    """The embedder in use does not come from an adaptation."""

    code = "app.nothing_to_undo"
    exit_code = 1


class CannotWatch(AppFailure):
    """The system does not tell what changes in a folder: it allows so many folders and no more."""

    code = "app.cannot_watch"


class PortTaken(AppFailure):
    code = "app.port_taken"
    exit_code = 2


class BadSettings(AppFailure):
    code = "app.bad_settings"
    exit_code = 2
