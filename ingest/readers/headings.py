"""Headings that French texts show by their words: Livre, Titre, Chapitre, Section, Article, numbered decisions."""

from __future__ import annotations

import re

from ingest.documents import Heading

_NUMBER = (
    r"(?:[IVXLC]+|\d+|[LRDA]\.?\s?\d+|1er|premier|première|PREMIER|PREMIÈRE|PREMIERE|unique|UNIQUE|pr[ée]liminaire)"
)
_STRUCTURE = re.compile(
    r"^(?P<name>PARTIE|Partie|LIVRE|Livre|TITRE|Titre|CHAPITRE|Chapitre|SECTION|Section|SOUS-SECTION|Sous-section"
    r"|PARAGRAPHE|Paragraphe|ARTICLE|Article|ANNEXE|Annexe)\s+"
    rf"{_NUMBER}[\w.\-]*\b.{{0,100}}$"
    r"|^(?P<act>(?:D[ÉEée]lib[ée]ration|DÉLIBÉRATION|DELIBERATION|D[ée]cision|DÉCISION|DECISION|Arr[êe]t[ée]|ARRÊTÉ|ARRETE)"
    r"\s+n[°ºo]\s?[\w./-]+.{0,120})$",
    re.MULTILINE,
)
_LEVELS = {
    "partie": 1, "livre": 1, "annexe": 1, "titre": 2, "chapitre": 3, "section": 4, "sous-section": 5, "paragraphe": 6,
    "article": 7,
}  # fmt: skip
_LONGEST = 140
_PROSE_END = (",", ";")


def structure(text: str) -> tuple[Heading, ...]:
    """Headings of a text by their words, in order.  A line that goes on as a sentence is none."""
    found = []
    for match in _STRUCTURE.finditer(text):
        line = match.group().strip()
        if len(line) <= _LONGEST and not line.endswith(_PROSE_END):
            level = 1 if match["act"] else _LEVELS[match["name"].lower()]
            found.append(Heading(match.start() + match.group().index(line), level, line))
    return tuple(found)


def with_structure(text: str, known: tuple[Heading, ...]) -> tuple[Heading, ...]:
    """Known headings (outline, styles), and those of the words below them where none is known."""
    deepest = max((one.level for one in known), default=0)
    lines = {text.count("\n", 0, one.offset) for one in known}
    added = [
        Heading(one.offset, deepest + one.level, one.text)
        for one in structure(text)
        if text.count("\n", 0, one.offset) not in lines
    ]
    return tuple(sorted((*known, *added), key=lambda one: (one.offset, one.level)))
