"""Errors of `index`: each class owns its code and its exit code; the interface words them (app/locales)."""

from __future__ import annotations


class IndexFailure(Exception):
    """Base.  `parameters` fill the message that the interface keeps under `code`."""

    code = "index.failure"
    exit_code = 4

    def __init__(self, **parameters: object) -> None:
        self.parameters = {name: str(value) for name, value in parameters.items()}
        super().__init__(f"{self.code} {self.parameters}" if self.parameters else self.code)


class Busy(IndexFailure):
    """Another process writes."""

    code = "index.busy"


class DiskFull(IndexFailure):
    code = "index.disk_full"


class BrokenCatalogue(IndexFailure):
    code = "index.broken_catalogue"


class CorruptGeneration(IndexFailure):
    """A file of the current generation no longer has the hash on record."""

    code = "index.corrupt_generation"


class OtherModel(IndexFailure):
    """The embeddings were made by another model than the one in use."""

    code = "index.other_model"
    exit_code = 3


class BadOriginal(IndexFailure):
    """A file changed between its reading and its keeping."""

    code = "index.bad_original"


class BadLexicon(IndexFailure):
    """The archivist's acronyms cannot be read."""

    code = "index.bad_lexicon"
    exit_code = 2
