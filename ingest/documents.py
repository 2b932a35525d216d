"""What a reader gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from index.records import WordBox


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading that starts at `offset` in its page's text.  `level` counts from 1, the outermost."""

    offset: int
    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """`page.text[start:end]` is a table, a row a line.  `header` names its columns, empty where none does."""

    start: int
    end: int
    header: str = ""


@dataclass(frozen=True, slots=True)
class ExtractedPage:
    number: int  # from 1
    label: str
    text: str
    headings: tuple[Heading, ...] = ()
    tables: tuple[Table, ...] = ()
    boxes: tuple[WordBox, ...] = ()  # of a recognised page
    confidence: float | None = None  # of a recognised page, 0 to 100


@dataclass(frozen=True, slots=True)
class ExtractedDocument:
    """The text of one file, page by page.  `title` is empty where the file states none."""

    title: str
    media_type: str
    pages: tuple[ExtractedPage, ...]
    metadata: Mapping[str, str] = field(default_factory=dict)  # by the names of index.records.METADATA
    drawable: bool = False  # its pages can be drawn from the original file (PDF, image)
    unread: tuple[int, ...] = ()  # numbers of pages that are pictures: they have text only once recognised
    warnings: tuple[str, ...] = ()  # codes, with their parameter: "ingest.page_without_text:3"


@dataclass(frozen=True, slots=True)
class Member:
    """A file that another one holds.  `name` is its path therein; `file` where it was unpacked, or why it was not."""

    name: str
    file: str = ""
    failure: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)  # what the container states about it


class Reader(Protocol):
    """One format.  Runs in a child process: it may be slow, greedy or crash, and harms nobody else."""

    media_type: str

    def read(self, path: Path) -> ExtractedDocument:
        """Raises IngestFailure when the file cannot be read."""
        ...


class Container(Protocol):
    """One format that holds files."""

    def expand(self, path: Path, into: Path) -> list[Member]:
        """Unpack into a folder, under names of our own.  Raises IngestFailure when nothing can be unpacked."""
        ...


def page_from_json(fields: dict[str, Any]) -> ExtractedPage:
    return ExtractedPage(
        fields["number"],
        fields["label"],
        fields["text"],
        tuple(Heading(**one) for one in fields["headings"]),
        tuple(Table(**one) for one in fields["tables"]),
        tuple(WordBox(**one) for one in fields["boxes"]),
        fields["confidence"],
    )


def document_from_json(fields: dict[str, Any]) -> ExtractedDocument:
    """The inverse of `dataclasses.asdict`."""
    return ExtractedDocument(
        **{
            **fields,
            "pages": tuple(map(page_from_json, fields["pages"])),
            "unread": tuple(fields["unread"]),
            "warnings": tuple(fields["warnings"]),
        }
    )
