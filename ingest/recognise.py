"""Recognition of the pages of a document that are pictures, kept page by page until the document is stored."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Collection
from dataclasses import asdict, replace
from pathlib import Path

from ingest.documents import ExtractedDocument, ExtractedPage, page_from_json
from ingest.errors import IngestFailure, NeedsTesseract, NoText
from ingest.isolate import IsolatedReader
from ingest.ocr import tesseract
from ingest.readers.headings import with_structure

LOW_CONFIDENCE = 60.0


class RecognisedPages:
    """Pages recognised so far, by the file's sha256: an interrupted run goes on at the page where it stopped."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, sha256: str, page: int) -> ExtractedPage | None:
        try:
            return page_from_json(json.loads((self._folder / sha256 / f"{page}.json").read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError):  # absent, or half written when the run was killed
            return None

    def keep(self, sha256: str, page: ExtractedPage) -> None:
        folder = self._folder / sha256
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{page.number}.json").write_text(json.dumps(asdict(page)), encoding="utf-8")

    def forget(self, sha256: str) -> None:
        shutil.rmtree(self._folder / sha256, ignore_errors=True)

    def clear(self) -> None:
        """After a run that nothing interrupted: nothing that was read stays outside the catalogue."""
        shutil.rmtree(self._folder, ignore_errors=True)


def recognise_pictures(
    extracted: ExtractedDocument,
    path: Path,
    sha256: str,
    reader: IsolatedReader,
    kept: RecognisedPages,
    told: Callable[[], None] = lambda: None,
) -> ExtractedDocument:
    """The document with the text of its pictures; pages that stay without text are named in its warnings.

    Raises NeedsTesseract or NoText when no page has any text.
    """
    recognised: dict[int, ExtractedPage] = {}
    failed: list[str] = []
    can_recognise = tesseract() is not None
    for number in extracted.unread if can_recognise else ():
        page = kept.find(sha256, number)
        if page is None:
            try:
                page = reader.recognise(path, number)
            except IngestFailure as failure:
                failed.append(f"ingest.page_not_recognised:{number}:{failure.code}")
                continue
            kept.keep(sha256, page)
        recognised[number] = page
        told()
    pages = tuple(_merged(page, recognised.get(page.number)) for page in extracted.pages)
    if not any(page.text.strip() for page in pages):
        if extracted.unread and not can_recognise:
            raise NeedsTesseract(pages=len(pages))
        raise NoText(pages=len(pages))
    unseen = () if can_recognise else extracted.unread
    return replace(extracted, pages=pages, warnings=(*extracted.warnings, *failed, *_warnings(pages, unseen)))


def mean_confidence(extracted: ExtractedDocument) -> float | None:
    """Of the recognised pages; None when none was."""
    known = [confidence for _, confidence in page_confidences(extracted)]
    return round(sum(known) / len(known), 1) if known else None


def page_confidences(extracted: ExtractedDocument) -> tuple[tuple[int, float], ...]:
    """(number, confidence from 0 to 100) of each recognised page."""
    return tuple((page.number, page.confidence) for page in extracted.pages if page.confidence is not None)


def _merged(page: ExtractedPage, recognised: ExtractedPage | None) -> ExtractedPage:
    """The page with the text of its picture; what is printed over it stays where the picture does not say it."""
    if recognised is None or not recognised.text.strip():
        return page
    printed, seen = page.text.split(), recognised.text.split()
    if len(seen) < 2 * len(printed):  # the picture tells little beside the text: a photograph, a logo
        return page
    text = recognised.text
    if len(set(printed) - set(seen)) > len(set(printed)) // 2:
        text = f"{text}\n\n{page.text}"
    return replace(
        page, text=text, headings=with_structure(text, ()), tables=(), boxes=recognised.boxes,
        confidence=recognised.confidence,
    )  # fmt: skip


def _warnings(pages: tuple[ExtractedPage, ...], unseen: Collection[int]) -> list[str]:
    """`unseen`: pages that are pictures, with nothing there to recognise them."""
    empty = [
        f"ingest.page_without_text:{page.number}" for page in pages if not page.text.strip() or page.number in unseen
    ]
    doubtful = [
        f"ingest.low_confidence:{page.number}:{page.confidence:.0f}"
        for page in pages
        if page.confidence is not None and page.confidence < LOW_CONFIDENCE
    ]
    return [*empty, *doubtful]
