"""Paragraph styles of a Word document: which ones are headings and lists, also by the styles that they are based on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ingest.readers.docx_text import WORD, attribute
from ingest.readers.xml import parse_xml

_STYLES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles"
_HEADING = re.compile(r"(?:heading|titre)\s*(\d)", re.IGNORECASE)
_TITLE = frozenset({"title", "titre"})
_MOST_BASES = 20


@dataclass(frozen=True, slots=True)
class Style:
    level: int = 0  # of a heading, from 1; 0 for another style
    is_list: bool = False


def styles_of(part: Any) -> dict[str, Style]:
    """Styles by their identifiers; the one of paragraphs that name none has an empty one."""
    try:
        root = parse_xml(part.part_related_by(_STYLES).blob)
    except KeyError:
        return {}
    elements = {
        attribute(one, "styleId"): one
        for one in root.iterchildren(f"{WORD}style")
        if attribute(one, "type") in {"", "paragraph"}
    }
    found = {name: _style(name, elements) for name in elements}
    default = next((name for name, one in elements.items() if attribute(one, "default") in {"1", "true"}), "")
    return {**found, "": found.get(default, Style())}


def _style(identifier: str, elements: Mapping[str, Any]) -> Style:
    for one in _with_bases(identifier, elements):
        name = _value(one, "name")
        outline = _value(one, "pPr", "outlineLvl")
        if outline.isdigit():
            return Style(level=int(outline) + 1 if int(outline) < 9 else 0)
        if heading := _HEADING.match(name):
            return Style(level=int(heading[1]))
        if name.lower() in _TITLE:
            return Style(level=1)
        if name.lower().startswith("list") or one.find(f"{WORD}pPr/{WORD}numPr") is not None:
            return Style(is_list=True)
    return Style()


def _with_bases(identifier: str, elements: Mapping[str, Any]) -> Iterator[Any]:
    """A style, and those that it is based on, from the nearest."""
    for _ in range(_MOST_BASES):
        one = elements.get(identifier)
        if one is None:
            return
        yield one
        identifier = _value(one, "basedOn")


def _value(element: Any, *path: str) -> str:
    found = element.find("/".join(f"{WORD}{name}" for name in path))
    return attribute(found, "val") if found is not None else ""
