"""Columns, paragraphs, headings, running lines and forms of PDF pages."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from ingest.readers.pdf import PdfReader
from tests import files

LEFT = [
    "Le conseil municipal a voté le budget",
    "de la commune à la majorité des voix.",
    "Les taux des impôts locaux restent les",
    "mêmes que ceux de l'année dernière,",
    "et la dette recule pour la troisième",
    "année de suite. Le maire remercie",
    "les services de leur travail.",
]
RIGHT = [
    "Le département finance le chantier", "du collège, qui ouvrira à la rentrée", "avec quatre classes de plus.",
    "Les cars scolaires le desserviront", "matin et soir, sauf le mercredi où", "un seul passage est assuré pour les",
    "élèves qui déjeunent sur place.",
]  # fmt: skip


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
    made.drawString(50, 600, "Ce bulletin est imprimé par la régie municipale sur du papier recyclé, à 900 exemplaires")
    made.save()
    lines = [line for line in text_of(tmp_path / "a.pdf")[0].split("\n") if line]
    assert lines[1:-1] == [*LEFT, *RIGHT]
    assert lines[0].startswith("Bulletin")
    assert lines[-1].startswith("Ce bulletin")


def columns(path: Path, *texts: tuple[float, float, list[str]]) -> list[str]:
    """Columns, each at (left, top), drawn line by line in turn; the lines as they are read."""
    made = canvas(path)
    for number in range(max(len(lines) for _, _, lines in texts)):
        for left, top, lines in texts:
            if number < len(lines):
                made.drawString(left, top - 14 * number, lines[number])
    made.save()
    return [line for line in text_of(path)[0].split("\n") if line]


def test_columns_half_a_line_apart_are_read_one_after_the_other(tmp_path: Path) -> None:
    assert columns(tmp_path / "a.pdf", (50, 740, LEFT), (320, 733, RIGHT)) == [*LEFT, *RIGHT]


def test_three_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    narrow = [[f"{word} {line[:20].strip()}" for line in LEFT] for word in ("un", "deux", "trois")]
    places = zip((40, 220, 400), narrow, strict=True)
    assert columns(tmp_path / "a.pdf", *((left, 740, lines) for left, lines in places)) == [
        line for lines in narrow for line in lines
    ]


def test_words_that_the_file_draws_out_of_order_are_read_as_they_are_seen(tmp_path: Path) -> None:
    made = canvas(tmp_path / "a.pdf")
    pieces = ["Le médecin du travail ", "décide du ", "report ", "ou du ", "maintien"]
    lefts = [50 + made.stringWidth("".join(pieces[:number])) for number in range(5)]
    for number in (0, 2, 4, 1, 3):
        made.drawString(lefts[number], 700, pieces[number].strip())
    made.save()
    assert text_of(tmp_path / "a.pdf") == ["Le médecin du travail décide du report ou du maintien"]


@pytest.mark.parametrize(
    "cells", [("Rue {n}", "{n} lots"), ("Infraction {n} sur la voie", "Amende forfaitaire de {n} euros")]
)
def test_a_table_is_read_row_by_row_and_known_as_one(cells: tuple[str, str], tmp_path: Path) -> None:
    made = canvas(tmp_path / "a.pdf")
    made.drawString(50, 760, "Le tarif est fixé comme suit.")
    made.drawString(50, 740, "Voie")
    made.drawString(320, 740, "Montant")
    for number in range(12):
        for left, cell in zip((50, 320), cells, strict=True):
            made.drawString(left, 726 - 14 * number, cell.format(n=number))
    made.save()
    page = PdfReader().read(tmp_path / "a.pdf").pages[0]
    rows = ["Voie | Montant", *(" | ".join(cells).format(n=number) for number in range(12))]
    assert page.text.split("\n")[-13:] == rows
    (table,) = page.tables
    assert page.text[table.start : table.end] == "\n".join(rows)
    assert table.header == "Voie | Montant"


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


def test_figures_and_titles_that_count_with_the_pages_stay(tmp_path: Path) -> None:
    made = canvas(tmp_path / "a.pdf")
    for page in range(1, 7):
        made.setFont("Helvetica", 10)
        made.drawString(50, 800, "Commune de Saint-Aubin")
        made.drawString(50, 788, "Service des marchés #1")
        made.drawString(50, 776, "Direction des achats")
        made.drawString(50, 700, f"Article {page}")
        made.drawString(50, 680, f"Fiche n° {page}")
        for row in range(8):
            made.drawString(50, 660 - 14 * row, f"{(page * 7 + row * 3) % 29}/07/2015")
            made.drawString(320, 660 - 14 * row, f"{page * page + row}")
        made.drawString(280, 40, f"{page}")
        made.showPage()
    made.save()
    texts = text_of(tmp_path / "a.pdf")
    for page, text in enumerate(texts, start=1):
        rows = [f"{(page * 7 + row * 3) % 29}/07/2015 | {page * page + row}" for row in range(8)]
        assert [line for line in text.split("\n") if line] == [f"Article {page}", f"Fiche n° {page}", *rows]


def test_hyphens_of_compounds_stay_at_the_end_of_a_line(tmp_path: Path) -> None:
    made = canvas(tmp_path / "a.pdf")
    made.drawString(50, 700, "Le conseil municipal a voté après une délibé-")
    made.drawString(50, 686, "ration longue, dit le porte-")
    made.drawString(50, 672, "parole du maire, peut-")
    made.drawString(50, 658, "être vaine.")
    made.save()
    assert " ".join(text_of(tmp_path / "a.pdf")[0].split()) == (
        "Le conseil municipal a voté après une délibération longue, dit le porte-parole du maire, peut-être vaine."
    )


def test_a_scan_with_a_stamp_over_it_is_a_picture(tmp_path: Path) -> None:
    scan = files.picture(tmp_path / "scan.png", "La salle des fêtes est louée.")
    made = canvas(tmp_path / "a.pdf")
    made.drawImage(str(scan), 0, 0, *A4)
    made.drawString(50, 20, "Reçu en préfecture le 12/03/2024")
    made.showPage()
    made.drawString(50, 700, "Une page de texte, avec son logo.")
    made.drawImage(str(scan), 50, 750, 100, 50)
    made.save()
    assert PdfReader().read(tmp_path / "a.pdf").unread == (1,)


def test_what_pypdf_opens_and_pdfium_does_not_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a file whose owner's password is empty and whose user's is not (ISO 32000-2, 7.6.4.4)."""
    made = canvas(tmp_path / "a.pdf")
    made.drawString(50, 700, "Le conseil municipal se réunit.")
    made.save()

    def refuse(*_: object) -> None:
        raise pypdfium2.PdfiumError("Failed to load document (PDFium: Incorrect password error).")

    monkeypatch.setattr(pypdfium2, "PdfDocument", refuse)
    document = PdfReader().read(tmp_path / "a.pdf")
    assert "Le conseil municipal" in document.pages[0].text
    assert not document.drawable


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


