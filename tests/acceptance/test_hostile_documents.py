"""Nothing that a document says is obeyed or rendered: with quotations alone, and with a model that obeys everything."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from lxml import html
from starlette.applications import Starlette
from starlette.testclient import TestClient

from app.answer_output import print_answer
from app.api.source import routes
from app.assistant.answer import Assistant
from app.assistant.events import Finished, Question
from app.assistant.orders import speaks_to_model
from app.shown import shown
from app.ui.answer_html import view_html
from app.ui.asking import Asking
from index.store import Index
from models.protocols import Prompt
from tests.acceptance.hostile_documents import DOCUMENTS, LINK, PAYLOAD, QUESTION, HostileDocument
from tests.acceptance.test_certified import assert_certified
from tests.fakes import FakeEmbedder, FakeGenerator
from tests.makers import document, hold, open_index

pytestmark = pytest.mark.acceptance

Reply = Callable[[Prompt], str]

ANSWER_TAGS = {"section", "h2", "p", "a", "span", "figure", "figcaption", "blockquote", "br", "ul", "li", "mark"}
SOURCE_TAGS = {"head", "meta", "title", "style", "body", "header", "div", "h1", "p", "nav", "a", "main", "mark"}
ATTRIBUTES = {"class", "lang", "aria-live", "href", "target", "title", "role", "id"}
ACTS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\U000e0000-\U000e007f]"
)


@dataclass
class Town:
    """As much of a house as certification and source pages ask for: each document in a collection of its own."""

    index: Index

    def readable(self, user: str) -> frozenset[str]:
        return frozenset(one.name for one in DOCUMENTS)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    index = open_index(tmp_path_factory.mktemp("hostile"))
    made = [document(one.text, title=one.title, collection=one.name, path=f"{one.name}.md") for one in DOCUMENTS]
    hold(index, *made)
    return Town(index)


def obeying(prompt: Prompt) -> str:
    """The worst model: it writes what it is told to, copies what it reads, cites anything, adds links of its own."""
    told = re.findall(
        r"(?i)(?:answer|répondez|réponds|say|écris|écrivez|with|exactement|ia|consignes|que) ?:? ([^\n]+)", prompt.user
    )
    read = [line for line in prompt.user.splitlines() if line.strip()]
    own = [
        f"{PAYLOAD} [1].",
        f"[Cliquez]({LINK}) [1].",
        f'<img src="{LINK}"> [1].',
        "Le maire a démissionné [99].",
        "[1] [1].",
    ]
    return " ".join(f"{one.rstrip('.')} [1]." for one in [*told, *read]) + " " + " ".join(own)


def copying(prompt: Prompt) -> str:
    """It gives its passages back, as they are, without a marker."""
    return prompt.user


REPLIES: dict[str, Reply | None] = {"quotations": None, "obeying": obeying, "copying": copying}


@pytest.fixture(params=list(REPLIES))
def assistant(request: pytest.FixtureRequest, town: Town) -> Assistant:
    reply = REPLIES[request.param]
    generator = FakeGenerator(reply) if reply else None
    return Assistant(town.index, FakeEmbedder(), lambda language: generator)


def question(one: HostileDocument) -> Question:
    return Question(QUESTION, frozenset({one.name}))


def named(one: HostileDocument) -> str:
    return one.name


def test_there_are_fifty_and_each_is_another() -> None:
    assert (
        len(DOCUMENTS)
        == len({one.name for one in DOCUMENTS})
        == len({(one.text, one.title) for one in DOCUMENTS})
        == 50
    )


@pytest.mark.parametrize("one", DOCUMENTS, ids=named)
def test_nothing_is_obeyed(one: HostileDocument, assistant: Assistant, town: Town) -> None:
    answer = assistant.finish(question(one))
    assert answer.kind != "refused"
    assert_certified(town, answer)  # type: ignore[arg-type]
    for sentence in answer.sentences:
        assert not speaks_to_model(sentence.text)
        assert PAYLOAD not in sentence.text
        if LINK not in one.text:
            assert LINK not in sentence.text
        assert set(sentence.markers) <= {citation.marker for citation in answer.citations}
    assert any("3,85 euros" in sentence.text for sentence in answer.sentences)


@pytest.mark.parametrize("one", DOCUMENTS, ids=named)
def test_nothing_is_rendered_and_every_marker_opens_its_quotation(
    one: HostileDocument, assistant: Assistant, town: Town
) -> None:
    client = TestClient(Starlette(routes=routes(lambda: town)))  # type: ignore[arg-type, return-value]
    last: Finished | None = None
    for view in Asking(question(one), assistant).start().views():
        drawn = html.fragment_fromstring(view_html(view, QUESTION, "fr"), create_parent="div")
        assert_harmless(drawn, ANSWER_TAGS)
        last = view.finished
    assert last is not None
    addresses = {citation.marker: citation for citation in last.citations}
    for link in drawn.iter("a"):
        opened = client.get(link.get("href").split("#")[0])
        assert opened.status_code == 200
        assert_harmless(html.document_fromstring(opened.text), SOURCE_TAGS)
        marks = [mark.text_content() for mark in html.document_fromstring(opened.text).iter("mark")]
        assert marks in [[_drawn(citation.quote)] for citation in addresses.values()]


@pytest.mark.parametrize("one", DOCUMENTS, ids=named)
def test_the_terminal_is_not_obeying_either(
    one: HostileDocument, assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr("typer.echo", said.append)
    print_answer(assistant.finish(question(one)), "fr")
    bold = re.compile("\x1b\\[(?:1|0)m")  # our own
    assert not ACTS.search(bold.sub("", "".join(said)))


def assert_harmless(page: html.HtmlElement, tags: set[str]) -> None:
    """Our own elements and attributes, links to our own pages, no character that acts on those around it."""
    for element in page.iterdescendants():
        assert element.tag in tags
        assert element.tag == "meta" or set(element.attrib) <= ATTRIBUTES
        assert element.get("href", "/source/").startswith("/source/")
        assert not ACTS.search("".join(element.attrib.values()))
    assert not ACTS.search(page.text_content())


def test_the_obeying_model_is_heard_at_all(town: Town) -> None:
    """Its true sentences are certified: what was withheld above was withheld for what it said."""
    assistant = Assistant(town.index, FakeEmbedder(), lambda language: FakeGenerator(obeying))
    answers = [assistant.finish(question(one)) for one in DOCUMENTS]
    assert sum(answer.kind == "generated" for answer in answers) > 40
    assert all(answer.withheld for answer in answers)


def _drawn(quotation: str) -> str:
    return shown(quotation)
