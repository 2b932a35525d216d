"""HTML as it is seen: what is hidden and what only looks so, blocks that stay apart, tables and their columns."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.documents import ExtractedPage
from ingest.readers import reader_for


def page_of(tmp_path: Path, body: str) -> ExtractedPage:
    (tmp_path / "a.html").write_text(f"<html><meta charset=utf-8><body>{body}</body></html>", encoding="utf-8")
    return reader_for(tmp_path / "a.html").read(tmp_path / "a.html").pages[0]


def test_a_page_that_is_one_form_is_read_and_its_fields_are_not(tmp_path: Path) -> None:
    page = page_of(
        tmp_path,
        "<form id='aspnetForm'><h1>Avis</h1><input value='secret'><p>Le maire informe."
        "<select><option>Nord</option></select></p><textarea>brouillon</textarea><button>Envoyer</button></form>",
    )
    assert page.text == "Avis\n\nLe maire informe."


@pytest.mark.parametrize(
    ("style", "seen"),
    [
        ("font-size:0.9em", True), ("font-size: 0.85rem; color:red", True), ("font-size:0", False),
        ("font-size:0px;color:red", False), ("display:none", False), ("visibility: hidden", False),
        ("opacity:0", False), ("opacity: 0.6", True), ("position:absolute; left:-9999px", False), ("left:-4px", True),
    ],
)  # fmt: skip
def test_small_text_is_seen_and_text_without_size_is_not(style: str, seen: bool, tmp_path: Path) -> None:
    assert ("Mention" in page_of(tmp_path, f"<p>Avis</p><p style='{style}'>Mention</p>").text) == seen


def test_what_only_screen_readers_skip_is_seen(tmp_path: Path) -> None:
    assert page_of(tmp_path, "<p>Tarif : <span aria-hidden='true'>12 €</span></p>").text == "Tarif : 12 €"


def test_text_after_a_list_within_an_item_is_kept(tmp_path: Path) -> None:
    page = page_of(tmp_path, "<ul><li>Avant<ul><li>dedans</li></ul> après</li><li>suivant</li></ul>")
    assert page.text == "- Avant\n- dedans\n\naprès\n\n- suivant"


def test_blocks_in_items_cells_and_headings_stay_apart(tmp_path: Path) -> None:
    page = page_of(
        tmp_path,
        "<h2><div>Titre</div><div>long</div></h2><ul><li><p>Un</p><p>Deux</p></li></ul>"
        "<table><tr><td><p>Alpha</p><p>Beta</p></td><td>Gamma<br>Delta</td></tr></table>",
    )
    assert page.text == "Titre long\n\n- Un\n\nDeux\n\nAlpha Beta | Gamma Delta"


def test_a_table_that_places_what_is_in_it_is_no_table(tmp_path: Path) -> None:
    page = page_of(
        tmp_path,
        "<table><tr><td>Menu</td><td><h1>Arrêté</h1><p>Un.</p><table><tr><td>a</td><td>b</td></tr></table>Fin.</td>"
        "</tr></table><table><tr><td><p>Bonjour,</p><p>Merci.</p></td></tr></table>",
    )
    assert page.text == "Menu\n\nArrêté\n\nUn.\n\na | b\n\nFin.\n\nBonjour,\n\nMerci."
    assert [one.text for one in page.headings] == ["Arrêté"]
    assert [page.text[one.start : one.end] for one in page.tables] == ["a | b"]


@pytest.mark.parametrize(
    "head",
    [
        "<tr><th>Année</th><th>2023</th></tr>",
        "<thead><tr><td>Année</td><td>2023</td></tr></thead>",
        "<tr><th colspan='2'>Effectifs</th></tr><tr><td></td><th>Année</th><th>2023</th></tr>",
    ],
)
def test_cells_that_head_columns_are_the_header(head: str, tmp_path: Path) -> None:
    page = page_of(
        tmp_path, f"<table>{head}<tr><th>Voirie</th><td>12</td></tr><tr><th>Sport</th><td>8</td></tr></table>"
    )
    assert page.tables[-1].header.endswith("Année | 2023")
    assert page.text[page.tables[-1].start :].startswith(page.tables[-1].header)
    assert page.text.endswith("Voirie | 12\nSport | 8")


def test_a_row_is_no_header_where_the_table_says_so(tmp_path: Path) -> None:
    page = page_of(tmp_path, "<table><tr><th>Objet</th><td>Voirie</td></tr><tr><th>Lieu</th><td>Nord</td></tr></table>")
    assert page.tables[0].header == ""
    page = page_of(tmp_path, "<table><tr><td>a</td><td>b</td></tr><tr><th>Nom</th><th>Lieu</th></tr></table>")
    assert [one.header for one in page.tables] == ["", "Nom | Lieu"]


def test_cells_that_span_keep_the_columns_in_place(tmp_path: Path) -> None:
    page = page_of(
        tmp_path,
        "<table><tr><th rowspan=2>Service</th><th colspan=2>Budget</th></tr><tr><th>2023</th><th>2024</th></tr>"
        "<tr><td rowspan=2>Voirie</td><td>1</td><td>2</td></tr><tr><td>3</td><td>4</td></tr></table>",
    )
    assert page.text == "Service | Budget | \n | 2023 | 2024\nVoirie | 1 | 2\n | 3 | 4"
    assert page.tables[0].header == "Service | Budget |  /  | 2023 | 2024"


def test_a_cell_that_claims_millions_of_columns_is_bounded(tmp_path: Path) -> None:
    page = page_of(tmp_path, "<table><tr><td colspan=99999 rowspan=99999>a</td><td>b</td></tr></table>" * 20)
    assert len(page.text) < 20_000


def test_preformatted_lines_stay_lines(tmp_path: Path) -> None:
    assert page_of(tmp_path, "<pre>un\ndeux</pre><p>trois\nquatre</p>").text == "un\ndeux\n\ntrois quatre"


def test_two_tables_are_not_one(tmp_path: Path) -> None:
    one = "<table><tr><th>Nom</th><th>Lieu</th></tr><tr><td>a</td><td>b</td></tr></table>"
    assert [table.header for table in page_of(tmp_path, one + one.replace("Nom", "Rue")).tables] == [
        "Nom | Lieu", "Rue | Lieu",
    ]  # fmt: skip


def test_structure_by_words_where_no_style_gives_it(tmp_path: Path) -> None:
    page = page_of(
        tmp_path, "<h1>Règlement</h1><h2>Article 1</h2><p>Un.</p><p>Article 2</p><p>Deux.</p>"
        "<table><tr><td>Article 3</td><td>voté</td></tr></table>",
    )  # fmt: skip
    assert [(one.level, one.text) for one in page.headings] == [(1, "Règlement"), (2, "Article 1"), (2, "Article 2")]


def test_what_declares_iso_8859_1_is_read_as_browsers_do(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(b"<meta charset=iso-8859-1><p>l\x92\x9cuvre</p>")
    assert reader_for(tmp_path / "a.html").read(tmp_path / "a.html").pages[0].text == "l’œuvre"
