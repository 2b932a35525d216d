"""Columns, paragraphs, headings, running lines and forms of PDF pages."""

from __future__ import annotations

from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from ingest.readers.pdf import PdfReader

LEFT = [f"Le conseil municipal vote la mesure {number}" for number in "abcdefghij"]
RIGHT = [f"Le département finance le chantier {number}" for number in "abcdefghij"]


def text_of(path: Path) -> list[str]:
    return [page.text for page in PdfReader().read(path).pages]


def canvas(path: Path) -> Canvas:
    made = Canvas(str(path), pagesize=A4)
    made.setFont("Helvetica", 10)
    return made


def test_columns_whose_lines_alternate_are_read_one_after_the_other(tmp_path: Path) -> None:
    made = canvas(tmp_path / "a.pdf")
    made.drawString(50, 780, "Bulletin municipal de la commune de Saint-Aubin, distribué dans tous les foyers")
    for number, (left, right) in enumerate(zip(LEFT, RIGHT, strict=True)):
        made.drawString(50, 740 - 14 * number, left)
        made.drawString(320, 740 - 14 * number, right)
    made.drawString(50, 560, "Ce bulletin est imprimé par la régie municipale sur du papier recyclé, à 900 exemplaires")
    made.save()
    lines = [line for line in text_of(tmp_path / "a.pdf")[0].split("\n") if line]
    assert lines[1:-1] == [*LEFT, *RIGHT]
    assert lines[0].startswith("Bulletin")
    assert lines[-1].startswith("Ce bulletin")


def test_a_table_is_read_row_by_row(tmp_path: Path) -> None:
    made = canvas(tmp_path / "a.pdf")
    for number in range(12):
        made.drawString(50, 740 - 14 * number, f"Rue {number}")
        made.drawString(320, 740 - 14 * number, f"{number} lots")
    made.save()
    rows = [" ".join(line.split()) for line in text_of(tmp_path / "a.pdf")[0].split("\n") if line.strip()]
    assert rows == [f"Rue {number} {number} lots" for number in range(12)]


def test_paragraphs_are_apart_and_their_lines_together(tmp_path: Path) -> None:
    made = canvas(tmp_path / "a.pdf")
    for number, height in enumerate((740, 727, 714, 701, 670, 657, 644, 631)):
        made.drawString(50, height, f"Une ligne de texte numéro {number} du règlement intérieur")
    made.save()
    paragraphs = text_of(tmp_path / "a.pdf")[0].split("\n\n")
    assert [one.count("\n") for one in paragraphs] == [3, 3]


def test_running_headers_and_page_numbers_are_dropped_and_never_a_whole_page(tmp_path: Path) -> None:
    made = canvas(tmp_path / "a.pdf")
    for page in range(1, 6):
        made.setFont("Helvetica", 10)
        made.drawString(50, 800, "Commune de Saint-Aubin - registre des délibérations")
        if page != 4:
            made.drawString(50, 700, f"Décision particulière {'abcdef'[page]}.")
        made.drawString(280, 40, f"Page {page} / 5")
        made.showPage()
    made.save()
    texts = text_of(tmp_path / "a.pdf")
    assert texts[0] == "Décision particulière b."
    assert texts[3].startswith("Commune de Saint-Aubin")


def test_larger_lines_are_headings_by_rank(tmp_path: Path) -> None:
    made = canvas(tmp_path / "a.pdf")
    for size, height, text in (
        (22, 780, "Règlement de voirie"), (15, 740, "Les trottoirs"),
        (10, 720, "Ils sont entretenus par les riverains."),
        (10, 707, "La neige est poussée au bord de la chaussée."), (15, 670, "Les chantiers"),
        (10, 650, "Toute ouverture de tranchée est soumise à permission."),
    ):  # fmt: skip
        made.setFont("Helvetica", size)
        made.drawString(50, height, text)
    made.save()
    document = PdfReader().read(tmp_path / "a.pdf")
    assert [(one.level, one.text) for one in document.pages[0].headings] == [
        (1, "Règlement de voirie"), (2, "Les trottoirs"), (2, "Les chantiers"),
    ]  # fmt: skip
    for one in document.pages[0].headings:
        assert document.pages[0].text[one.offset :].startswith(one.text)


def test_what_was_filled_into_a_form_is_text(tmp_path: Path) -> None:
    made = canvas(tmp_path / "a.pdf")
    made.drawString(50, 700, "Nom du demandeur :")
    made.acroForm.textfield(name="demandeur", x=200, y=690, value="Amandine Perrot")
    made.save()
    assert "demandeur : Amandine Perrot" in text_of(tmp_path / "a.pdf")[0]
