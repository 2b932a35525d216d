"""OpenDocument texts: notes, text boxes, tables whose cells repeat or are covered, structure by words."""

from __future__ import annotations

from pathlib import Path

from ingest.documents import ExtractedPage
from ingest.readers import reader_for
from tests import files


def page_of(tmp_path: Path, body: str) -> ExtractedPage:
    return reader_for(Path("a.odt")).read(files.text_odt(tmp_path / "a.odt", body)).pages[0]


def p(text: str) -> str:
    return f"<text:p>{text}</text:p>"


def test_notes_and_text_boxes_come_below_what_they_are_about(tmp_path: Path) -> None:
    note = f"<text:note-citation>1</text:note-citation><text:note-body>{p('Hors taxes.')}</text:note-body>"
    box = f"<draw:frame><draw:text-box>{p('Encadré')}</draw:text-box></draw:frame>"
    page = page_of(tmp_path, p(f"Le taux<text:note>{note}</text:note> est de 3 %.{box}") + p("Fin."))
    assert page.text == "Le taux est de 3 %.\n\nHors taxes.\n\nEncadré\n\nFin."


def test_cells_that_repeat_or_are_covered_keep_the_columns_in_place(tmp_path: Path) -> None:
    def cell(text: str, attributes: str = "") -> str:
        return f"<table:table-cell {attributes}>{p(text)}</table:table-cell>"

    twice = 'table:number-columns-repeated="2"'
    head = cell("Service") + cell("2023", 'table:number-columns-spanned="2"') + "<table:covered-table-cell/>"
    rows = [
        f"<table:table-header-rows><table:table-row>{head}</table:table-row></table:table-header-rows>",
        f"<table:table-row>{cell('Voirie')}{cell('x', twice)}</table:table-row>",
        f"<table:table-row><table:table-cell {twice}/>{cell('9')}</table:table-row>",
    ]
    page = page_of(tmp_path, f"<table:table>{''.join(rows)}</table:table>{p('Fin.')}")
    assert page.text == "Service | 2023 | \nVoirie | x | x\n |  | 9\n\nFin."
    assert [one.header for one in page.tables] == ["Service | 2023 | "]


def test_what_claims_to_repeat_millions_of_times_is_bounded(tmp_path: Path) -> None:
    many = '"999999999"'
    cell = f"<table:table-cell table:number-columns-repeated={many}>{p('x' * 50)}</table:table-cell>"
    row = f"<table:table-row table:number-rows-repeated={many}>{cell * 40}</table:table-row>"
    page = page_of(tmp_path, f"<table:table>{row}</table:table>{p(f'a<text:s text:c={many}/>b')}")
    assert page.text.endswith("a b")
    assert len(page.text) < 5_000_000


def test_structure_by_words_beside_outline_levels(tmp_path: Path) -> None:
    body = '<text:h text:outline-level="1">TITRE I</text:h>' + p("Article 1er") + p("Section 4 voix pour")
    page = page_of(tmp_path, body)
    assert [(one.level, one.text) for one in page.headings] == [(1, "TITRE I"), (8, "Article 1er")]
