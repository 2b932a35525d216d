"""HTML: what a reader of the page sees.  Nothing is fetched, followed or executed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ingest.documents import ExtractedDocument
from ingest.errors import BrokenFile
from ingest.readers.builder import PageBuilder, one_line, stated
from ingest.readers.headers import filled
from ingest.readers.html_tables import Row, rows_and_others
from ingest.readers.html_text import BLOCKS, collapsed, is_seen, text_within
from ingest.readers.text import decode, lost_characters

_HEADING = re.compile(r"h([1-6])")
_CHARSET = re.compile(rb"<meta[^>]+charset=[\"']?([\w-]+)", re.IGNORECASE)
_AS_BROWSERS_DO = {"iso-8859-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252"}


class HtmlReader:
    media_type = "text/html"

    def read(self, path: Path) -> ExtractedDocument:
        page = PageBuilder()
        markup = _decoded(path.read_bytes())
        root = add_markup(page, markup)
        title = one_line(root.findtext(".//title") or "") or page.first_heading
        said = {(one.get("name") or one.get("property") or "").lower(): one.get("content") for one in root.iter("meta")}
        facts = stated(
            author=said.get("author"),
            date=said.get("date") or said.get("dcterms.modified") or said.get("article:published_time"),
            language=root.get("lang"),
        )
        pages = (page.page(structured=True),)
        return ExtractedDocument(title, self.media_type, pages, facts, warnings=lost_characters(markup))


def add_markup(page: PageBuilder, markup: str) -> Any:
    """Add what a reader of the markup sees; the root element.  Raises BrokenFile."""
    from lxml import etree, html

    # A declared encoding in a text that is decoded already is an error to lxml.
    markup = re.sub(r"^\s*<\?xml[^>]*\?>", "", markup)
    try:
        root = html.document_fromstring(markup, parser=html.HTMLParser(no_network=True, huge_tree=True))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise BrokenFile(detail=error) from error
    _Walker(page).walk(root)
    return root


class _Walker:
    """Gathers inline text until a block begins or ends."""

    def __init__(self, page: PageBuilder) -> None:
        self._page = page
        self._line: list[str] = []
        self._in_item = False  # the text to come is the first one of a list's item
        self._keeps_lines = False  # within preformatted text

    def walk(self, root: Any) -> None:
        self._element(root)
        self._flush()

    def _element(self, element: Any) -> None:
        if not is_seen(element):
            return
        tag = element.tag
        if heading := _HEADING.fullmatch(tag):
            self._flush()
            self._in_item = False
            self._page.heading(int(heading[1]), text_within(element))
        elif tag == "table":
            self._table(element)
        elif tag == "br":
            self._line.append("\n")
        elif tag == "li":
            self._flush()
            self._in_item = True
            self._block(element)
            self._in_item = False
        elif tag == "pre":
            before, self._keeps_lines = self._keeps_lines, True
            self._block(element)
            self._keeps_lines = before
        elif tag in BLOCKS:
            self._block(element)
        else:
            self._children(element)

    def _block(self, element: Any) -> None:
        self._flush()
        self._children(element)
        self._flush()

    def _children(self, element: Any) -> None:
        self._line.append(self._text(element.text))
        for child in element:
            self._element(child)
            self._line.append(self._text(child.tail))

    def _table(self, table: Any) -> None:
        """Rows of cells; or blocks, where the table only places them."""
        self._flush()
        self._page.end_table()
        parts = list(rows_and_others(table))
        rows = [one for one in parts if isinstance(one, Row)]
        has_columns = any(filled(row.cells) > 1 for row in rows)
        says_header = any(row.is_header for row in rows)
        for part in parts:
            if not isinstance(part, Row):
                self._element(part)
                self._flush()
            elif part.is_layout or not has_columns:
                for cell in part.elements:
                    self._block(cell)
            else:
                says = says_header or any(cell.tag == "th" for cell in part.elements)
                self._page.row(part.cells, header=part.is_header if says else None)
        self._page.end_table()

    def _flush(self) -> None:
        lines = "".join(self._line).split("\n")
        self._line = []
        text = "\n".join(line.strip() for line in lines).strip()
        if text and self._in_item:
            self._page.item(one_line(text))
            self._in_item = False
        else:
            self._page.paragraph(text)

    def _text(self, text: str | None) -> str:
        return (text or "") if self._keeps_lines else collapsed(text)


def _decoded(content: bytes) -> str:
    declared = _CHARSET.search(content[:4096])
    if declared and not content.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        name = declared[1].decode("ascii").lower()
        try:
            return content.decode(_AS_BROWSERS_DO.get(name, name))
        except (LookupError, UnicodeDecodeError):
            pass
    return decode(content)


READER = HtmlReader()
