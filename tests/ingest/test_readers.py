"""Each reader on files made here: the words, the headings with their offsets, the title, and clear refusals."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from ingest.documents import ExtractedDocument
from ingest.errors import BrokenFile, EmptyFile, Encrypted, IngestFailure, TooLarge, Unsupported
from ingest.isolate import IsolatedReader
from ingest.readers import reader_for


def read(path: Path) -> ExtractedDocument:
    return reader_for(path).read(path)


def headings(document: ExtractedDocument) -> list[tuple[int, str]]:
    """Levels and texts; each heading must stand at its offset."""
    for page in document.pages:
        for one in page.headings:
            assert " ".join(page.text[one.offset :].split()).casefold().startswith(one.text.casefold())
    return [(one.level, one.text) for page in document.pages for one in page.headings]


def pdf(path: Path, *pages: str, password: str | None = None) -> Path:
    from pypdf import PdfReader, PdfWriter
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(path))
    for number, text in enumerate(pages):
        if text:
            canvas.bookmarkPage(str(number))
            canvas.addOutlineEntry(text.split("|")[0], str(number), 0)
        for line, words in enumerate(text.split("|")):
            canvas.drawString(80, 750 - 20 * line, words)
        canvas.showPage()
    canvas.setTitle("Règlement du marché")
    canvas.save()
    if password is not None:
        writer = PdfWriter(PdfReader(path))
        writer.encrypt(password, "owner", algorithm="AES-256")
        writer.write(path)
    return path


def test_pdf_pages_title_and_outline(tmp_path: Path) -> None:
    document = read(pdf(tmp_path / "a.pdf", "Article 1|Le marché ouvre à 8 heures.", "", "Article 2|Les étals."))
    assert document.title == "Règlement du marché"
    assert [page.text for page in document.pages] == [
        "Article 1\nLe marché ouvre à 8 heures.",
        "",
        "Article 2\nLes étals.",
    ]
    assert headings(document) == [(1, "Article 1"), (1, "Article 2")]
    assert document.unread == (2,)
    assert document.drawable


def test_a_pdf_with_an_empty_password_opens_and_with_a_real_one_does_not(tmp_path: Path) -> None:
    assert "ouvre" in read(pdf(tmp_path / "a.pdf", "Le marché ouvre.", password="")).pages[0].text
    with pytest.raises(Encrypted):
        read(pdf(tmp_path / "b.pdf", "Le marché ouvre.", password="secret"))


def test_a_pdf_without_text_is_to_be_recognised_and_one_cut_short_is_refused(tmp_path: Path) -> None:
    assert read(pdf(tmp_path / "scan.pdf", "", "")).unread == (1, 2)
    whole = pdf(tmp_path / "a.pdf", *["Le marché ouvre."] * 3).read_bytes()
    for share in (0.02, 0.3, 0.6):
        (tmp_path / "cut.pdf").write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(IngestFailure):
            read(tmp_path / "cut.pdf")


def test_markdown_without_its_markup(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(
        "# Règlement\n\nLe **maire** signe [l'arrêté](http://x).\nSuite.\n\n## Prêt\n\n- un *livre*\n- deux\n\n"
        "| A | B |\n|---|---|\n| 1 | 2 |\n\n<script>alert(1)</script>\n\n1. premier\n2. second\n",
        encoding="utf-8",
    )
    document = read(tmp_path / "a.md")
    assert document.pages[0].text == (
        "Règlement\n\nLe maire signe l'arrêté.\nSuite.\n\nPrêt\n\n- un livre\n- deux\n\nA | B\n1 | 2\n\nalert(1)\n\n"
        "1. premier\n2. second"
    )
    assert headings(document) == [(1, "Règlement"), (2, "Prêt")]
    assert document.title == "Règlement"


def test_html_as_it_is_seen(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(
        b"<html><head><meta charset='iso-8859-1'><title>Avis</title><script>secret()</script></head><body>"
        b"<nav>Menu</nav><h1>Enqu\xeate</h1><p>Le dossier est<br>consultable <b>en mairie</b>.</p>"
        b"<p hidden>cach\xe9</p><div style='display:none'>invisible</div><ul><li>lundi</li><li>mardi</li></ul>"
        b"<table><tr><th>Jour</th><th>Heure</th></tr><tr><td>lundi</td><td>9 h</td></tr></table></body></html>"
    )
    document = read(tmp_path / "a.html")
    text = "Enquête\n\nLe dossier est\nconsultable en mairie.\n\n- lundi\n- mardi\n\nJour | Heure\nlundi | 9 h"
    assert document.pages[0].text == text
    assert (document.title, headings(document)) == ("Avis", [(1, "Enquête")])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"])
def test_text_in_any_usual_encoding(encoding: str, tmp_path: Path) -> None:
    text = "TITRE I : Accès\nL'école élémentaire accueille les élèves à la rentrée de septembre.\nArticle 2\nLes frais."
    (tmp_path / "a.txt").write_bytes(text.encode(encoding))
    document = read(tmp_path / "a.txt")
    assert document.pages[0].text == text
    assert headings(document) == [(2, "TITRE I : Accès"), (7, "Article 2")]


def test_docx_styles_tables_and_lists_in_their_order(tmp_path: Path) -> None:
    from docx import Document

    document = Document()
    document.core_properties.title = "Note"
    document.add_heading("Objet", 1)
    document.add_paragraph("Le télétravail.")
    table = document.add_table(1, 2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "jours", "deux"
    document.add_paragraph("un point", style="List Bullet")
    document.save(str(tmp_path / "a.docx"))
    extracted = read(tmp_path / "a.docx")
    assert extracted.pages[0].text == "Objet\n\nLe télétravail.\n\njours | deux\n\n- un point"
    assert (extracted.title, headings(extracted)) == ("Note", [(1, "Objet")])


@pytest.mark.parametrize("suffix", [".docx", ".odt"])
def test_office_files_that_are_broken_locked_or_bombs_are_refused(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(b"PK\x03\x04 not a zip")
    with pytest.raises(BrokenFile):
        read(path)
    path.write_bytes(b"\xd0\xcf\x11\xe0" + b"x" * 600)
    with pytest.raises(Encrypted):
        read(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("content.xml", b"0" * (300 << 20))
    with pytest.raises(TooLarge):
        read(path)


def test_an_entity_of_an_odt_is_not_resolved(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("SECRET")
    content = (
        f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{tmp_path}/secret.txt">]>'
        '<o:c xmlns:o="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:t="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><o:text><t:p>Avant &e; après</t:p></o:text></o:c>'
    )
    with zipfile.ZipFile(tmp_path / "a.odt", "w") as archive:
        archive.writestr("META-INF/manifest.xml", "<m/>")
        archive.writestr("content.xml", content)
    assert "SECRET" not in read(tmp_path / "a.odt").pages[0].text


def test_a_format_that_is_not_read_is_named() -> None:
    with pytest.raises(Unsupported, match="xyz"):
        reader_for(Path("a.xyz"))


def test_a_child_reads_refuses_and_goes_on(tmp_path: Path) -> None:
    (tmp_path / "vide.md").touch()
    (tmp_path / "bon.md").write_text("# Titre\n\nTexte.")
    with IsolatedReader(tmp_path / "spool") as reader:
        with pytest.raises(EmptyFile):
            reader.read(tmp_path / "vide.md")
        assert reader.read(tmp_path / "bon.md") == read(tmp_path / "bon.md")


def test_a_reader_that_hangs_eats_or_dies_costs_its_file_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hostile readers, put in the way of the child: a module that shadows one of the formats."""
    good = tmp_path / "bon.md"
    good.write_text("Texte.")
    for name, body in {
        "hang": "import time; time.sleep(600)",
        "eat": "x = [bytearray(1 << 26) for _ in range(100)]",
        "die": "import os; os.kill(os.getpid(), 9)",
    }.items():
        (tmp_path / f"{name}.txt").write_text(body)
    hook = tmp_path / "hook"
    hook.mkdir()
    (hook / "sitecustomize.py").write_text(
        "import sys\nif 'ingest.child' in ' '.join(sys.orig_argv):\n"
        "    import ingest.readers.text as text\n"
        "    text.decode = lambda content: content.decode() if content[:1] == b'T' else exec(content)\n"
    )
    root = Path(__file__).resolve().parents[2]
    monkeypatch.setenv("PYTHONPATH", f"{hook}:{root}")
    with IsolatedReader(tmp_path / "spool", seconds=3, seconds_per_megabyte=0, memory_bytes=1 << 30) as reader:
        for name, code in {
            "hang": "ingest.too_slow",
            "eat": "ingest.too_greedy",
            "die": "ingest.reader_crashed",
        }.items():
            with pytest.raises(IngestFailure) as failure:
                reader.read(tmp_path / f"{name}.txt")
            assert failure.value.code == code
            assert reader.read(good).pages[0].text == "Texte."
