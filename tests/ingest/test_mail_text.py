"""The text of messages: of alternatives, of several parts, of none that can be read."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ingest.errors import Encrypted, Unsupported
from ingest.readers import reader_for
from ingest.readers.builder import PageBuilder
from ingest.readers.outlook import _body, _is_secret

_HEAD = "From: a@ville.fr\nSubject: Essai\nMIME-Version: 1.0\n"


def text_of(tmp_path: Path, message: str) -> str:
    (tmp_path / "a.eml").write_text(_HEAD + message, encoding="utf-8")
    return reader_for(tmp_path / "a.eml").read(tmp_path / "a.eml").pages[0].text


def multipart(kind: str, *parts: tuple[str, str]) -> str:
    inner = "".join(f"--b\nContent-Type: {head}\n\n{text}\n" for head, text in parts)
    return f'Content-Type: multipart/{kind}; boundary="b"\n\n{inner}--b--\n'


def test_a_blank_alternative_does_not_hide_the_other(tmp_path: Path) -> None:
    parts = [("text/plain; charset=utf-8", " \n"), ("text/html; charset=utf-8", "<p>Le conseil est convoqué.</p>")]
    assert text_of(tmp_path, multipart("alternative", *parts)).endswith("\n\nLe conseil est convoqué.")
    parts[0] = ("text/plain; charset=utf-8", "En clair.")
    assert text_of(tmp_path, multipart("alternative", *parts)).endswith("\n\nEn clair.")


def test_text_on_both_sides_of_an_attachment_is_read(tmp_path: Path) -> None:
    text = text_of(
        tmp_path,
        multipart(
            "mixed", ("text/plain; charset=utf-8", "Avant la pièce."),
            ('application/pdf; name="a.pdf"\nContent-Disposition: attachment; filename="a.pdf"', "x"),
            ("text/html; charset=utf-8", "<p>Après la pièce.</p>"),
            ('text/plain; name="n.txt"\nContent-Disposition: attachment; filename="n.txt"', "pièce jointe"),
        ),
    )  # fmt: skip
    assert text.endswith("\n\nAvant la pièce.\n\nAprès la pièce.")


@pytest.mark.parametrize(
    ("message", "failure"),
    [
        ("Content-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nx", Encrypted),
        ("Content-Type: application/x-pkcs7-mime; smime-type=signed-data\n\nx", Unsupported),
        (multipart("encrypted", ("application/pgp-encrypted", "Version: 1")), Encrypted),
        (multipart("mixed", ("application/pkcs7-mime; smime-type=enveloped-data", "x")), Encrypted),
        ("Content-Type: text/plain\n\n-----BEGIN PGP MESSAGE-----\n\nhIwDY32hYGCE8MkBA", Encrypted),
    ],
)  # fmt: skip
def test_a_message_whose_text_is_a_secret_is_not_taken_for_its_headers(
    message: str, failure: type[Exception], tmp_path: Path
) -> None:
    with pytest.raises(failure):
        text_of(tmp_path, message)


def test_articles_of_a_message_are_headings(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_text(f"{_HEAD}\nArticle 1er\n\nLe marché ouvre.\n", encoding="utf-8")
    page = reader_for(tmp_path / "a.eml").read(tmp_path / "a.eml").pages[0]
    assert [one.text for one in page.headings] == ["Article 1er"]


def outlook(**facts: Any) -> Any:
    empty: dict[str, Any] = {"message_class": "IPM.Note", "message_headers": {}, "body": None, "html_body": None}
    return SimpleNamespace(**{**empty, "attachments": [], **facts})


@pytest.mark.parametrize(
    ("facts", "secret"),
    [
        ({"message_class": "IPM.Note.SMIME"}, True), ({"message_class": "IPM.Note.SMIME.MultipartSigned"}, False),
        ({"message_headers": {"Content-Type": 'multipart/encrypted; protocol="application/pgp-encrypted"'}}, True),
        ({"attachments": [SimpleNamespace(mime_type="application/pkcs7-mime")]}, True),
        ({"attachments": [SimpleNamespace(mime_type="application/pkcs7-mime")], "body": "En clair."}, False),
        ({"attachments": [SimpleNamespace(mime_type="application/pdf")]}, False),
    ],
)  # fmt: skip
def test_an_outlook_message_whose_text_is_a_secret(facts: dict[str, Any], secret: bool) -> None:
    assert _is_secret(outlook(**facts)) == secret


def test_an_outlook_message_with_a_blank_plain_text_has_its_markup() -> None:
    page = PageBuilder()
    _body(page, outlook(body=" \r\n", html_body="<p>Bonjour.</p>"))
    assert page.page().text == "Bonjour."
