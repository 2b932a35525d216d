"""Pages that are pictures."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.boxes import pack, unpack
from index.records import WordBox
from ingest.errors import NeedsTesseract, NoText
from ingest.isolate import IsolatedReader
from ingest.ocr import page_of_words, recognise_page
from ingest.recognise import RecognisedPages, mean_confidence, page_confidences, recognise_pictures
from tests import files

needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="needs tesseract (make tools)")

WORDS = ["Le", "conseil", "délibère", "sur", "le", "budget", "de", "la", "commune"]


def row(text: str, line: int, paragraph: int = 1, left: int = 0, confidence: int = 90) -> dict[str, str]:
    return {
        "text": text, "line_num": str(line), "par_num": str(paragraph), "block_num": "1", "conf": str(confidence),
        "left": str(left), "top": str(100 * line), "width": "50", "height": "40",
    }  # fmt: skip


def test_lines_paragraphs_hyphens_and_confidence() -> None:
    rows = [row("La", 1), row("déli-", 1), row("bération", 2), row("est", 2), row("Fin.", 3, 2, confidence=50)]
    page = page_of_words(4, rows, (1000, 1000))
    assert page.text == "La délibération est\n\nFin."
    assert page.confidence == pytest.approx((2 * 90 + 5 * 90 + 8 * 90 + 3 * 90 + 4 * 50) / 22, abs=0.1)
    assert [page.text[one.start : one.end] for one in page.boxes] == ["La", "déli", "bération", "est", "Fin."]


def test_a_compound_at_a_line_end_keeps_its_hyphen_and_its_place() -> None:
    rows = [row("peut-", 1), row("être", 2), row("lave-linge", 2), row("lave-", 2), row("linge,", 3), row("Grand-", 3)]
    page = page_of_words(1, [*rows, row("Est", 4), row("-", 4), row("fin", 5)], (1000, 1000))
    assert page.text == "peut-être lave-linge lave-linge, Grand-Est -\nfin"
    assert [page.text[one.start : one.end] for one in page.boxes] == [
        "peut-", "être", "lave-linge", "lave-", "linge,", "Grand-", "Est", "-", "fin",
    ]  # fmt: skip


def test_words_too_doubtful_to_keep_count_in_the_confidence() -> None:
    page = page_of_words(1, [row("Budget", 1), row("~~%~~~", 1, confidence=10)], (1000, 1000))
    assert (page.text, page.confidence) == ("Budget", 50.0)
    assert page_of_words(1, [row("~~", 1, confidence=10)], (1000, 1000)).text == ""


@given(st.lists(st.tuples(st.sampled_from([*WORDS, "por-", "l'-"]), st.integers(1, 4), st.integers(1, 2)), max_size=30))
def test_every_box_stands_for_its_word(words: list[tuple[str, int, int]]) -> None:
    rows = [row(text, line, paragraph) for text, line, paragraph in sorted(words, key=lambda one: (one[2], one[1]))]
    page = page_of_words(1, rows, (1000, 1000))
    for one, box in zip(rows, page.boxes, strict=True):
        assert page.text[box.start : box.end] in {one["text"], one["text"].rstrip("-")}
        assert (box.left, box.top) == (0, int(one["top"]) / 1000)


@given(
    st.lists(
        st.builds(
            WordBox,
            st.integers(0, 9999),
            st.integers(0, 9999),
            *[st.integers(0, 10_000).map(lambda side: side / 10_000)] * 4,
        )
    )
)
def test_boxes_come_back_as_they_were_packed(boxes: list[WordBox]) -> None:
    assert unpack(pack(boxes)) == tuple(boxes)


@needs_tesseract
def test_a_picture_is_recognised_with_its_words_where_they_are(tmp_path: Path) -> None:
    page = recognise_page(files.picture(tmp_path / "a.png", "Le conseil municipal délibère.", "Séance levée."), 1)
    assert page.text.split("\n")[0] == "Le conseil municipal délibère."
    assert page.text.endswith("Séance levée.")
    assert page.confidence is not None
    assert page.confidence > 80
    second = next(box for box in page.boxes if page.text[box.start : box.end] == "levée.")
    assert 0.3 < second.top < 0.6


@needs_tesseract
@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_black_words_on_a_transparent_picture_are_recognised(mode: str, tmp_path: Path) -> None:
    from PIL import Image, ImageOps

    with Image.open(files.picture(tmp_path / "a.png", "Le conseil municipal délibère.")) as scan:
        ink = ImageOps.invert(scan.convert("L"))
    drawn = Image.new("RGBA", ink.size, (0, 0, 0, 0))
    drawn.putalpha(ink)
    (drawn.quantize() if mode == "P" else drawn.convert(mode)).save(tmp_path / "b.png")
    assert recognise_page(tmp_path / "b.png", 1).text == "Le conseil municipal délibère."


@needs_tesseract
def test_each_frame_of_a_tiff_is_a_page(tmp_path: Path) -> None:
    from PIL import Image

    first, second = (
        Image.open(files.picture(tmp_path / f"{number}.png", f"Page {number} du registre.")) for number in (1, 2)
    )
    first.convert("1").save(tmp_path / "a.tif", save_all=True, append_images=[second.convert("RGB")])
    with IsolatedReader(tmp_path / "spool") as reader:
        extracted = reader.read(tmp_path / "a.tif")
        whole = recognise_pictures(extracted, tmp_path / "a.tif", "aa", reader, RecognisedPages(tmp_path / "kept"))
    assert [page.text for page in whole.pages] == ["Page 1 du registre.", "Page 2 du registre."]
    assert page_confidences(whole) == tuple((page.number, page.confidence) for page in whole.pages)


@needs_tesseract
def test_mixed_documents_are_recognised_page_by_page(tmp_path: Path) -> None:
    path = files.scanned_pdf(tmp_path / "a.pdf", ["Une page de texte.", ["La salle des fêtes est louée."], []])
    with IsolatedReader(tmp_path / "spool") as reader:
        extracted = reader.read(path)
        assert extracted.unread == (2, 3)
        whole = recognise_pictures(extracted, path, "aa", reader, RecognisedPages(tmp_path / "kept"))
    assert [page.text for page in whole.pages] == ["Une page de texte.", "La salle des fêtes est louée.", ""]
    assert whole.warnings == ("ingest.page_without_text:3",)
    assert mean_confidence(whole) == whole.pages[1].confidence


@needs_tesseract
def test_what_was_recognised_is_not_recognised_again_after_an_interruption(tmp_path: Path) -> None:
    path = files.scanned_pdf(tmp_path / "a.pdf", [["La salle des fêtes."]])
    kept = RecognisedPages(tmp_path / "kept")
    with IsolatedReader(tmp_path / "spool") as reader:
        extracted = reader.read(path)
        first = recognise_pictures(extracted, path, "aa", reader, kept)
        reader.recognise = lambda *_: pytest.fail("recognised again")  # type: ignore[method-assign]
        assert recognise_pictures(extracted, path, "aa", reader, kept) == first
    kept.forget("aa")
    assert kept.find("aa", 1) is None


def test_without_tesseract_pages_are_told_and_text_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mixed = files.scanned_pdf(tmp_path / "a.pdf", ["Une page de texte.", ["La salle."]])
    scan = files.scanned_pdf(tmp_path / "b.pdf", [["La salle."]])
    monkeypatch.setattr("ingest.recognise.tesseract", lambda: None)
    kept = RecognisedPages(tmp_path / "kept")
    with IsolatedReader(tmp_path / "spool") as reader:
        whole = recognise_pictures(reader.read(mixed), mixed, "aa", reader, kept)
        assert whole.warnings == ("ingest.page_without_text:2",)
        with pytest.raises(NeedsTesseract):
            recognise_pictures(reader.read(scan), scan, "bb", reader, kept)


@needs_tesseract
def test_a_blank_picture_has_no_text(tmp_path: Path) -> None:
    path = files.picture(tmp_path / "a.png")
    with IsolatedReader(tmp_path / "spool") as reader, pytest.raises(NoText):
        recognise_pictures(reader.read(path), path, "aa", reader, RecognisedPages(tmp_path / "kept"))


@needs_tesseract
def test_what_is_printed_over_a_scan_stays_beside_what_the_scan_says(tmp_path: Path) -> None:
    from PIL import Image
    from reportlab.pdfgen.canvas import Canvas

    scan = files.picture(tmp_path / "scan.png", "Article 2", "La salle des fêtes est louée aux associations.")
    with Image.open(scan) as picture:
        size = 595, 595 * picture.height / picture.width
    made = Canvas(str(tmp_path / "a.pdf"), pagesize=size)
    made.drawImage(str(scan), 0, 0, *size)
    made.setFillAlpha(0)
    made.drawString(50, 20, "Reçu en préfecture")
    made.save()
    with IsolatedReader(tmp_path / "spool") as reader:
        path = tmp_path / "a.pdf"
        whole = recognise_pictures(reader.read(path), path, "aa", reader, RecognisedPages(tmp_path / "kept"))
    (page,) = whole.pages
    assert "La salle des fêtes est louée" in " ".join(page.text.split())
    assert page.text.endswith("Reçu en préfecture")
    assert page.headings[0].text == "Article 2"
