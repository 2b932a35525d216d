"""Word documents: what their XML shows and a simple look misses; their styles, notes, tables and facts."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.documents import ExtractedDocument
from ingest.errors import TooLarge
from ingest.readers import reader_for
from tests import files

_MACROS = "application/vnd.ms-word.document.macroEnabled.main+xml"


def word(path: Path, body: str, **parts: str) -> ExtractedDocument:
    return reader_for(path).read(files.word(path, body, parts))


def p(text: str, style: str = "") -> str:
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}{r(text)}</w:p>"


def r(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def box(text: str) -> str:
    inner = f"<w:txbxContent>{p(text)}</w:txbxContent>"
    return (
        f"<w:r><mc:AlternateContent><mc:Choice><w:drawing>{inner}</w:drawing></mc:Choice><mc:Fallback><w:pict>"
        f"<v:textbox>{inner}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (f"<w:p>{r('Le maire ')}<w:ins>{r('ne ')}</w:ins>{r('signe')}<w:ins>{r(' pas')}</w:ins></w:p>",
         "Le maire ne signe pas"),
        (f"<w:p>{r('Voté')}<w:del><w:r><w:delText> rejeté</w:delText></w:r></w:del></w:p>", "Voté"),
        (f"<w:p><w:moveFrom>{r('ici')}</w:moveFrom><w:moveTo>{r('là')}</w:moveTo></w:p>", "là"),
        (f"<w:sdt><w:sdtContent>{p('Objet du contrat')}</w:sdtContent></w:sdt>", "Objet du contrat"),
        (f"<w:p>{r('Date : ')}<w:sdt><w:sdtContent>{r('3 mars')}</w:sdtContent></w:sdt></w:p>", "Date : 3 mars"),
        (f"<w:p>{r('à ')}<w:smartTag><w:smartTag>{r('Lyon')}</w:smartTag></w:smartTag></w:p>", "à Lyon"),
        (f"<w:p>{r('voir ')}<w:hyperlink>{r('le site')}</w:hyperlink></w:p>", "voir le site"),
        (f"<w:p>{r('Avis')}<w:r><w:rPr><w:vanish/></w:rPr><w:t> caché</w:t></w:r></w:p>", "Avis"),
        (f'<w:p>{r("Avis")}<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t> vu</w:t></w:r></w:p>', "Avis vu"),
        (f"<w:p>{r('p. ')}<w:fldSimple>{r('4')}</w:fldSimple></w:p>", "p. 4"),
        (f"<w:p>{r('Avant')}{box('Encadré')}{r(' après')}</w:p>{p('Fin')}", "Avant après\n\nEncadré\n\nFin"),
        ("<w:p><w:r><w:t>Recettes</w:t><w:tab/><w:t>12</w:t><w:br/><w:t>Dépenses</w:t></w:r></w:p>",
         "Recettes 12\nDépenses"),
        (f'<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr>'
         f"<w:sdtContent>{p('Titre I ... 3')}</w:sdtContent></w:sdt>{p('Texte')}", "Texte"),
    ],
)  # fmt: skip
def test_what_is_shown_when_changes_are_accepted(body: str, text: str, tmp_path: Path) -> None:
    assert word(tmp_path / "a.docx", body).pages[0].text == text


def test_notes_come_below_what_they_are_about_and_rules_do_not(tmp_path: Path) -> None:
    document = word(
        tmp_path / "a.docx",
        f'<w:p>{r("Le taux est de 3 %")}<w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
        f'<w:p>{r("Fin")}<w:r><w:endnoteReference w:id="2"/></w:r></w:p>',
        footnotes=f'<w:footnote w:type="separator" w:id="0">{p("règle")}</w:footnote>'
        f'<w:footnote w:id="2">{p("Hors taxes.")}</w:footnote>',
        endnotes=f'<w:endnote w:id="2">{p("Source : Insee.")}</w:endnote>',
    )
    assert document.pages[0].text == "Le taux est de 3 %\n\nHors taxes.\n\nFin\n\nSource : Insee."


def test_styles_based_on_headings_are_headings(tmp_path: Path) -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="T1"><w:name w:val="heading 1"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="V"><w:name w:val="Ville chapitre"/><w:basedOn w:val="T1"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="W"><w:name w:val="Ville section"/><w:basedOn w:val="V"/>'
        '<w:pPr><w:outlineLvl w:val="2"/></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="L"><w:name w:val="Ville point"/><w:basedOn w:val="LB"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="LB"><w:name w:val="List Bullet"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="X"><w:name w:val="X"/><w:basedOn w:val="X"/></w:style>'
    )
    body = p("Voirie", "V") + p("Trottoirs", "W") + p("un point", "L") + p("texte", "X")
    page = word(tmp_path / "a.docx", body, styles=styles).pages[0]
    assert [(one.level, one.text) for one in page.headings] == [(1, "Voirie"), (3, "Trottoirs")]
    assert page.text.endswith("- un point\n\ntexte")


def test_structure_by_words_beside_styles(tmp_path: Path) -> None:
    styles = '<w:style w:type="paragraph" w:styleId="T1"><w:name w:val="heading 1"/></w:style>'
    body = p("TITRE I", "T1") + p("Chapitre 1er : Accès") + p("Article 1er") + p("Article 2 agents sont affectés.")
    page = word(tmp_path / "a.docx", body, styles=styles).pages[0]
    assert [(one.level, one.text) for one in page.headings] == [
        (1, "TITRE I"), (4, "Chapitre 1er : Accès"), (8, "Article 1er"),
    ]  # fmt: skip


def row(*cells: str, properties: str = "") -> str:
    return f"<w:tr>{properties}{''.join(cells)}</w:tr>"


def cell(inner: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inner}</w:tc>"


def test_cells_stand_in_their_columns_and_what_is_in_them_apart(tmp_path: Path) -> None:
    wide, goes_on = '<w:gridSpan w:val="2"/>', "<w:vMerge/>"
    skips = '<w:trPr><w:gridBefore w:val="2"/></w:trPr>'
    begins = '<w:vMerge w:val="restart"/>'
    table = "".join(
        [
            row(cell(p("Service"), begins), cell(p("2023"), wide), properties="<w:trPr><w:tblHeader/></w:trPr>"),
            row(cell(p(""), goes_on), cell(p("Voté")), cell(p("Payé")), properties="<w:trPr><w:tblHeader/></w:trPr>"),
            row(cell(p("Voirie") + p("et places")), cell("<w:p><w:r><w:t>1</w:t><w:tab/><w:t>2</w:t></w:r></w:p>"),
                f"<w:sdt><w:sdtContent>{cell(p('3'))}</w:sdtContent></w:sdt>"),
            row(cell(p("supprimée")), properties="<w:trPr><w:del/></w:trPr>"),
            f"<w:ins>{row(cell(p('9')), properties=skips)}</w:ins>",
        ]
    )  # fmt: skip
    page = word(tmp_path / "a.docx", f"<w:tbl>{table}</w:tbl>{p('Fin')}").pages[0]
    assert page.text == "Service | 2023 | \n | Voté | Payé\nVoirie et places | 1 2 | 3\n |  | 9\n\nFin"
    assert [one.header for one in page.tables] == ["Service | 2023 |  /  | Voté | Payé"]


def test_a_table_of_one_cell_around_paragraphs_is_no_table(tmp_path: Path) -> None:
    inner = p("Le maire,") + p("Vu le code,") + f"<w:p>{box('Cachet')}</w:p>"
    page = word(tmp_path / "a.docx", f"<w:tbl>{row(cell(inner))}</w:tbl>{p('Fin')}").pages[0]
    assert page.text == "Le maire,\n\nVu le code,\n\nCachet\n\nFin"


def test_a_document_with_macros_is_read_like_one_without(tmp_path: Path) -> None:
    path = files.word(tmp_path / "a.docm", p("Bonjour."), content_type=_MACROS)
    assert reader_for(path).read(path).pages[0].text == "Bonjour."


def test_a_document_with_macros_that_unpacks_beyond_reason_is_refused(tmp_path: Path) -> None:
    path = files.zipped(tmp_path / "a.docm", {"[Content_Types].xml": _MACROS, "b": b" " * (300 << 20)})
    with pytest.raises(TooLarge):
        reader_for(path).read(path)


def test_nothing_is_made_up_for_a_document_that_states_nothing(tmp_path: Path) -> None:
    document = word(tmp_path / "a.docx", p("Bonjour."))
    assert (document.title, document.metadata) == ("", {})


def test_nothing_is_made_up_for_slides_that_state_nothing(tmp_path: Path) -> None:
    import zipfile

    whole = files.slides(tmp_path / "whole.pptx", ("Budget", ["Recettes"]))
    with zipfile.ZipFile(whole) as archive:
        members = {name: archive.read(name) for name in archive.namelist() if name != "docProps/core.xml"}
    relations = members["_rels/.rels"].decode()
    before, _, after = relations.partition('<Relationship Id="rId3"')
    assert "core-properties" in after.partition("/>")[0]
    members["_rels/.rels"] = (before + after.partition("/>")[2]).encode()
    path = files.zipped(tmp_path / "a.pptx", members)
    document = reader_for(path).read(path)
    assert (document.title, document.metadata) == ("", {})
    assert document.pages[0].text.startswith("Budget")
