"""Pictures of pages: each frame is a page that has its text once recognised."""

from __future__ import annotations

from pathlib import Path

from ingest.documents import ExtractedDocument, ExtractedPage
from ingest.errors import BrokenFile, TooLarge, TooLong

MOST_PIXELS = 120_000_000  # a sheet of A3 at 600 dots an inch holds 70 million
_MOST_FRAMES = 2_000


class ImageReader:
    media_type = "image"

    def read(self, path: Path) -> ExtractedDocument:
        from PIL import Image, UnidentifiedImageError

        Image.MAX_IMAGE_PIXELS = None  # the limit is ours, below: a warning is no limit
        try:
            with Image.open(path, formats=["PNG", "JPEG", "TIFF", "BMP", "WEBP"]) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise TooLarge(
                        unpacked_mb=3 * image.width * image.height >> 20, packed_mb=path.stat().st_size >> 20
                    )
                frames = getattr(image, "n_frames", 1)
                kind = (image.format or "").lower()
        except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
            raise BrokenFile(detail=error) from error
        if frames > _MOST_FRAMES:
            raise TooLong(count=frames, most=_MOST_FRAMES)
        pages = tuple(ExtractedPage(number, str(number), "") for number in range(1, frames + 1))
        return ExtractedDocument("", f"image/{kind}", pages, drawable=True, unread=tuple(page.number for page in pages))


READER = ImageReader()
