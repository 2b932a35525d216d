"""A page of a PDF drawn with a quotation highlighted.

In a child process: pdfium is not thread-safe, and a file may be hostile.

`python -m app.drawing` reads a request as JSON on its standard input and writes a PNG.
"""

from __future__ import annotations

import io
import json
import resource
import subprocess
import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

_SECONDS = 30
_MEMORY = 2 << 30
_YELLOW = (255, 232, 90)
_MOST_PIXELS = 24_000_000
_PICTURE_SIDE = 1600
_TOP = "highlight-top"

Box = tuple[float, float, float, float]  # left, top, right, bottom, in pixels of the drawn page


class CannotDraw(Exception):
    """The page could not be drawn within the limits; its text can still be shown."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """What to draw: `page_text[start:end]` highlighted on page `number` (from 1) of a PDF or a picture.

    `words` are the places of a recognised page's words in that span, as shares of the page; a page that brought its
    text along has none, and is searched for it.
    """

    original: str
    number: int
    page_text: str
    start: int
    end: int
    scale: float = 1.6
    is_picture: bool = False
    words: tuple[Box, ...] = ()


@lru_cache(maxsize=64)
def draw(drawing: Drawing) -> bytes:
    """The page as a PNG.  Raises CannotDraw."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "app.drawing"],
            input=json.dumps(asdict(drawing)).encode(),
            cwd=Path(__file__).resolve().parents[1],
            capture_output=True,
            timeout=_SECONDS,
            check=True,
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise CannotDraw(str(error)) from error
    return done.stdout


def render(drawing: Drawing) -> bytes:
    """Draw in this process; the PNG says where the highlight begins (see `highlight_top`)."""
    from PIL.PngImagePlugin import PngInfo

    image, boxes = _picture(drawing) if drawing.is_picture else _pdf_page(drawing)
    if drawing.words:
        boxes = merge_lines([_scaled(one, image.size) for one in drawing.words])
    written = io.BytesIO()
    facts = PngInfo()
    if boxes:
        facts.add_text(_TOP, f"{min(box[1] for box in boxes) / image.height:.4f}")
    _highlighted(image, boxes).save(written, "PNG", pnginfo=facts)
    return written.getvalue()


def _pdf_page(drawing: Drawing) -> tuple[Any, list[Box]]:
    import pypdfium2 as pdfium

    page = pdfium.PdfDocument(drawing.original)[drawing.number - 1]
    width, height = page.get_size()
    scale = min(drawing.scale, (_MOST_PIXELS / max(1.0, width * height)) ** 0.5)
    image = page.render(scale=scale).to_pil().convert("RGB")
    return image, [] if drawing.words else quotation_boxes(page, image.size, drawing)


def _picture(drawing: Drawing) -> tuple[Any, list[Box]]:
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None
    with Image.open(drawing.original) as opened:
        opened.seek(drawing.number - 1)
        image = ImageOps.exif_transpose(opened).convert("RGB")
    image.thumbnail((_PICTURE_SIDE, _PICTURE_SIDE))
    return image, []


def _scaled(box: Box, size: tuple[int, int]) -> Box:
    return box[0] * size[0], box[1] * size[1], box[2] * size[0], box[3] * size[1]


def highlight_top(png: bytes) -> float | None:
    """Where the highlight of a drawn page begins, as a share of its height; None when nothing is highlighted."""
    from PIL import Image

    with Image.open(io.BytesIO(png)) as image:
        top = image.info.get(_TOP)
    return float(top) if top else None


def quotation_boxes(page: Any, size: tuple[int, int], drawing: Drawing) -> list[Box]:
    """One box for each line of the quotation."""
    from pypdfium2 import raw

    text_page = page.get_textpage()
    characters = [(chr(raw.FPDFText_GetUnicode(text_page, one)), one) for one in range(text_page.count_chars())]
    stored = _letters([(c, position) for position, c in enumerate(drawing.page_text)])
    boxes = []
    for first, last in locate(_letters(characters), stored, _line_spans(drawing)):
        for one in range(first, last + 1):
            left, bottom, right, top = text_page.get_charbox(one, loose=True)
            if right > left and top > bottom:
                boxes.append(_on_image(page, size, (left, bottom, right, top)))
    return merge_lines(boxes)


