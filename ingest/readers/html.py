"""HTML: what a reader of the page sees.  Nothing is fetched, followed or executed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ingest.documents import ExtractedDocument
from ingest.errors import BrokenFile
from ingest.readers.builder import PageBuilder, one_line, stated
from ingest.readers.text import decode

_UNSEEN = frozenset("script style noscript template nav svg math iframe object embed head select button form".split())
_BLOCKS = frozenset(
    "address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer header hr html"
    " main ol p pre section summary ul caption".split()
)
_HEADING = re.compile(r"h([1-6])")
_CHARSET = re.compile(rb"<meta[^>]+charset=[\"']?([\w-]+)", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0", re.IGNORECASE)


class HtmlReader:
    media_type = "text/html"

    def read(self, path: Path) -> ExtractedDocument:
        page = PageBuilder()
        root = add_markup(page, _decoded(path.read_bytes()))
        title = one_line(root.findtext(".//title") or "") or page.first_heading
        said = {(one.get("name") or one.get("property") or "").lower(): one.get("content") for one in root.iter("meta")}
        facts = stated(
            author=said.get("author"),
            date=said.get("date") or said.get("dcterms.modified") or said.get("article:published_time"),
            language=root.get("lang"),
        )
        return ExtractedDocument(title, self.media_type, (page.page(),), facts)


def add_markup(page: PageBuilder, markup: str) -> Any:
    """Add what a reader of the markup sees; the root element.  Raises BrokenFile."""
    from lxml import etree, html

    # A declared encoding in a text that is decoded already is an error to lxml.
    markup = re.sub(r"^\s*<\?xml[^>]*\?>", "", markup)
    try:
        root = html.document_fromstring(markup, parser=html.HTMLParser(no_network=True, huge_tree=False))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise BrokenFile(detail=error) from error
    _Walker(page).walk(root)
    return root


class _Walker:
    """Gathers inline text until a block begins or ends."""

    def __init__(self, page: PageBuilder) -> None:
        self._page = page
        self._line: list[str] = []

    def walk(self, root: Any) -> None:
        self._element(root)
        self._flush()

    def _element(self, element: Any) -> None:
        tag = element.tag if isinstance(element.tag, str) else ""
        if not tag or tag in _UNSEEN or _is_hidden(element):
            return
        heading = _HEADING.fullmatch(tag)
        if heading:
            self._flush()
            self._page.heading(int(heading[1]), _text(element))
        elif tag == "tr":
            self._flush()
            self._page.row([_text(cell) for cell in element if cell.tag in {"td", "th"}])
        elif tag == "li":
            self._item(element)
        elif tag == "br":
            self._line.append("\n")
        elif tag in _BLOCKS or tag == "table":
            self._flush()
            self._children(element)
            self._flush()
        else:
            self._children(element)

    def _children(self, element: Any) -> None:
        self._line.append(_collapsed(element.text))
        for child in element:
            self._element(child)
            self._line.append(_collapsed(child.tail))

    def _item(self, element: Any) -> None:
        """The item's own text, then the lists within it."""
        self._flush()
        nested = [child for child in element if child.tag in {"ul", "ol", "table"}]
        for child in nested:
            element.remove(child)
        self._page.item(one_line(_text(element)))
        for child in nested:
            self._element(child)

    def _flush(self) -> None:
        lines = "".join(self._line).split("\n")
        self._line = []
        self._page.paragraph("\n".join(line.strip() for line in lines).strip())


def _text(element: Any) -> str:
    """All visible text below an element."""
    if not isinstance(element.tag, str) or element.tag in _UNSEEN or _is_hidden(element):
        return ""
    parts = [element.text or ""]
    for child in element:
        parts.append(" " if child.tag == "br" else _text(child))
        parts.append(child.tail or "")
    return "".join(parts)


def _is_hidden(element: Any) -> bool:
    return (
        "hidden" in element.attrib
        or element.get("aria-hidden") == "true"
        or bool(_HIDDEN.search(element.get("style") or ""))
    )


def _collapsed(text: str | None) -> str:
    return re.sub(r"[ \t\r\n\f]+", " ", text or "")


def _decoded(content: bytes) -> str:
    declared = _CHARSET.search(content[:4096])
    if declared and not content.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        try:
            return content.decode(declared[1].decode("ascii"))
        except (LookupError, UnicodeDecodeError):
            pass
    return decode(content)


READER = HtmlReader()
