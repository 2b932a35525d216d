"""Errors of `ingest`: each class owns its code and its exit code; the interface words them (app/locales)."""

from __future__ import annotations


class IngestFailure(Exception):
    """Base.  `parameters` fill the message that the interface keeps under `code`."""

    code = "ingest.failure"
    exit_code = 1

    def __init__(self, **parameters: object) -> None:
        self.parameters = {name: str(value) for name, value in parameters.items()}
        super().__init__(f"{self.code} {self.parameters}" if self.parameters else self.code)


class NoSuchFolder(IngestFailure):
    code = "ingest.no_such_folder"
    exit_code = 2


class EmptyFolder(IngestFailure):
    """Nothing that can be ingested: more likely a disk that is not mounted than a wish to empty the collection."""

    code = "ingest.empty_folder"
    exit_code = 2


class BadCollectionName(IngestFailure):
    code = "ingest.bad_collection_name"
    exit_code = 2


class Unreadable(IngestFailure):
    """The file system refuses the file."""

    code = "ingest.unreadable"


class Unsupported(IngestFailure):
    code = "ingest.unsupported"


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
    """A collection.toml that cannot be read: nothing of it is applied."""

    code = "ingest.bad_statements"


class TooSlow(IngestFailure):
    code = "ingest.too_slow"


class TooGreedy(IngestFailure):
    code = "ingest.too_greedy"


class ReaderCrashed(IngestFailure):
    code = "ingest.reader_crashed"


FAILURES: dict[str, type[IngestFailure]] = {one.code: one for one in IngestFailure.__subclasses__()}
