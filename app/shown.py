"""Words of documents, questions and models as they may be shown: no character that acts on what is around it."""

from __future__ import annotations

import re
from html import escape

# What a reader does not see and a screen obeys: controls of terminals, of the order of letters (Unicode TR 9, TR 36),
# zero-width characters, tags.  Joiners of scripts that need them, soft hyphens, tabs and line ends stay.
_ACTS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")


def shown(text: str) -> str:
    """The text without what acts; on a terminal, an escape sequence becomes the harmless letters that it is made of."""
    return _ACTS.sub("", _LINE_ENDS.sub("\n", text))


def shown_html(text: str) -> str:
    """The same, escaped: nothing in it is markup, in an element or in a quoted attribute."""
    return escape(shown(text))
