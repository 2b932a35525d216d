"""Each format with the positions that a citation opens."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.documents import ExtractedDocument
from ingest.errors import Encrypted, IngestFailure, NeedsLibreOffice, Unsupported
from ingest.readers import reader_for
from ingest.split import split
from tests import files


def read(path: Path) -> ExtractedDocument:
    return reader_for(path).read(path)


def headings(document: ExtractedDocument) -> list[tuple[int, int, str]]:
    return [(page.number, one.level, one.text) for page in document.pages for one in page.headings]


def test_slides_are_pages(tmp_path: Path) -> None:
    document = read(files.slides(tmp_path / "a.pptx", ("Budget", ["Recettes", "Dépenses"]), ("Voirie", ["Rue Haute"])))
    assert [page.text for page in document.pages] == ["Budget\n\n- Recettes\n- Dépenses", "Voirie\n\nRue Haute"]
    assert headings(document) == [(1, 1, "Budget"), (2, 1, "Voirie")]


def test_slides_of_opendocument_are_pages(tmp_path: Path) -> None:
    document = read(files.presentation_odp(tmp_path / "a.odp"))
    assert [page.text for page in document.pages] == ["Bilan 2025\n\nDouze chantiers.", "Merci."]
    assert document.title == "Bilan 2025"


def test_sheets_are_pages_and_every_passage_of_a_table_keeps_its_header(tmp_path: Path) -> None:
    rows: list[list[object]] = [["Agent", "Service", "Entrée"]]
    rows += [[f"Agent {number}", f"Service {number % 7}", number] for number in range(450)]
    document = read(files.workbook(tmp_path / "a.xlsx", {"Effectifs": rows, "Notes": [["rien de plus à dire"]]}))
    assert [page.label for page in document.pages] == [
        "Effectifs, 1–200", "Effectifs, 201–400", "Effectifs, 401–451", "Notes",
    ]  # fmt: skip
    passages = split(document)
    about = [one for one in passages if "Agent 3" in one.text]
    assert about
    assert all("Agent | Service | Entrée" in one.searchable for one in passages if one.page <= 3)
    assert not any("Agent" in one.searchable for one in passages if one.page == 4)


def test_a_sheet_of_opendocument(tmp_path: Path) -> None:
    document = read(files.sheet_ods(tmp_path / "a.ods"))
    assert [(page.label, page.text) for page in document.pages] == [
        ("Voies", "Voies\n\nRue | Quartier\nHaute | Nord\nBasse | Sud")
    ]


@pytest.mark.parametrize(("delimiter", "encoding"), [(";", "cp1252"), (",", "utf-8"), ("\t", "utf-16")])
def test_csv_in_usual_shapes(delimiter: str, encoding: str, tmp_path: Path) -> None:
    lines = [("Nom", "Année", "Rôle"), ("Noël", "1999", "maire"), ("Zoé", "2004", "adjointe, finances")]
    text = "\n".join(delimiter.join(f'"{cell}"' if delimiter in cell else cell for cell in line) for line in lines)
    (tmp_path / "a.csv").write_bytes(text.encode(encoding))
    document = read(tmp_path / "a.csv")
    assert document.pages[0].text == "Nom | Année | Rôle\nNoël | 1999 | maire\nZoé | 2004 | adjointe, finances"
    assert document.pages[0].tables[0].header == "Nom | Année | Rôle"


def test_rich_text(tmp_path: Path) -> None:
    (tmp_path / "a.rtf").write_bytes(rb"{\rtf1\ansi\ansicpg1252 Article 1er\par Le maire d\'e9cide.\par}")
    document = read(tmp_path / "a.rtf")
    assert "Le maire décide." in document.pages[0].text
    assert headings(document) == [(1, 7, "Article 1er")]


def test_a_message_is_who_when_what_and_its_text(tmp_path: Path) -> None:
    document = read(files.message(tmp_path / "a.eml"))
    assert document.title == "Travaux rue Haute"
    assert document.metadata == {"author": "Élise Roy <e.roy@ville.fr>", "date": "2026-02-02"}
    assert "De : Élise Roy" in document.pages[0].text
    assert document.pages[0].text.endswith("Le chantier commence le 3 mars.")


def test_a_message_saved_as_utf_16_by_an_editor(tmp_path: Path) -> None:
    content = files.message(tmp_path / "a.eml").read_text(encoding="utf-8")
    (tmp_path / "b.eml").write_bytes(content.encode("utf-16"))
    assert read(tmp_path / "b.eml").title == "Travaux rue Haute"


def test_a_book_is_its_chapters_in_the_order_of_its_spine(tmp_path: Path) -> None:
    document = read(files.epub(tmp_path / "a.epub"))
    assert (document.title, document.metadata) == ("Guide du maire", {"author": "AMF", "language": "fr"})
    assert [(page.label, page.text) for page in document.pages] == [
        ("Élections", "Élections\n\nLe maire est élu."),
        ("Budget", "Budget\n\nLe budget est voté."),
    ]


def test_a_finding_aid_keeps_the_levels_of_its_components(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(files.EAD, encoding="utf-8")
    document = read(tmp_path / "a.xml")
    assert document.title == "Fonds de la mairie"
    assert headings(document) == [
        (1, 1, "12 W Administration générale"), (1, 2, "12 W 1 Conseil municipal"),
        (1, 3, "12 W 1/3 Reconstruction de l'école"),
    ]  # fmt: skip
    last = split(document)[-1]
    assert "Lenoir" in last.text
    assert "12 W 1 Conseil municipal" in last.heading


def test_a_manifest_tells_its_units(tmp_path: Path) -> None:
    (tmp_path / "manifest.xml").write_text(files.SEDA, encoding="utf-8")
    document = read(tmp_path / "manifest.xml")
    assert [one[1:] for one in headings(document)] == [
        (1, "Marché de voirie"), (2, "Acte d'engagement"), (2, "Notification"),
    ]  # fmt: skip
    assert "Lot 1, enrobés." in document.pages[0].text


def test_other_xml_is_named_and_refused(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text("<facture/>", encoding="utf-8")
    with pytest.raises(Unsupported, match="facture"):
        read(tmp_path / "a.xml")


def test_word_before_2007_needs_libreoffice_unless_it_is_something_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    (tmp_path / "a.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    with pytest.raises(NeedsLibreOffice):
        read(tmp_path / "a.doc")
    (tmp_path / "b.doc").write_bytes(rb"{\rtf1\ansi Bonjour.\par}")
    assert "Bonjour." in read(tmp_path / "b.doc").pages[0].text


def test_structure_by_words(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(
        "Délibération n° 2025-041 : tarifs\nLe conseil décide.\nTITRE II\nCHAPITRE PREMIER\n"
        "Article L. 2121-10\nToute convocation est faite par le maire.\nArticle 3 du code, applicable ;\n",
        encoding="utf-8",
    )
    assert [one[1:] for one in headings(read(tmp_path / "a.txt"))] == [
        (1, "Délibération n° 2025-041 : tarifs"), (2, "TITRE II"), (3, "CHAPITRE PREMIER"), (7, "Article L. 2121-10"),
    ]  # fmt: skip


def test_a_protected_workbook_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    with pytest.raises(Encrypted):
        read(tmp_path / "a.xlsx")


@pytest.mark.parametrize("suffix", "pdf docx pptx xlsx xls ods odt odp epub rtf doc xml msg png tif".split())
def test_noise_under_any_suffix_is_a_failure_with_a_name(suffix: str, tmp_path: Path) -> None:
    (tmp_path / f"a.{suffix}").write_bytes(bytes(range(256)) * 20)
    with pytest.raises(IngestFailure):
        read(tmp_path / f"a.{suffix}")
