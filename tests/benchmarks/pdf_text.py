"""`python -m tests.benchmarks.pdf_text FOLDER...`: the text of PDF files beside pypdf's."""

from __future__ import annotations

import logging
import statistics
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pypdf

from app.sample.source import DOCUMENTS
from ingest.readers.pdf import PdfReader

T = TypeVar("T")

LEAST_CHARACTERS = 50  # below this pypdf found no text to compare with


@dataclass(frozen=True)
class Compared:
    path: Path
    pages: int
    in_common: float  # of the characters of pypdf, the share that the reader has too
    seconds: float
    seconds_of_pypdf: float


def main() -> None:
    """Folders may be named; the sample corpus by default."""
    logging.disable(logging.CRITICAL)
    for folder in [Path(name) for name in sys.argv[1:]] or [DOCUMENTS]:
        found = [one for path in sorted(folder.rglob("*.pdf")) if (one := compared(path))]
        if found:
            tell(folder, found)


def tell(folder: Path, found: list[Compared]) -> None:
    pages = sum(one.pages for one in found)
    ours, theirs = sum(one.seconds for one in found), sum(one.seconds_of_pypdf for one in found)
    print(f"{folder}: {len(found)} files with text, {pages} pages")
    print(f"  characters in common with pypdf: {statistics.mean(one.in_common for one in found):.2%} on average")
    print(f"  pages per second: {pages / ours:.0f}, {theirs / ours:.1f} times pypdf's {pages / theirs:.0f}")
    for one in sorted(found, key=lambda one: one.in_common)[:8]:
        print(f"    {one.in_common:7.2%} {one.path.relative_to(folder)}")


def compared(path: Path) -> Compared | None:
    """None when either does not open the file, or pypdf finds no text in it."""
    try:
        their_text, theirs = timed(lambda: text_of_pypdf(path))
        document, ours = timed(lambda: PdfReader().read(path))
    except Exception:
        return None
    expected = characters(their_text)
    if expected.total() < LEAST_CHARACTERS:
        return None
    read = characters("".join(one.text for one in document.pages))
    return Compared(path, len(document.pages), (expected & read).total() / expected.total(), ours, theirs)


def text_of_pypdf(path: Path) -> str:
    reader = pypdf.PdfReader(path)
    if reader.is_encrypted:
        reader.decrypt("")
    return "".join(page.extract_text() for page in reader.pages)


def characters(text: str) -> Counter[str]:
    return Counter(one for one in unicodedata.normalize("NFKC", text) if not one.isspace() and one.isprintable())


def timed(work: Callable[[], T]) -> tuple[T, float]:
    started = time.perf_counter()
    result = work()
    return result, time.perf_counter() - started


if __name__ == "__main__":
    main()
