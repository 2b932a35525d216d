"""The highlight covers the quotation's place on the drawn page, known from how the page was made, and no other line."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from app.drawing import CannotDraw, Drawing, draw, highlight_top, render
from app.quotation_boxes import locate, merge_lines
from ingest.readers import reader_for

YELLOW = (255, 232, 90)
LINES = {
    "Le quorum est atteint.": (90, 700),
    "Quatorze conseillers sont présents.": (90, 660),
    "La séance est levée.": (320, 700),
}


def page_pdf(path: Path, *, rotation: int = 0, crop: bool = False) -> Path:
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import RectangleObject
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(path), pagesize=(595, 842))
    canvas.setFont("Helvetica", 12)
    for text, (x, y) in LINES.items():
        canvas.drawString(x, y, text)
    canvas.save()
    if rotation or crop:
        writer = PdfWriter(PdfReader(path))
        if crop:
            writer.pages[0].cropbox = RectangleObject((50, 400, 595, 842))
        writer.pages[0].rotate(rotation)
        writer.write(path)
    return path


def yellow_box(png: bytes) -> tuple[tuple[int, int, int, int] | None, tuple[int, int]]:
    with Image.open(io.BytesIO(png)) as image:
        mask = Image.new("1", image.size)
        pixels, marked = image.load(), mask.load()
        for x in range(image.width):
            for y in range(image.height):
                marked[x, y] = pixels[x, y] == YELLOW
        return mask.getbbox(), image.size


@pytest.mark.parametrize("quotation", LINES)
@pytest.mark.parametrize(("rotation", "crop"), [(0, False), (90, False), (180, False), (0, True)])
def test_the_highlight_is_where_the_words_were_written(
    quotation: str, rotation: int, crop: bool, tmp_path: Path
) -> None:
    from reportlab.pdfbase.pdfmetrics import stringWidth

    path = page_pdf(tmp_path / "a.pdf", rotation=rotation, crop=crop)
    text = reader_for(path).read(path).pages[0].text
    start = text.index(quotation)
    png = render(Drawing(str(path), 1, text, start, start + len(quotation), 1.0))
    box, size = yellow_box(png)
    assert box is not None
    assert highlight_top(png) == pytest.approx(box[1] / size[1], abs=3 / size[1])
    x, y = LINES[quotation]
    left, bottom, height = (50, 400, 442) if crop else (0, 0, 842)
    wanted = (
        x - left,
        height - (y - bottom) - 9,
        x - left + stringWidth(quotation, "Helvetica", 12),
        height - (y - bottom),
    )
    if rotation == 90:
        wanted = (842 - wanted[3], wanted[0], 842 - wanted[1], wanted[2])
    elif rotation == 180:
        wanted = (595 - wanted[2], 842 - wanted[3], 595 - wanted[0], 842 - wanted[1])
    assert size == ((545, 442) if crop else (842, 595) if rotation == 90 else (595, 842))
    for got, want in zip(box, wanted, strict=True):
        assert abs(got - want) <= 7


def test_text_under_the_highlight_stays_dark(tmp_path: Path) -> None:
    path = page_pdf(tmp_path / "a.pdf")
    text = reader_for(path).read(path).pages[0].text
    plain = render(Drawing(str(path), 1, text, 0, 0, 2.0))
    marked = render(Drawing(str(path), 1, text, 0, 22, 2.0))

    def dark(png: bytes) -> int:
        with Image.open(io.BytesIO(png)) as image:
            return sum(count for count, color in image.getcolors(1 << 24) or () if max(color) < 60)

    assert dark(marked) >= dark(plain) > 0


def test_drawing_in_the_child_is_the_same_and_a_broken_file_is_told(tmp_path: Path) -> None:
    path = page_pdf(tmp_path / "a.pdf")
    drawing = Drawing(str(path), 1, "Le quorum est atteint.", 0, 22)
    assert draw(drawing) == render(drawing)
    (tmp_path / "b.pdf").write_bytes(b"%PDF-1.4 broken")
    with pytest.raises(CannotDraw):
        draw(Drawing(str(tmp_path / "b.pdf"), 1, "x", 0, 1))


def pairs(text: str) -> list[tuple[str, int]]:
    return [(c, place) for place, c in enumerate(text) if c.isalnum()]


@given(st.text(alphabet="abc ", min_size=5, max_size=60), st.data())
def test_a_span_is_found_where_it_is_also_when_the_words_come_twice(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    found = locate(pairs(text), pairs(text), [(start, end)])
    wanted = [place for _, place in pairs(text) if start <= place < end]
    assert found == ([(wanted[0], wanted[-1])] if wanted else [])


def test_hyphens_and_line_ends_between_layer_and_text_do_not_matter() -> None:
    drawn, stored = "Le con-\nseil municipal déli\u00adbère.", "Le conseil municipal délibère."
    [(first, last)] = locate(pairs(drawn), pairs(stored), [(3, 10)])
    assert drawn[first : last + 1] == "con-\nseil"


def test_boxes_of_one_line_join_and_those_of_two_columns_do_not() -> None:
    assert merge_lines([(0, 0, 5, 10), (5, 1, 9, 10), (0, 12, 5, 22), (90, 12, 95, 22)]) == [
        (0, 0, 9, 10),
        (0, 12, 5, 22),
        (90, 12, 95, 22),
    ]


def test_all_words_of_a_line_are_found_although_the_file_draws_them_out_of_order() -> None:
    drawn = "le médecin du travail report maintien décide du ou du"
    stored = "le médecin du travail décide du report ou du maintien"
    found = locate(pairs(drawn), pairs(stored), [(0, len(stored))])
    shown = [drawn[first : last + 1] for first, last in found]
    assert {"le médecin du travail", "report", "maintien"} <= {one.strip() for one in shown}
    assert all(first <= last for first, last in found)
