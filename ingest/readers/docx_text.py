"""The text of Word's XML: what is shown when all tracked changes are accepted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MATHS = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_WRAPPERS = frozenset(
    f"{WORD}{name}" for name in "ins moveTo smartTag customXml hyperlink sdt sdtContent fldSimple dir bdo".split()
)
_ALTERNATIVES = f"{_COMPATIBILITY}AlternateContent"
_CHOICE, _FALLBACK = f"{_COMPATIBILITY}Choice", f"{_COMPATIBILITY}Fallback"
_BOX = f"{WORD}txbxContent"
_SIGNS = {
    f"{WORD}tab": "\t", f"{WORD}ptab": "\t", f"{WORD}br": "\n", f"{WORD}cr": "\n", f"{WORD}noBreakHyphen": "-",
    f"{WORD}softHyphen": "\u00ad",
}  # fmt: skip
_NOT_SHOWN = frozenset(
    [f"{WORD}{name}" for name in "pPr rPr sdtPr sdtEndPr del moveFrom drawing pict object".split()] + [_FALLBACK]
)


def attribute(element: Any, name: str) -> str:
    return str(element.get(f"{WORD}{name}") or "")


def setting(element: Any, group: str, name: str) -> str:
    """The value of a property, as of w:pPr/w:pStyle; empty where it is not set."""
    found = element.find(f"{WORD}{group}/{WORD}{name}")
    return attribute(found, "val") if found is not None else ""


def blocks(parent: Any, *names: str) -> Iterator[Any]:
    """Paragraphs and tables of a body or a cell (or what `names` says: rows, cells), also those of content controls.

    Tables of contents are left out: what they list is told where it stands.
    """
    wanted = {f"{WORD}{name}" for name in names or ("p", "tbl")}
    for child in parent:
        if child.tag in wanted:
            yield child
        elif child.tag == _ALTERNATIVES:
            yield from blocks(_shown(child), *names)
        elif child.tag in _WRAPPERS and not _is_contents(child):
            yield from blocks(child, *names)


def paragraph_text(paragraph: Any) -> str:
    """Of a paragraph or what is in it; not that of text boxes, notes and comments, and not of what was deleted."""
    parts: list[str] = []
    for child in paragraph:
        if child.tag in {f"{WORD}t", f"{_MATHS}t"}:
            parts.append(child.text or "")
        elif child.tag in _SIGNS:
            parts.append(_SIGNS[child.tag])
        elif child.tag == _ALTERNATIVES:
            parts.append(paragraph_text(_shown(child)))
        elif isinstance(child.tag, str) and child.tag not in _NOT_SHOWN and not _is_hidden(child):
            parts.append(paragraph_text(child))
    return "".join(parts)


def _is_hidden(run: Any) -> bool:
    """Text that its author hid: no reader of the document sees it, so that it must not be cited either."""
    vanish = run.find(f"{WORD}rPr/{WORD}vanish")
    return vanish is not None and attribute(vanish, "val") not in {"0", "false", "off"}


def text_boxes(block: Any) -> Iterator[Any]:
    """The text boxes that are anchored in a block, not those within them; of two versions of one, the first."""
    for child in block:
        if child.tag == _BOX:
            yield child
        elif child.tag == _ALTERNATIVES:
            yield from text_boxes(_shown(child))
        elif isinstance(child.tag, str) and child.tag not in {f"{WORD}del", f"{WORD}moveFrom"}:
            yield from text_boxes(child)


def _shown(alternatives: Any) -> Any:
    """The version of something that a recent program shows; an older one's where there is no other."""
    versions = (alternatives.find(_CHOICE), alternatives.find(_FALLBACK))
    return next((one for one in versions if one is not None), alternatives)


def _is_contents(control: Any) -> bool:
    gallery = control.find(f"{WORD}sdtPr/{WORD}docPartObj/{WORD}docPartGallery")
    return gallery is not None and attribute(gallery, "val") == "Table of Contents"
