"""What is seen of an HTML element, and its text as one."""

from __future__ import annotations

import re
from typing import Any

UNSEEN = frozenset(
    "script style noscript template nav svg math iframe object embed audio video canvas head select datalist textarea"
    " input button".split()
)
BLOCKS = frozenset(
    "address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer form header hr"
    " html legend li main ol p pre section summary ul caption table thead tbody tfoot tr td th"
    " h1 h2 h3 h4 h5 h6".split()
)
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|(?:font-size|opacity)\s*:\s*0(?:\.0*)?(?:[a-z]{2,4}|%)?\s*(?:[;!]|$)"
    r"|(?:left|top|right|text-indent)\s*:\s*-\d{4,}(?:\.\d+)?px",  # far outside the page
    re.IGNORECASE,
)
_BLANKS = re.compile(r"[ \t\r\n\f]+")


def is_seen(element: Any) -> bool:
    """False for comments, for what programs use, and for what is styled away."""
    if not isinstance(element.tag, str) or element.tag in UNSEEN or "hidden" in element.attrib:
        return False
    return not _HIDDEN.search(element.get("style") or "")


def collapsed(text: str | None) -> str:
    """White space as HTML has it: as much as one blank."""
    return _BLANKS.sub(" ", text or "")


def text_within(element: Any) -> str:
    """All that is seen below an element; a line end where a block begins or ends."""
    if not is_seen(element):
        return ""
    parts = [collapsed(element.text)]
    for child in element:
        if child.tag == "br":
            parts.append("\n")
        elif child.tag in BLOCKS:
            parts += ["\n", text_within(child), "\n"]
        else:
            parts.append(text_within(child))
        parts.append(collapsed(child.tail))
    return "".join(parts)
