"""Addresses of the web and of the post: a character more or less leads elsewhere, so they are copied or not given."""

from __future__ import annotations

import re

# Bounded, so that a long run of letters without an address is read once, not once from each of its letters.
_ADDRESS = re.compile(
    r"(?:[a-z][a-z0-9+.-]{0,30}://|(?:javascript|data|mailto|tel|file):|//|www\.)[^\s<>\"'«»()\[\]]+"
    r"|[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+"
    r"|(?<![\w@.-])(?:[\w-]+\.)+(?:fr|com|org|net|eu|gouv|info|io|gov|edu|int|local)\b(?:/[^\s<>\"'«»()\[\]]*)?",
    re.IGNORECASE,
)


def addresses(text: str) -> set[str]:
    """In lower case, without the stop or the comma that ends the sentence around them."""
    return {match.group().rstrip(".,;:!?…").lower() for match in _ADDRESS.finditer(text)}


def wrong_addresses(sentence: str, source: str) -> list[str]:
    """Addresses that the source does not give, character for character."""
    return sorted(addresses(sentence) - addresses(source))
