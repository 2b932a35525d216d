"""Pages that are pictures: their text by Tesseract, with the place of each word."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from index.records import WordBox
from ingest.documents import ExtractedPage
from ingest.errors import BrokenFile, NeedsTesseract, ReaderCrashed, TooSlow
from ingest.readers.builder import clean

_DOTS_AN_INCH = 300
_MOST_PIXELS = 40_000_000
_SECONDS = 90
_LANGUAGES = ("fra", "eng")
_DOUBTFUL = 30  # confidence of a word, below which it is noise
_POINT = 72


def tesseract() -> str | None:
    return shutil.which("tesseract")


def recognise_page(path: Path, page: int) -> ExtractedPage:
    """The text of page `page` (from 1) of a PDF or of a picture.  Raises NeedsTesseract, TooSlow, BrokenFile."""
    program = tesseract()
    if program is None:
        raise NeedsTesseract(pages=1)
    picture = _drawn(path, page)
    if _is_blank(picture):
        return ExtractedPage(page, str(page), "")
    return page_of_words(page, _words(program, picture), picture.size)


def _words(program: str, picture: Any) -> list[dict[str, str]]:
    """Tesseract's table of words."""
    drawn = io.BytesIO()
    picture.save(drawn, "PNG", compress_level=1)
    languages, orientation = _installed(program)
    try:
        done = subprocess.run(
            [
                program,
                "stdin",
                "stdout",
                "-l",
                languages,
                "--psm",
                "1" if orientation else "3",
                "--dpi",
                str(_DOTS_AN_INCH),
                "tsv",
            ],
            input=drawn.getvalue(),
            capture_output=True,
            timeout=_SECONDS,
            check=True,
        )
    except subprocess.TimeoutExpired as error:
        raise TooSlow(seconds=_SECONDS) from error
    except subprocess.CalledProcessError as error:
        if error.returncode < 0:
            raise ReaderCrashed(status=error.returncode) from error
        raise BrokenFile(detail=error.stderr.decode("utf-8", "replace").strip()[-200:]) from error
    table = csv.DictReader(io.StringIO(done.stdout.decode("utf-8", "replace")), delimiter="\t", quoting=csv.QUOTE_NONE)
    return [row for row in table if row["level"] == "5" and row["text"].strip() and float(row["conf"]) >= _DOUBTFUL]


def page_of_words(page: int, words: Iterable[dict[str, str]], size: tuple[int, int]) -> ExtractedPage:
    """Words joined to lines and paragraphs, hyphens at line ends taken out; each word keeps its place."""
    parts: list[str] = []
    boxes: list[WordBox] = []
    length = 0
    weights = sure = 0.0
    before: tuple[str, ...] | None = None
    for row in words:
        text = clean(row["text"]).strip()
        line = tuple(row[name] for name in ("block_num", "par_num", "line_num"))
        if before is not None:
            gap = " " if line == before else "\n" if line[:2] == before[:2] else "\n\n"
            if gap == "\n" and _is_cut(parts[-1], text):
                parts[-1], gap = parts[-1][:-1], ""
                length -= 1
                last = boxes.pop()
                boxes.append(WordBox(last.start, last.end - 1, last.left, last.top, last.right, last.bottom))
            length += len(gap)
            parts.append(gap)
        left, top, width, height = (float(row[name]) for name in ("left", "top", "width", "height"))
        boxes.append(
            WordBox(
                length,
                length + len(text),
                left / size[0],
                top / size[1],
                min(1.0, (left + width) / size[0]),
                min(1.0, (top + height) / size[1]),
            )
        )
        parts.append(text)
        length += len(text)
        weights += len(text)
        sure += len(text) * float(row["conf"])
        before = line
    confidence = round(sure / weights, 1) if weights else None
    return ExtractedPage(page, str(page), "".join(parts), boxes=tuple(boxes), confidence=confidence)


def _is_cut(word: str, next_word: str) -> bool:
    """Whether a word was cut at the end of a line: "déli-" and "bération"."""
    return len(word) > 2 and word[-1] in "-­‐" and word[-2].isalpha() and next_word[:1].islower()


def _drawn(path: Path, page: int) -> Any:
    """The page as a grey picture, at 300 dots an inch where that is not too large."""
    if path.suffix.lower() == ".pdf":
        return _drawn_pdf(path, page)
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None
    with Image.open(path) as image:
        image.seek(page - 1)
        return _within(ImageOps.exif_transpose(image).convert("L"))


def _drawn_pdf(path: Path, page: int) -> Any:
    import pypdfium2 as pdfium

    try:
        document = pdfium.PdfDocument(path)
        drawn = document[page - 1]
        width, height = drawn.get_size()
        scale = min(_DOTS_AN_INCH / _POINT, (_MOST_PIXELS / max(1.0, width * height)) ** 0.5)
        return drawn.render(scale=scale, grayscale=True).to_pil().convert("L")
    except pdfium.PdfiumError as error:
        raise BrokenFile(detail=error) from error


def _within(picture: Any) -> Any:
    pixels = picture.width * picture.height
    if pixels <= _MOST_PIXELS:
        return picture
    share = (_MOST_PIXELS / pixels) ** 0.5
    return picture.resize((round(picture.width * share), round(picture.height * share)))


def _is_blank(picture: Any) -> bool:
    darkest, lightest = picture.getextrema()
    return bool(lightest - darkest < 24)


@cache
def _installed(program: str) -> tuple[str, bool]:
    """Those of our languages that this Tesseract has, and whether it tells which way up a page is."""
    listed = subprocess.run([program, "--list-langs"], capture_output=True, check=False).stdout.decode().split()
    languages = [one for one in _LANGUAGES if one in listed]
    return "+".join(languages or ["eng"]), "osd" in listed
