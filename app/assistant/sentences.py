"""Where sentences begin and end in administrative French, as spans of the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open span of a text: `text[start:end]`."""

    start: int
    end: int

    def of(self, text: str) -> str:
        return text[self.start : self.end]


# What stands before a full stop that ends no sentence: "M. Dupont", "art. L. 123", "p. 4", "n. 12", "av. J.-C."
_ABBREVIATIONS = frozenset(
    """m mm mme mmes mlle me dr pr st ste art al arr ann av bd bld boul ch chap cf coll c-à-d dept ed env ex fig hab
    id ibid inf l r d a lv min max n no nos not obs op p pp par paragr réf ref resp s sq sqq sect suiv sup t tél tel tom
    trib vol vs j janv févr fév avr juil juill sept oct nov déc mr mrs ms inc""".split()
)
_COMPANIES = frozenset("s.a s.a.r.l s.a.s s.c.i s.c.p s.n.c e.u.r.l".split())  # before the name: "S.A.R.L. Dupont"
_INITIALS = re.compile(r"(?!j\.-c$)(?:\w\.-)+\w")  # "J.-P." before a name; "J.-C." ends a date
_END = re.compile(r"[.!?…]+(?:[»\"”’)\]]|[ \u00a0\u202f]»)*(?=\s|$)")
_NUMBER = re.compile(r"\d+(?:\.\d+)*")
_ARTICLE = re.compile(r"\s*(?:art\.|article)\s+\S+", re.IGNORECASE)
_ITEM = re.compile(
    r"\s*(?:[-–—•▪◦‣*·➢✓]\s|\(?\d{1,3}[°).]\s|\d{1,2}(?:\.\d{1,2})+\.?\s|[a-z]\)\s|[IVXLC]+[.)]\s|Article\s)"
)
_HEADING_LINE = 70  # characters: a shorter line with no final stop, before a capital, is a heading


def sentence_spans(text: str) -> list[Span]:
    """Sentences of a text, in order, without surrounding white space; their union misses only white space."""
    return [span for block in _blocks(text) for span in _sentences_of(text, block)]


def _blocks(text: str) -> Iterator[Span]:
    """Runs of lines that may share a sentence: broken at blank lines, list items, table rows and headings."""
    start: int | None = None
    previous = ""
    position = 0
    for line in text.splitlines(keepends=True):
        bare = line.strip()
        if start is not None and (not bare or _breaks(previous, bare)):
            yield Span(start, position)
            start = None
        if bare and start is None:
            start = position
        previous = bare
        position += len(line)
    if start is not None:
        yield Span(start, position)


def _breaks(previous: str, line: str) -> bool:
    if _ITEM.match(line) or " | " in line or " | " in previous:
        return True
    if previous.endswith((".", "!", "?", ":", ";", "…")):
        return line[0].isupper() or previous.endswith((":", ";"))
    # A line that starts with a capital continues the sentence only where the previous one was filled to the margin.
    return line[0].isupper() and len(previous) < _HEADING_LINE


def _sentences_of(text: str, block: Span) -> Iterator[Span]:
    start = block.start
    for match in _END.finditer(text, block.start, block.end):
        if _ends_sentence(text, start, match, block.end):
            yield from _trimmed(text, start, match.end())
            start = match.end()
    yield from _trimmed(text, start, block.end)


def _ends_sentence(text: str, start: int, match: re.Match[str], end: int) -> bool:
    mark = match.group()
    following = text[match.end() : end].lstrip()
    if not following:
        return True
    if mark[0] == ".":
        before = text[start : match.start()].rsplit(None, 1)
        word = re.split(r"[('’\"«]", before[-1])[-1].lower() if before else ""
        if word in _ABBREVIATIONS or word in _COMPANIES or (len(word) == 1 and word.isalpha()):
            return False
        if _INITIALS.fullmatch(word):
            return False
        if _NUMBER.fullmatch(word) and len(before) < 2:  # "1. Objet", "2.1. Champ": the number of a list item
            return False
        if following[0] in "–—-" and _ARTICLE.fullmatch(text, start, match.start()):  # "Art. 3. – Le maire signe."
            return False
    return following[0].isupper() or following[0].isdigit() or following[0] in '«"“([-–•<#{*_|'


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if end > start:
        yield Span(start, end)
