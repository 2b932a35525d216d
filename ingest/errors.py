"""Errors of `ingest`: each class owns its code and its exit code; the interface words them (app/locales)."""

from __future__ import annotations

from typing import Self


class IngestFailure(Exception):
    """Base.  `parameters` fill the message that the interface keeps under `code`."""

    code = "ingest.failure"
    exit_code = 1

    def __init__(self, **parameters: object) -> None:
        self.parameters = {name: str(value) for name, value in parameters.items()}
        super().__init__(f"{self.code} {self.parameters}" if self.parameters else self.code)

    @classmethod
    def of(cls, error: OSError, **parameters: object) -> Self:
        """What the file system says is the detail."""
        return cls(**parameters, detail=error.strerror or error)


class NoSuchFolder(IngestFailure):
    code = "ingest.no_such_folder"
    exit_code = 2


class EmptyFolder(IngestFailure):
    """Nothing that can be ingested: more likely a disk that is not mounted than a wish to empty the collection."""

    code = "ingest.empty_folder"
    exit_code = 2


class UnreadableFolder(IngestFailure):
    """The ingested folder itself cannot be listed: nothing is known of what is in it."""

    code = "ingest.unreadable_folder"
    exit_code = 2


class BadCollectionName(IngestFailure):
    code = "ingest.bad_collection_name"
    exit_code = 2


class Unreadable(IngestFailure):
    """The file system refuses the file."""

    code = "ingest.unreadable"


class ChangedMeanwhile(IngestFailure):
    """Written to while it was read, twice in a row."""

    code = "ingest.changed_meanwhile"


class Unsupported(IngestFailure):
    code = "ingest.unsupported"


class NotRegular(IngestFailure):
    """A named pipe, a socket or a device: opening it might never return."""

    code = "ingest.not_regular"


class LinkedFolder(IngestFailure):
    """A symbolic link to a folder: it is not followed."""

    code = "ingest.linked_folder"


class NameTaken(IngestFailure):
    """Another folder that feeds the collection has a file of the same name."""

    code = "ingest.name_taken"


class EmptyFile(IngestFailure):
    code = "ingest.empty_file"


class BrokenFile(IngestFailure):
    code = "ingest.broken_file"


class Encrypted(IngestFailure):
    code = "ingest.encrypted"


class NoText(IngestFailure):
    code = "ingest.no_text"


class TooLarge(IngestFailure):
    """An archive that unpacks to more than is reasonable."""

    code = "ingest.too_large"


class TooLong(IngestFailure):
    """More pages, rows or frames than one document may have."""

    code = "ingest.too_long"


class NeedsLibreOffice(IngestFailure):
    code = "ingest.needs_libreoffice"


class NeedsTesseract(IngestFailure):
    """Nothing but pictures, and nothing to recognise them with."""

    code = "ingest.needs_tesseract"


class TooDeep(IngestFailure):
    """Containers within containers beyond reason."""

    code = "ingest.too_deep"


class TooManyMembers(IngestFailure):
    """A file that holds more files than is reasonable, all levels together."""

    code = "ingest.too_many_members"


class BadStatements(IngestFailure):
    """A collection.toml that cannot be read: what it stated before stays."""

    code = "ingest.bad_statements"


class UnusedPattern(IngestFailure):
    """A pattern of a collection.toml that no file fits."""

    code = "ingest.unused_pattern"


class TooSlow(IngestFailure):
    code = "ingest.too_slow"


class TooGreedy(IngestFailure):
    code = "ingest.too_greedy"


class ReaderCrashed(IngestFailure):
    code = "ingest.reader_crashed"


FAILURES: dict[str, type[IngestFailure]] = {one.code: one for one in IngestFailure.__subclasses__()}
