"""In a browser: ask, see the quotation, open the page, see the highlight; nothing else is asked for."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Locator, Page

CHROMIUM = shutil.which("chromium")
pytestmark = [pytest.mark.acceptance, pytest.mark.skipif(CHROMIUM is None, reason="needs chromium")]

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="module")
def context() -> Iterator[tuple[BrowserContext, set[str]]]:
    """A browser and every host that its pages ask for, websockets included."""
    from playwright.sync_api import sync_playwright

    asked: set[str] = set()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        context.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
        context.on("page", lambda page: page.on("websocket", lambda socket: asked.add(urlsplit(socket.url).netloc)))
        yield context, asked
        browser.close()


def ask(page: Page, server: str, question: str) -> None:
    page.goto(server)
    field = page.get_by_label("Votre question")
    field.wait_for(timeout=90_000)
    field.fill(question)
    page.get_by_role("button", name="Demander").click()
    page.locator(".g-kind").first.wait_for(timeout=90_000)


def choose(page: Page, listing: Locator, name: str) -> None:
    """A list that is opened while the form still unfolds closes again: it is opened until it stays."""
    from playwright.sync_api import TimeoutError

    option = page.get_by_role("option", name=name)
    for _ in range(10):
        listing.click()
        try:
            option.click(timeout=3_000)
            break
        except TimeoutError:
            listing.press("Escape")
    listing.press("Escape")


def test_a_question_is_answered_by_a_quotation_that_opens_on_its_drawn_page(
    server: str, context: tuple[BrowserContext, set[str]]
) -> None:
    browser, asked = context
    page = browser.new_page()
    ask(page, server, "Combien de conseillers doivent être présents pour que le quorum soit atteint ?")
    figure = page.locator(".g-quotation", has_text="quatorze conseillers").first
    quotation = figure.locator("blockquote").inner_text()
    with browser.expect_page() as opened:
        figure.locator(".g-open").click()
    source = opened.value
    source.wait_for_load_state("networkidle")
    assert " ".join(quotation.split()) in " ".join(source.locator("blockquote").inner_text().split())
    assert 0 < source.locator("#citation").bounding_box()["y"] < 900  # the highlight is in view
    image = source.locator("img")
    assert image.evaluate("image => image.complete && image.naturalWidth > 600")
    assert highlighted(source.request.get(server + image.get_attribute("src")).body()) > 2000
    page.close()
    source.close()
    assert asked == {urlsplit(server).netloc}


def test_a_text_document_opens_with_the_quotation_marked(server: str, context: tuple[BrowserContext, set[str]]) -> None:
    browser, asked = context
    page = browser.new_page()
    ask(page, server, "Combien de témoins faut-il pour un mariage ?")
    figure = page.locator(".g-quotation", has_text="deux au moins et quatre au plus").first
    quotation = figure.locator("blockquote").inner_text()
    with browser.expect_page() as opened:
        figure.locator(".g-open").click()
    source = opened.value
    source.wait_for_load_state()
    assert squeezed(source.locator("mark").inner_text()) == squeezed(quotation)
    assert source.locator("mark").bounding_box()["y"] < 900  # it is in view
    source.close()
    page.close()
    assert asked == {urlsplit(server).netloc}


def test_a_question_without_an_answer_is_refused_and_the_page_speaks_english_on_request(
    server: str, context: tuple[BrowserContext, set[str]]
) -> None:
    browser, asked = context
    page = browser.new_page()
    ask(page, server, "Quel est le prix d'entrée de la piscine municipale ?")
    assert page.locator(".g-refused").inner_text() == "Les documents ne répondent pas à cette question."
    page.get_by_text("English", exact=True).click()
    page.get_by_label("Your question").wait_for()
    page.get_by_text("The documents do not answer this question.").wait_for()
    page.close()
    assert asked == {urlsplit(server).netloc}


def test_a_filter_narrows_what_is_asked_and_is_told_with_the_answer(
    server: str, context: tuple[BrowserContext, set[str]]
) -> None:
    browser, asked = context
    page = browser.new_page()
    ask(page, server, "Combien de conseillers doivent être présents pour que le quorum soit atteint ?")
    page.locator(".g-quotation", has_text="quatorze conseillers").first.wait_for(timeout=90_000)
    assert page.get_by_text("Documents filtrés.").count() == 0
    page.locator('.stApp[data-test-script-state="notRunning"]').wait_for(timeout=90_000)  # then nothing moves any more
    page.get_by_text("Filtrer les documents").click()
    kinds = page.get_by_role("combobox", name="Type")
    choose(page, kinds, "Page web")
    page.get_by_text("Page web", exact=True).first.wait_for()
    page.get_by_role("button", name="Demander").click()
    page.get_by_text("Documents filtrés. Type : Page web").wait_for(timeout=90_000)
    page.locator(".g-kind").first.wait_for(timeout=90_000)
    assert page.locator(".g-quotation", has_text="quatorze conseillers").count() == 0
    page.close()
    assert asked == {urlsplit(server).netloc}


def test_the_policy_of_the_page_forbids_every_other_host(server: str, context: tuple[BrowserContext, set[str]]) -> None:
    """Positive control of the browser's side: a request that a script would make elsewhere is stopped."""
    browser, _ = context
    page = browser.new_page()
    page.goto(server)
    blocked = page.evaluate("fetch('http://192.0.2.1/').then(() => 'sent', error => String(error))")
    violations = page.evaluate(
        """new Promise(resolve => {
            document.addEventListener('securitypolicyviolation', event => resolve(event.blockedURI), {once: true});
            const image = new Image(); image.src = 'http://192.0.2.1/x.png'; })"""
    )
    assert "sent" not in blocked
    assert violations.startswith("http://192.0.2.1")
    page.close()


def highlighted(png: bytes) -> int:
    """Number of pixels of the highlight's yellow."""
    from PIL import Image

    with Image.open(io.BytesIO(png)) as image:
        return sum(count for count, color in image.getcolors(1 << 24) or () if color == (255, 232, 90))


def squeezed(text: str) -> str:
    return "".join(c for c in text if c.isalnum())
