"""Headings that French texts show by their words: Livre, Titre, Chapitre, Section, Article, numbered decisions."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from ingest.documents import Heading, Table

_BLANK = "[ \\t\u00a0\u202f]"
_NUMBER = (
    rf"(?:[IVXLC]+|\d+|[LRDA]\.?{_BLANK}?\d+|1er|premier|première|PREMIER|PREMIÈRE|PREMIERE|unique|UNIQUE"
    r"|pr[ée]liminaire|PR[ÉE]LIMINAIRE)"
)
_STRUCTURE = re.compile(
    r"^(?P<name>PARTIE|Partie|LIVRE|Livre|TITRE|Titre|CHAPITRE|Chapitre|SECTION|Section|SOUS-SECTION|Sous-section"
    rf"|PARAGRAPHE|Paragraphe|ARTICLE|Article|ANNEXE|Annexe){_BLANK}+"
    rf"{_NUMBER}[\w.\-]*\b(?P<rest>.{{0,100}})$"
    r"|^(?P<act>(?:D[ÉEée]lib[ée]ration|DÉLIBÉRATION|DELIBERATION|D[ée]cision|DÉCISION|DECISION|Arr[êe]t[ée]|ARRÊTÉ|ARRETE)"
    rf"{_BLANK}+n[°ºo]{_BLANK}?[\w./-]+.{{0,120}})$",
    re.MULTILINE,
)
# "Article 4 agents sont affectés": what goes on in lower case is a sentence, save numbering and what titles begin with.
_SENTENCE = re.compile(
    rf"(?:\(\w{{1,4}}\))*{_BLANK}+(?!(?:bis|ter|quater|quinquies|sexies|septies|octies|relati(?:f|ve)s?|unique|premi(?:er|ère))\b)"
    r"[a-zà-öø-ÿœ]"
)
_LEVELS = {
    "partie": 1, "livre": 1, "annexe": 1, "titre": 2, "chapitre": 3, "section": 4, "sous-section": 5, "paragraphe": 6,
    "article": 7,
}  # fmt: skip
_LONGEST = 140
_PROSE_END = (",", ";")


def structure(text: str) -> tuple[Heading, ...]:
    """Headings of a text by their words, in order.  A line that goes on as a sentence is none."""
    return tuple(heading for heading, _ in _found(text))


def with_structure(text: str, known: tuple[Heading, ...], tables: Sequence[Table] = ()) -> tuple[Heading, ...]:
    """Known headings (outline, styles), and those of the words below them where none is known, outside of tables.

    A kind that is known has the level that it is known with; the others stand below all that are known.
    """
    deepest = max((one.level for one in known), default=0)
    lines = {text.rfind("\n", 0, one.offset) for one in known}
    levels = {kind: one.level for one in reversed(known) for _, kind in _found(one.text)}
    starts = [one.start for one in tables]
    added = [
        Heading(one.offset, levels.get(kind, deepest + one.level), one.text)
        for one, kind in _found(text)
        if text.rfind("\n", 0, one.offset) not in lines and not _within(one.offset, tables, starts)
    ]
    return tuple(sorted((*known, *added), key=lambda one: (one.offset, one.level)))


def _found(text: str) -> Iterator[tuple[Heading, str]]:
    """Headings with what they are headings of: "article", "acte"."""
    for match in _STRUCTURE.finditer(text):
        line = match.group().strip()
        name, rest = match["name"] or "", match["rest"] or ""
        if len(line) > _LONGEST or line.endswith(_PROSE_END) or (not name.isupper() and _SENTENCE.match(rest)):
            continue
        level = 1 if match["act"] else _LEVELS[name.lower()]
        yield Heading(match.start() + match.group().index(line), level, line), name.lower() or "acte"


def _within(offset: int, tables: Sequence[Table], starts: Sequence[int]) -> bool:
    place = bisect_right(starts, offset) - 1
    return place >= 0 and offset < tables[place].end
