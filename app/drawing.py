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
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.quotation_boxes import Box, merge_lines, quotation_boxes

_SECONDS = 30
_MEMORY = 2 << 30
_YELLOW = (255, 232, 90)
_MOST_PIXELS = 24_000_000
_PICTURE_SIDE = 1600
_TOP = "highlight-top"


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
    return image, [] if drawing.words else quotation_boxes(
        page, image.size, drawing.page_text, drawing.start, drawing.end
    )


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
