"""The HTML of a source page.  Every word of a document is escaped."""

from __future__ import annotations

from app.api.links import image_link, source_link
from app.messages import text
from app.shown import shown_html
from app.validity import validity_notice
from index.records import METADATA, SourcePage

_WINDOW = 4000  # characters shown on each side of a quotation in a long page
_STYLE = """
:root { color-scheme: light; --ink: #1b1b2f; --quiet: #545470; --line: #d5d5e3; --brand: #24247a; }
* { box-sizing: border-box; }
body { margin: 0; font: 1rem/1.6 system-ui, sans-serif; color: var(--ink); background: #f4f4f9; }
header, nav, main { max-width: 60rem; margin: 0 auto; padding: 1rem 1.25rem; }
header { background: #fff; max-width: none; border-bottom: 3px solid var(--brand); }
header > div { max-width: 57.5rem; margin: 0 auto; }
h1 { font-size: 1.3rem; line-height: 1.3; margin: 0 0 .25rem; }
.facts { color: var(--quiet); font-size: .9rem; margin: 0; overflow-wrap: anywhere; }
.notice { border-left: 4px solid #b34000; background: #fff4ec; padding: .5rem .9rem; margin: .75rem 0 0; }
nav { display: flex; gap: 1.5rem; padding-bottom: 0; }
a { color: var(--brand); }
a:focus-visible { outline: 3px solid #e1a100; outline-offset: 2px; }
.sheet { background: #fff; border: 1px solid var(--line); padding: 1.5rem; white-space: pre-wrap; }
.sheet, blockquote { overflow-wrap: anywhere; }
img { display: block; width: 100%; height: auto; background: #fff; border: 1px solid var(--line); }
blockquote { margin: 0 0 1rem; padding: .6rem 1rem; background: #fffbe6; border-left: 4px solid #e1b800; }
.place { position: relative; }
#citation { scroll-margin-top: 40vh; }
.place #citation { position: absolute; left: 0; }
mark { background: #ffe85a; color: inherit; padding: .1em 0; }
"""


def source_html(
    source: SourcePage, start: int, end: int, language: str, *, drawn: bool = False, top: float | None = None
) -> str:
    """The page drawn, with its highlight beginning at `top` of its height; or its text, with the quotation marked."""
    start, end = min(start, len(source.page.text)), min(end, len(source.page.text))
    body = _drawn(source, start, end, language, top) if drawn else _written(source, start, end, language)
    return _document(
        language,
        source.document.title,
        f"<header><div>{_facts(source, language)}</div></header>{_neighbours(source, language)}<main>{body}</main>",
    )


def not_found_html(language: str) -> str:
    """The same words whatever the cause: absent, erased, or not to be read."""
    words = shown_html(text(language, "ui.source_not_found"))
    return _document(
        language, words, f"<main><h1>{words}</h1><p>{shown_html(text(language, 'ui.source_not_found_why'))}</p></main>"
    )


def _facts(source: SourcePage, language: str) -> str:
    document = source.document
    page = text(language, "ui.page_of", label=source.page.label, count=source.page_count)
    version = text(language, "ui.version", sha256=document.sha256[:12])
    facts = " · ".join(shown_html(one) for one in (document.collection, document.path, page, version))
    notices = [text(language, "ui.superseded")] if source.superseded else []
    notices += [one] if (one := validity_notice(document, language)) else []
    shown = "".join(f'<p class="notice">{shown_html(notice)}</p>' for notice in notices)
    return f'<h1>{shown_html(document.title)}</h1><p class="facts">{facts}</p>{_metadata(source, language)}{shown}'


def _metadata(source: SourcePage, language: str) -> str:
    """What is known of the document, as stated."""
    known = [
        f"{text(language, f'ui.fact_{name}')} : {value}"
        for name in METADATA
        if (value := source.document.metadata.get(name))
    ]
    return f'<p class="facts">{shown_html(" · ".join(known))}</p>' if known else ""


def _neighbours(source: SourcePage, language: str) -> str:
    number = source.page.number
    document = source.document
    links = [
        f'<a href="{shown_html(source_link(document.collection, document.sha256, other, language))}">'
        f"{shown_html(text(language, key))}</a>"
        for other, key in ((number - 1, "ui.previous_page"), (number + 1, "ui.next_page"))
        if 1 <= other <= source.page_count
    ]
    return f"<nav>{''.join(links)}</nav>" if links else ""


def _drawn(source: SourcePage, start: int, end: int, language: str, top: float | None) -> str:
    document = source.document
    quotation = " ".join(source.page.text[start:end].split())
    quoted = f"<blockquote>« {shown_html(quotation)} »</blockquote>" if quotation else ""
    address = shown_html(
        image_link(document.collection, document.sha256, source.page.number, start, end, source.page.text[start:end])
    )
    words = shown_html(text(language, "ui.page_image", label=source.page.label, title=document.title))
    place = f'<span id="citation" style="top:{top:.2%}"></span>' if top is not None else ""
    return f'{quoted}<div class="place">{place}<img src="{address}" alt="{words}"></div>'


def _written(source: SourcePage, start: int, end: int, language: str) -> str:
    page = source.page.text
    first, last = max(0, start - _WINDOW), min(len(page), max(end, start) + _WINDOW)
    marked = f'<mark id="citation">{shown_html(page[start:end])}</mark>' if end > start else ""
    shown = f"{shown_html(page[first:start])}{marked}{shown_html(page[end:last])}"
    before = _turn(source, max(0, first - _WINDOW), language, "ui.text_before") if first > 0 else ""
    after = _turn(source, min(len(page), last + _WINDOW), language, "ui.text_after") if last < len(page) else ""
    return f'{before}<div class="sheet">{shown}</div>{after}'


def _turn(source: SourcePage, at: int, language: str, key: str) -> str:
    address = source_link(source.document.collection, source.document.sha256, source.page.number, language, at, at)
    return f'<p><a href="{shown_html(address)}">{shown_html(text(language, key))}</a></p>'


def _document(language: str, title: str, body: str) -> str:
    return (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{shown_html(title)} – Greffier</title><style>{_STYLE}</style></head><body>{body}</body></html>"
    )