def _line_spans(drawing: Drawing) -> list[tuple[int, int]]:
    """The quotation, line by line."""
    spans, start = [], drawing.start
    for line in drawing.page_text[drawing.start : drawing.end].splitlines(keepends=True):
        spans.append((start, start + len(line)))
        start += len(line)
    return spans


def locate(
    drawn: Sequence[tuple[str, int]], stored: Sequence[tuple[str, int]], lines: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Indices of the first and the last drawn character of each run that the stored lines (start, end) make.

    Both sequences hold letters and digits only, with their places: white space, hyphens and forms of composition differ
    between a text layer and the text that was made of it.  Lines that do not follow each other there, since columns
    were put in order, are found one by one.
    """
    if not lines:
        return []
    whole = "".join(letter for letter, _ in drawn)
    in_one = _place(whole, drawn, stored, (lines[0][0], lines[-1][1]), exact=len(lines) > 1)
    if in_one or len(lines) == 1:
        return [in_one] if in_one else []
    found = [_place(whole, drawn, stored, line, exact=False) for line in lines]
    return [one for one in found if one]


def _place(
    whole: str,
    drawn: Sequence[tuple[str, int]],
    stored: Sequence[tuple[str, int]],
    span: tuple[int, int],
    *,
    exact: bool,
) -> tuple[int, int] | None:
    before = sum(place < span[0] for _, place in stored)
    wanted = "".join(letter for letter, place in stored if span[0] <= place < span[1])
    found = _closest(whole, wanted, before, exact=exact) if wanted else None
    if found is None:
        return None
    first, length = found
    return drawn[first][1], drawn[first + length - 1][1]


def merge_lines(boxes: Sequence[Box]) -> list[Box]:
    """Join the boxes of characters that follow each other on one line."""
    lines: list[Box] = []
    for left, top, right, bottom in boxes:
        if lines:
            before = lines[-1]
            height = max(bottom - top, before[3] - before[1])
            level = min(bottom, before[3]) - max(top, before[1]) > 0.5 * min(bottom - top, before[3] - before[1])
            if level and -0.5 * height < left - before[2] < 3 * height:
                lines[-1] = (
                    min(left, before[0]), min(top, before[1]), max(right, before[2]), max(bottom, before[3]),
                )  # fmt: skip
                continue
        lines.append((left, top, right, bottom))
    return lines


def _closest(whole: str, wanted: str, expected: int, *, exact: bool) -> tuple[int, int] | None:
    """Where `wanted` stands in `whole`, the occurrence nearest to `expected`; else, if need be, its longest part."""
    places = []
    place = whole.find(wanted)
    while place >= 0:
        places.append(place)
        place = whole.find(wanted, place + 1)
    if places:
        return min(places, key=lambda one: abs(one - expected)), len(wanted)
    if exact:
        return None
    from difflib import SequenceMatcher

    match = SequenceMatcher(None, whole, wanted, autojunk=False).find_longest_match()
    return (match.a, match.size) if match.size >= max(8, len(wanted) // 3) else None


def _letters(characters: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    return [
        (letter, place)
        for character, place in characters
        for letter in unicodedata.normalize("NFKD", character).casefold()
        if letter.isalnum()
    ]


def _on_image(page: Any, size: tuple[int, int], box: Box) -> Box:
    """From the page's own space (points, rotated and cropped as the file says) to the drawn image."""
    import ctypes

    from pypdfium2 import raw

    corners = []
    for x, y in ((box[0], box[1]), (box[2], box[3])):
        across, down = ctypes.c_int(), ctypes.c_int()
        raw.FPDF_PageToDevice(page, 0, 0, size[0] * 16, size[1] * 16, 0, x, y, across, down)
        corners.append((across.value / 16, down.value / 16))
    (x1, y1), (x2, y2) = corners
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


def _highlighted(image: Any, boxes: Sequence[Box]) -> Any:
    """Multiplied, so that the text stays as dark as it is."""
    from PIL import Image, ImageChops, ImageDraw

    overlay = Image.new("RGB", image.size, "white")
    brush = ImageDraw.Draw(overlay)
    for left, top, right, bottom in boxes:
        brush.rectangle((left - 1, top - 1, right + 1, bottom + 1), fill=_YELLOW)
    return ImageChops.multiply(image, overlay)


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.stdout.buffer.write(render(Drawing(**json.load(sys.stdin))))


if __name__ == "__main__":
    main()
