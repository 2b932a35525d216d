"""What a reader gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading that starts at `offset` in its page's text.  `level` counts from 1, the outermost."""

    offset: int
    level: int
    text: str


@dataclass(frozen=True, slots=True)
class ExtractedPage:
    number: int  # from 1
    label: str
    text: str
    headings: tuple[Heading, ...] = ()


@dataclass(frozen=True, slots=True)
class ExtractedDocument:
    """The text of one file, page by page.  `title` is empty where the file states none."""

    title: str
    media_type: str
    pages: tuple[ExtractedPage, ...]
    metadata: Mapping[str, str] = field(default_factory=dict)
    drawable: bool = False  # its pages can be drawn from the original file (PDF)
    warnings: tuple[str, ...] = ()  # codes, e.g. "ingest.page_without_text"


class Reader(Protocol):
    """One format.  Runs in a child process: it may be slow, greedy or crash, and harms nobody else."""

    suffixes: tuple[str, ...]
    media_type: str

    def read(self, path: Path) -> ExtractedDocument:
        """Raises IngestFailure when the file cannot be read."""
        ...
