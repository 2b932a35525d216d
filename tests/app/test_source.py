"""Source pages: the quotation marked, the words escaped, and one answer for absent and forbidden alike."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from lxml import html
from starlette.applications import Starlette
from starlette.testclient import TestClient

from app.api.links import citation_link
from app.api.source import routes
from app.assistant.citations import Register
from index.store import Index
from tests.makers import document, hold, open_index

TEXT = "Avant <b>gras</b>. Le repas coûte 3 euros. Après & fin."


@dataclass
class FakeHouse:
    index: Index
    allowed: frozenset[str]

    def readable(self, user: str) -> frozenset[str]:
        return self.allowed


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    index = open_index(tmp_path)
    hold(index, document(TEXT), document("x" * 30_000, path="long.md", title="Long"))
    hold(index, document("Dossier secret.", collection="secret", path="s.md"))
    house = FakeHouse(index, frozenset({"essai"}))
    return TestClient(Starlette(routes=routes(lambda: house)))  # type: ignore[arg-type, return-value]


def address(text: str, collection: str = "essai", page: object = 1, query: str = "") -> str:
    return f"/source/{collection}/{document(text).sha256}/{page}{query}"


def test_the_quotation_is_marked_and_every_word_escaped(client: TestClient) -> None:
    start = TEXT.index("Le repas")
    answer = client.get(address(TEXT, query=f"?start={start}&end={start + 24}&lang=fr"))
    shown = html.document_fromstring(answer.text)
    assert [one.text for one in shown.iter("mark")] == ["Le repas coûte 3 euros. "]
    assert shown.xpath("string(//*[@class='sheet'])") == TEXT
    assert not list(shown.iter("b", "script"))
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_long_page_shows_a_window_with_ways_on(client: TestClient) -> None:
    answer = client.get(address("x" * 30_000, query="?start=15000&end=15010"))
    assert len(answer.text) < 20_000
    assert "Afficher le texte qui précède" in answer.text
    assert "Afficher le texte qui suit" in answer.text


def test_forbidden_absent_and_wrong_are_the_same_page(client: TestClient) -> None:
    missing = client.get("/source/absente/" + "0" * 64 + "/1")
    assert missing.status_code == 404
    for other in (
        address("Dossier secret.", "secret"),
        address(TEXT, page=2),
        address(TEXT, page=0),
        address(TEXT, page="un"),
        address(TEXT, query="?start=9&end=3"),
        address(TEXT, query="?start=x"),
        address(TEXT, query="?start=-5&end=3"),
    ):
        answer = client.get(other)
        assert (answer.status_code, answer.text) == (404, missing.text), other


def test_a_span_beyond_the_page_marks_what_there_is(client: TestClient) -> None:
    assert client.get(address(TEXT, query="?start=40&end=999999")).status_code == 200


def test_a_superseded_version_says_so(client: TestClient, tmp_path: Path) -> None:
    hold(open_index(tmp_path), document("Tout autre texte."))
    assert "Une version plus récente" in client.get(address(TEXT)).text


def test_the_language_is_the_readers(client: TestClient) -> None:
    assert 'lang="en"' in client.get(address(TEXT, query="?lang=en")).text
    assert 'lang="fr"' in client.get(address(TEXT, query="?lang=xx")).text


def test_health(client: TestClient) -> None:
    assert client.get("/health").text == "ok"


def test_a_link_opens_the_reading_that_was_quoted_also_after_the_file_was_read_otherwise(tmp_path: Path) -> None:
    index = open_index(tmp_path)
    first = document("Le repas coûte 3 euros.")
    hold(index, first)
    (hit,) = index.search("repas", None, collections={"essai"}, k=1)
    citation = Register(index).cite(hit, 0, 23)
    assert citation is not None
    other = document("Tarifs. Le repas coûte 3 euros.")
    hold(index, replace(other, sha256=first.sha256))
    house = FakeHouse(index, frozenset({"essai"}))
    client = TestClient(Starlette(routes=routes(lambda: house)))  # type: ignore[arg-type, return-value]
    shown = html.document_fromstring(client.get(citation_link(citation, "fr")).text)
    assert [one.text for one in shown.iter("mark")] == ["Le repas coûte 3 euros."]
