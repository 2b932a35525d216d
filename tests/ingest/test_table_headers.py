"""Which rows name the columns of a table, and that every passage of its rows keeps them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.documents import ExtractedDocument
from ingest.readers import reader_for
from ingest.readers.builder import PageBuilder
from ingest.readers.headers import header_rows
from ingest.readers.sheet import sheet_pages
from ingest.split import split
from tests import files

_BODY = [["Voirie", "120", "130"], ["Sport", "80", "85"]]


def headers_of(rows: list[list[str]]) -> list[int]:
    return sorted(header_rows([(number, row) for number, row in enumerate(rows, start=1) if any(row)]))


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([["Service", "Budget", "Dépense"], *_BODY], [0]),
        ([["Budget de la ville"], ["Service", "Budget", "Dépense"], *_BODY], [1]),
        ([["Budget de la ville"], [], ["Service", "Budget", "Dépense"], *_BODY], [1]),
        ([["Service", "2023", "2024"], *_BODY], [0]),
        ([["Service", "2023", "2024 (prévu)"], ["Voirie", "2 019", "2 024"]], [0]),
        ([["", "Budget", "Dépense"], *_BODY], [0]),
        ([["", "2023", "2024"], *_BODY], [0]),
        ([["Service", "1er trimestre", "2e trimestre"], *_BODY], [0]),
        ([["Thème", "Période", "", "", "Page"], ["Voirie", "2024", "", "", "3"]], [0]),
        ([["Service", "Budget 2023"], ["", "Voté", "Réalisé"], *_BODY], [0, 1]),
        (
            [["Recettes"], ["Nom", "", "Part"], ["Taxe", "", "12"], [], ["Dépenses"], ["Nom", "", "Part"],
             ["Voirie", "", "8"]],
            [1, 4],
        ),
        ([["Élus"], ["Nom", "Rôle"], ["Noël", "maire"], [], ["Adjoints"], ["Zoé", "sports"]], [1]),
        ([["Voirie", "120", "130"], ["Sport", "80", "85"]], []),
        ([["Mairie", "1999"], ["École", "2004"]], []),
        ([["Objet :", "Voirie"], ["Lieu :", "Nord"]], []),
    ],
)  # fmt: skip
def test_rows_that_name_columns(rows: list[list[str]], expected: list[int]) -> None:
    assert headers_of(rows) == expected


@pytest.mark.parametrize(
    ("title", "header"),
    [
        ([], ["Service", "2023", "2024"]),
        (["Budget de la ville"], ["Service", "Voté", "Réalisé"]),
        ([], ["", "Voté", "Réalisé"]),
    ],
)
def test_rows_keep_their_header_in_every_passage_of_a_sheet(
    title: list[str], header: list[str], tmp_path: Path
) -> None:
    rows: list[list[object]] = [list(title), list(header)] if title else [list(header)]
    rows += [[f"Service {number}", 1000 + number, 2000 + number] for number in range(450)]
    document = reader_for(Path("a.xlsx")).read(files.workbook(tmp_path / "a.xlsx", {"Budget": rows}))
    passages = [one for one in split(document) if "Service " in one.text]
    assert len(passages) > 15
    assert all(" | ".join(header).strip() in one.searchable for one in passages)


def test_the_tables_of_a_sheet_have_their_own_headers() -> None:
    rows = [["Élus"], ["Nom", "Rôle"], *([["Noël", "maire"]] * 150), [], ["Voirie"], ["Rue", "Longueur"]]
    rows += [["Haute", "120"]] * 150
    pages = sheet_pages("Annexe", rows, 1)
    passages = split(ExtractedDocument("", "x", tuple(pages)))
    assert all("Nom | Rôle" in one.searchable for one in passages if "Noël" in one.text)
    assert all("Rue | Longueur" in one.searchable for one in passages if "Haute" in one.text)
    assert not any("Nom | Rôle" in one.searchable for one in passages if one.text.startswith("Haute"))


def test_a_table_of_a_page_may_have_a_title_above_its_header_and_a_header_that_the_caller_knows() -> None:
    page = PageBuilder()
    for row in (["Effectifs"], ["Service", "Agents"], ["Voirie", "12"]):
        page.row(row)
    page.end_table()
    page.row(["T1", "12 %"], header=True)
    page.row(["a", "b"], header=False)
    page.end_table()
    page.row(["Nom", "Rôle"], header=False)
    assert [one.header for one in page.page().tables] == ["", "Service | Agents", "T1 | 12 %", ""]


def test_slides_keep_merged_cells_in_their_columns(tmp_path: Path) -> None:
    from pptx import Presentation
    from pptx.util import Inches

    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    table = slide.shapes.add_table(3, 3, Inches(1), Inches(1), Inches(6), Inches(2)).table
    for row, cells in enumerate([("Budget", "", "Écart"), ("2023", "2024", ""), ("1", "2", "3")]):
        for column, cell in enumerate(cells):
            table.cell(row, column).text = cell
    table.cell(0, 0).merge(table.cell(0, 1))
    table.cell(0, 2).merge(table.cell(1, 2))
    deck.save(str(tmp_path / "a.pptx"))
    page = reader_for(Path("a.pptx")).read(tmp_path / "a.pptx").pages[0]
    assert page.text == "Budget |  | Écart\n2023 | 2024 | \n1 | 2 | 3"
    assert page.tables[0].header == "Budget |  | Écart"
