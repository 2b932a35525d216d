"""Pages that are pictures: their text by Tesseract, with the place of each word."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from index.records import WordBox
from ingest.documents import ExtractedPage
from ingest.errors import BrokenFile, NeedsTesseract, ReaderCrashed, TooSlow
from ingest.readers.builder import clean
from ingest.readers.hyphens import HYPHENS, hyphenated_words, keeps_hyphen

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
    return [row for row in table if row["level"] == "5" and row["text"].strip()]


def page_of_words(page: int, words: Iterable[dict[str, str]], size: tuple[int, int]) -> ExtractedPage:
    """Words joined to lines and paragraphs, words that a line end cuts made whole; each word keeps its place.

    Words below a confidence of _DOUBTFUL are left out of the text; they count in the page's confidence, which is the
    mean over all words, by their length.
    """
    rows = [(text, row) for row in words if (text := clean(row["text"]).strip())]
    legible = [(text, row) for text, row in rows if float(row["conf"]) >= _DOUBTFUL]
    known = hyphenated_words(" ".join(text for text, _ in legible))
    parts: list[str] = []
    boxes: list[WordBox] = []
    length = 0
    before: tuple[str, ...] | None = None
    for text, row in legible:
        line = tuple(row[name] for name in ("block_num", "par_num", "line_num"))
        if before is not None:
            gap = " " if line == before else "\n" if line[:2] == before[:2] else "\n\n"
            if gap == "\n" and _goes_on(parts[-1], text):
                gap = ""
                if not keeps_hyphen(parts[-1][:-1], text, known):
                    parts[-1] = parts[-1][:-1]
                    length -= 1
                    boxes[-1] = replace(boxes[-1], end=length)
            length += len(gap)
            parts.append(gap)
        boxes.append(_box(row, length, length + len(text), size))
        parts.append(text)
        length += len(text)
        before = line
    return ExtractedPage(page, str(page), "".join(parts), boxes=tuple(boxes), confidence=_confidence(rows))


def _box(row: dict[str, str], start: int, end: int, size: tuple[int, int]) -> WordBox:
    left, top, width, height = (float(row[name]) for name in ("left", "top", "width", "height"))
    right, bottom = min(1.0, (left + width) / size[0]), min(1.0, (top + height) / size[1])
    return WordBox(start, end, left / size[0], top / size[1], right, bottom)


def _confidence(rows: Sequence[tuple[str, dict[str, str]]]) -> float | None:
    """Mean over the words, by their length, 0 to 100; None where there is none."""
    weights = sum(len(text) for text, _ in rows)
    return round(sum(len(text) * float(row["conf"]) for text, row in rows) / weights, 1) if weights else None


def _goes_on(word: str, next_word: str) -> bool:
    """Whether the next line goes on with a line's last word: "déli-" and "bération", "peut-" and "être"."""
    return len(word) > 2 and word[-1] in HYPHENS and word[-2].isalpha() and next_word[0].isalnum()


def _drawn(path: Path, page: int) -> Any:
    """The page as a grey picture, at 300 dots an inch where that is not too large."""
    if path.suffix.lower() == ".pdf":
        return _drawn_pdf(path, page)
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None
    with Image.open(path) as image:
        image.seek(page - 1)
        return _within(_grey(ImageOps.exif_transpose(image)))


def _grey(image: Any) -> Any:
    """On white paper where the picture is transparent: what lies behind full transparency is often black."""
    if not image.has_transparency_data:
        return image.convert("L")
    from PIL import Image

    coloured = image.convert("RGBA")
    paper = Image.new("L", coloured.size, 255)
    paper.paste(coloured.convert("L"), mask=coloured.getchannel("A"))
    return paper


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
