"""Plain text, Markdown, RTF: encodings, white space, cut words, facts at the head, tables; headings by words."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.documents import ExtractedDocument
from ingest.readers import reader_for
from ingest.readers.headings import structure

_TEXT = "Le conseil municipal délibère à l'unanimité : la main-d'œuvre coûte 12 000 € à la régie."


def read(path: Path, content: bytes) -> ExtractedDocument:
    path.write_bytes(content)
    return reader_for(path).read(path)


def test_a_wrong_byte_does_not_spoil_the_others_and_is_told(tmp_path: Path) -> None:
    document = read(tmp_path / "a.txt", _TEXT.encode() + b"\nl\x92eau")
    assert document.pages[0].text == f"{_TEXT}\nl\ufffdeau"
    assert document.warnings == ("ingest.characters_lost",)
    assert read(tmp_path / "b.txt", _TEXT.encode()).warnings == ()


@pytest.mark.parametrize("suffix", ["html", "md", "csv"])
def test_lost_characters_are_told_in_every_format_of_text(suffix: str, tmp_path: Path) -> None:
    document = read(tmp_path / f"a.{suffix}", "Délibéré, à l'unanimité\nélu;".encode() + b"l\x92eau\n")
    assert document.warnings == ("ingest.characters_lost",)
    assert "Délibéré" in document.pages[0].text


@pytest.mark.parametrize("encoding", ["iso-8859-15", "cp1252", "utf-8", "utf-16", "utf-32"])
def test_the_signs_that_encodings_of_french_differ_in(encoding: str, tmp_path: Path) -> None:
    assert read(tmp_path / "a.txt", _TEXT.encode(encoding)).pages[0].text == _TEXT
    assert read(tmp_path / "b.txt", "Œuvres d'été : dépenses".encode(encoding)).pages[0].text.startswith("Œuvres")


def test_fractions_and_bullets_are_no_letters(tmp_path: Path) -> None:
    text = "Durée : 1 ½ h, soit 3½ pages.\n¤ premier point arrêté\n¤ second point voté à l'unanimité"
    assert read(tmp_path / "a.txt", text.encode("cp1252")).pages[0].text == text


def test_white_space_without_end_is_a_blank_line(tmp_path: Path) -> None:
    assert read(tmp_path / "a.txt", b"a" + b"\n" * 262_144 + b"b").pages[0].text == "a\n\nb"
    assert read(tmp_path / "b.txt", b"a\n" + b" \t\r\n" * 100_000 + b"b").pages[0].text == "a\n\nb"
    document = read(tmp_path / "c.txt", b"a" + b" " * 262_144 + b"b\n\n\n\n\nArticle 2\nvu")
    assert document.pages[0].text == "a b\n\nArticle 2\nvu"
    assert document.pages[0].text[document.pages[0].headings[0].offset :].startswith("Article 2")


def test_columns_of_a_text_stay_in_place(tmp_path: Path) -> None:
    text = f"Voirie{' ' * 30}12\nSport{' ' * 31}8"
    assert read(tmp_path / "a.txt", text.encode()).pages[0].text == text


@pytest.mark.parametrize("suffix", ["txt", "md", "html"])
def test_words_that_a_soft_hyphen_cuts_are_joined(suffix: str, tmp_path: Path) -> None:
    line_end = "<br>" if suffix == "html" else "\n"
    document = read(tmp_path / f"a.{suffix}", f"La déli\u00ad{line_end}bération est ad\u00adoptée.".encode())
    assert document.pages[0].text == "La délibération est adoptée."


def test_facts_at_the_head_of_markdown_are_no_text(tmp_path: Path) -> None:
    document = read(
        tmp_path / "a.md",
        '---\ntitle: "Règlement : l\'eau"\nauthors:\n  - Zoé Roy\n  - Noël\ndate: 2026-03-02\nlang: fr-FR\n'
        "tags: [eau, régie]\n---\n\n# Objet\n\nTexte.\n".encode(),
    )
    assert document.title == "Règlement : l'eau"
    assert document.metadata == {"author": "Zoé Roy, Noël", "date": "2026-03-02", "language": "fr"}
    assert document.pages[0].text == "Objet\n\nTexte."
    assert [one.text for one in document.pages[0].headings] == ["Objet"]


def test_a_rule_at_the_head_of_markdown_is_a_rule(tmp_path: Path) -> None:
    document = read(tmp_path / "a.md", "---\n\nLe maire décide.\n\n---\n\nFin.\n".encode())
    assert "Le maire décide." in document.pages[0].text
    assert document.title == ""


def test_rows_of_rich_text_are_rows(tmp_path: Path) -> None:
    document = read(
        tmp_path / "a.rtf",
        rb"{\rtf1\ansi\ansicpg1252 Effectifs :\par{\trowd\trhdr\cellx3000\cellx6000\pard\intbl Ann\'e9e\cell 2023"
        rb"\cell\row}\trowd\cellx3000 \intbl Voirie\par et places\cell 12\cell{\trowd\cellx3000\row}"
        rb"\pard Fin \\cell.\par}",
    )
    page = document.pages[0]
    assert page.text == "Effectifs :\n\nAnnée | 2023\nVoirie et places | 12\n\nFin \\cell."
    assert page.tables[0].header == "Année | 2023"


def test_a_heading_ends_with_its_line_and_a_sentence_is_none() -> None:
    text = (
        "Article\n12 agents sont affectés.\nSection 4 voix pour\nSection 4 – Les voix\nArticle 12 bis\n"
        "Article 3 Durée\nArticle 5 relatif aux congés\nCHAPITRE II de la voirie\nDélibération\nn° 12 du conseil\n"
        "Article L. 2121-10\nArticle 1er. Le maire est chargé de l'exécution."
    )
    assert [one.text for one in structure(text)] == [
        "Section 4 – Les voix", "Article 12 bis", "Article 3 Durée", "Article 5 relatif aux congés",
        "CHAPITRE II de la voirie", "Article L. 2121-10", "Article 1er. Le maire est chargé de l'exécution.",
    ]  # fmt: skip


def test_libreoffice_runs_with_a_new_profile_without_macros_and_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program in its place that copies the settings of the profile into the text of what it makes."""
    program = tmp_path / "soffice"
    program.write_text(
        "#!/usr/bin/env python3\n"
        "import sys, zipfile\nfrom pathlib import Path\nfrom urllib.parse import urlparse\n"
        "given = sys.argv[1:]\n"
        "profile = Path(urlparse(next(a for a in given if 'UserInstallation' in a).partition('=')[2]).path)\n"
        "said = (profile / 'user' / 'registrymodifications.xcu').read_text()\n"
        "import re\n"
        "text = ' '.join('='.join(pair) for pair in re.findall('oor:name=\"(.*?)\".*?<value>(.*?)<', said))\n"
        "out = Path(given[given.index('--outdir') + 1])\n"
        "import docx\n"
        "document = docx.Document(); document.add_paragraph(text); document.save(out / 'a.docx')\n"
    )
    program.chmod(0o755)
    import sys

    monkeypatch.setattr("ingest.readers.legacy.libreoffice", lambda: str(program))
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:/usr/bin:/bin")
    document = read(tmp_path / "a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    assert document.media_type == "application/msword"
    assert document.pages[0].text == (
        "DisableMacrosExecution=true MacroSecurityLevel=3 BlockUntrustedRefererLinks=true Link=0 Link=1"
    )