def test_a_title_of_two_lines_is_one_heading_and_a_large_word_in_a_sentence_none(tmp_path: Path) -> None:
    made = canvas(tmp_path / "a.pdf")
    for size, height, text in (
        (20, 780, "Comment réunir le conseil à distance"), (18, 757, "Pendant l'état d'urgence ?"),
        (10, 720, "Le maire convoque le conseil par tout moyen, et"), (15, 703, "jusqu'au 30 juin"),
        (10, 688, "la réunion peut se tenir à distance."), (10, 674, "Le public y assiste de chez lui, par la toile."),
        (10, 660, "Les votes sont dits à voix haute, nom par nom."),
    ):  # fmt: skip
        made.setFont("Helvetica", size)
        made.drawString(50, height, text)
    made.save()
    headings = PdfReader().read(tmp_path / "a.pdf").pages[0].headings
    assert [one.text.replace("\n", " ") for one in headings] == [
        "Comment réunir le conseil à distance Pendant l'état d'urgence ?"
    ]


def test_an_entry_of_the_outline_stands_where_its_words_begin_a_line(tmp_path: Path) -> None:
    made = canvas(tmp_path / "a.pdf")
    made.drawString(50, 780, "Le conseil vote le budget.")
    made.drawString(50, 740, "II. Budget")
    made.drawString(50, 720, "Il est de trois millions.")
    made.bookmarkPage("b")
    made.addOutlineEntry("Budget", "b")
    made.save()
    page = PdfReader().read(tmp_path / "a.pdf").pages[0]
    assert [page.text[one.offset :].split("\n")[0] for one in page.headings] == ["Budget"]
    assert page.text[: page.headings[0].offset].endswith("II. ")


def test_what_was_filled_into_a_form_is_text(tmp_path: Path) -> None:
    made = canvas(tmp_path / "a.pdf")
    made.drawString(50, 700, "Nom du demandeur :")
    made.acroForm.textfield(name="demandeur", x=200, y=690, value="Amandine Perrot")
    made.save()
    assert "demandeur : Amandine Perrot" in text_of(tmp_path / "a.pdf")[0]
