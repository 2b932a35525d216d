"""Markdown: its text without the markup."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.documents import ExtractedDocument
from ingest.readers.builder import PageBuilder, stated
from ingest.readers.front_matter import front_matter
from ingest.readers.text import decode, lost_characters

if TYPE_CHECKING:
    from markdown_it.token import Token


class MarkdownReader:
    media_type = "text/markdown"

    def read(self, path: Path) -> ExtractedDocument:
        from markdown_it import MarkdownIt

        text = decode(path.read_bytes())
        said, body = front_matter(text)
        tokens = MarkdownIt("commonmark", {"maxNesting": 40}).enable("table").parse(body)
        page = _build(tokens)
        title = said.get("title", "") or (page.first_heading if tokens and tokens[0].tag == "h1" else "")
        facts = stated(author=said.get("author"), date=said.get("date"), language=said.get("language"))
        return ExtractedDocument(title, self.media_type, (page.page(),), facts, warnings=lost_characters(text))


def _build(tokens: Sequence[Token]) -> PageBuilder:
    page = PageBuilder()
    marks: list[str] = []
    row: list[str] | None = None
    in_head = False
    for position, token in enumerate(tokens):
        if token.type in {"bullet_list_open", "ordered_list_open"}:
            marks.append("-" if token.type[0] == "b" else f"{token.attrs.get('start', 1)}.")
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            marks.pop()
        elif token.type == "list_item_open" and token.info:
            marks[-1] = f"{token.info}."
        elif token.type == "tr_open":
            row = []
        elif token.type == "tr_close":
            page.row(row or [], header=in_head)
            row = None
        elif token.type in {"thead_open", "thead_close"}:
            in_head = token.type == "thead_open"
        elif token.type == "table_close":
            page.end_table()
        elif token.type in {"fence", "code_block"}:
            page.paragraph(token.content)
        elif token.type == "html_block":
            page.paragraph(_without_tags(token.content))
        elif token.type == "inline":
            _inline(page, tokens[position - 1], _plain(token), marks, row)
    return page


def _inline(page: PageBuilder, opening: Token, text: str, marks: list[str], row: list[str] | None) -> None:
    if row is not None:
        row.append(text)
    elif opening.type == "heading_open":
        page.heading(int(opening.tag[1]), text)
    elif marks and opening.type == "paragraph_open":
        page.item(text, marks[-1])
    else:
        page.paragraph(text)


def _plain(token: Token) -> str:
    parts = []
    for child in token.children or ():
        if child.type in {"softbreak", "hardbreak"}:
            parts.append("\n")
        elif child.type == "image" or child.type != "html_inline":
            parts.append(child.content)
    return "".join(parts)


def _without_tags(markup: str) -> str:
    from lxml import html

    return "".join(map(str, html.fromstring(f"<div>{markup}</div>").itertext()))


READER = MarkdownReader()
