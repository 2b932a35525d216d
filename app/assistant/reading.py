"""A text read for certification: its words with their stems, cut into clauses."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

from app.assistant.dates import MONTHS
from app.assistant.words import SPELLED_NUMBERS, fold, is_content, stem, words

_SYNONYMS = Path(__file__).with_name("synonyms.toml")
_HARD = re.compile(r"[.;:!?()«»–—,]|\n\s*\n|\n\s*[-•]")  # a line's end alone is where a page was full
_COUNTING = frozenset({"euro", "euros", "cent", "cents", "mille"})
_KIN = 5  # letters that two stems of one family share at least: "convoc", "convoqu"
_KIN_SHARE = 0.6  # of the longer one
_ROOT = 4  # letters of a stem to which an ending makes a word of its family: "sign", "signatur"
_ENDINGS = frozenset(
    """eur ement ation ition age ant anc enc abl ibl if iv al el ur ion er ir i u is it ier atur ateur e ent""".split()
)
# What opens a clause or a complement of circumstance, besides punctuation.
_SUBORDINATE = frozenset(
    "lorsque lorsqu quand si qui dont ou mais car puisque tandis pourvu when if unless who which because but".split()
)
_OPENERS = _SUBORDINATE | frozenset(
    """afin apres avant pendant sauf pour sans sous selon hormis depuis durant par avec moyennant jusqu et after before
    during for with without under by and""".split()
)
_ADVERBS = frozenset(
    "dela deca toutefois neanmoins egalement notamment ainsi ensuite enfin seulement uniquement".split()
)
AUXILIARIES = frozenset(
    """est sont etait etaient ete etre sera seront serait seraient soit soient fut furent a ont avait avaient aura
    auront avoir ait aient eu peut peuvent pourra pourront pourrait pourraient pouvait pouvaient puisse puissent
    pouvoir pu doit doivent devra devront devrait devraient devait devaient devoir du saurait sauraient faut
    faudra fait font faire va vont se s y en lui leur le la les l is are was were be been has have had can could
    may might must shall should will would do does did to the""".split()
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word.  `stem` is the Snowball stem, folded; `figure` says that other checks know its forms."""

    text: str
    folded: str
    stem: str
    content: bool
    figure: bool
    start: int
    end: int
    sentence: int  # which part between full stops and semicolons
    segment: int  # which part between any punctuation or words that subordinate
    clause: int  # which part between any punctuation, or words that subordinate or open a circumstance


@lru_cache(maxsize=1024)
def read(text: str) -> tuple[Token, ...]:
    """The words of a text.  Cached: one answer reads the same source sentences many times."""
    tokens: list[Token] = []
    sentence = segment = clause = 0
    end = 0
    for word in words(text):
        between, folded = text[end : word.start], fold(word.text)
        if tokens and (marks := _HARD.findall(between)):
            clause, segment = clause + 1, segment + 1
            sentence += any(mark != "," for mark in marks) and not _abbreviates(tokens[-1], marks)
        elif tokens and folded in _OPENERS:
            clause, segment = clause + 1, segment + (folded in _SUBORDINATE)
        figure = is_figure(folded)
        content = is_content(word.text) and not figure and folded not in AUXILIARIES | _ADVERBS
        place = (word.start, word.end, sentence, segment, clause)
        tokens.append(Token(word.text, folded, stem(word.text), content, figure, *place))
        end = word.end
    return tuple(tokens)


def is_figure(folded: str) -> bool:
    """Numbers, months and currencies are compared by their value, never as words."""
    return any(c.isdigit() for c in folded) or folded in SPELLED_NUMBERS or folded in MONTHS or folded in _COUNTING


def content(tokens: Iterable[Token]) -> list[Token]:
    return [one for one in tokens if one.content]


def parts(tokens: Sequence[Token], kind: Literal["clause", "segment"]) -> list[list[Token]]:
    found: dict[int, list[Token]] = {}
    for one in tokens:
        found.setdefault(one.clause if kind == "clause" else one.segment, []).append(one)
    return list(found.values())


def any_of(words: str) -> re.Pattern[str]:
    """A pattern of whole words, in text that `plain_of` made; words stand between commas or on lines."""
    return re.compile(r"\b(?:" + "|".join(one.strip() for one in re.split(r"[,\n]", words) if one.strip()) + r")\b")


def plain_of(text: str) -> str:
    return fold(text).replace("’", "'")


class Vocabulary:
    """The stems of a text, that other words may be of the family of, or synonyms of."""

    def __init__(self, stems: Iterable[str]) -> None:
        self.stems = frozenset(stems)
        self._meanings = frozenset(meaning for one in self.stems for meaning in meanings(one))
        self._kin: dict[str, list[str]] = {}
        for one in self.stems:
            self._kin.setdefault(one[:_KIN], []).append(one)

    def holds(self, stem_: str) -> bool:
        """The stem itself, one of its family, or one that means the same."""
        return self.holds_family(stem_) or not meanings(stem_).isdisjoint(self._meanings)

    def holds_opposite(self, stem_: str) -> bool:
        """The same word made negative: 'incomplet' for 'complet'; whether it is denied is another check's."""
        return any(other.startswith(("in", "im", "ir")) and kin(stem_, other[2:]) for other in self.stems)

    def holds_family(self, stem_: str) -> bool:
        return stem_ in self.stems or any(kin(stem_, one) for one in self._kin.get(stem_[:_KIN], ()))


@lru_cache(maxsize=1024)
def vocabulary(text: str) -> Vocabulary:
    return Vocabulary(one.stem for one in read(text))


def kin(one: str, other: str) -> bool:
    """Do two stems belong to one family?  'convoc' and 'convoqu', 'inscript' and 'inscrir'."""
    if one == other:
        return True
    if other in _lexicon().distinct.get(one, ()):
        return False
    shared = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        shared += 1
    short, long = sorted((one, other), key=len)
    if shared == len(short) >= _ROOT and long[shared:] in _ENDINGS:
        return True
    return shared >= _KIN and shared >= _KIN_SHARE * len(long)


def same(one: str, other: str) -> bool:
    """One family, or one meaning."""
    return kin(one, other) or not meanings(one).isdisjoint(meanings(other))


def meanings(stem_: str) -> frozenset[int]:
    return _lexicon().meanings.get(stem_, frozenset())


def is_filler(token: Token) -> bool:
    """A word that claims nothing by itself: 's'élève', 'c'est-à-dire'."""
    return token.stem in _lexicon().fillers


def opposites(stem_: str) -> frozenset[str]:
    return _lexicon().opposites.get(stem_, frozenset())


@dataclass(frozen=True, slots=True)
class _Lexicon:
    meanings: dict[str, frozenset[int]]  # stem to the groups of synonyms that it belongs to
    opposites: dict[str, frozenset[str]]
    distinct: dict[str, frozenset[str]]
    fillers: frozenset[str]


@cache
def _lexicon() -> _Lexicon:
    with _SYNONYMS.open("rb") as file:
        written = tomllib.load(file)
    meant: dict[str, set[int]] = {}
    for number, group in enumerate(written["groups"]):
        for word in group.split():
            meant.setdefault(stem(word), set()).add(number)
    return _Lexicon(
        {one: frozenset(numbers) for one, numbers in meant.items()},
        _paired(written["opposites"]),
        _paired(written["distinct"]),
        frozenset(map(stem, written["fillers"].split())),
    )


def _paired(pairs: Sequence[str]) -> dict[str, frozenset[str]]:
    """Each stem of the pairs with the stems that it stands beside."""
    found: dict[str, set[str]] = {}
    for pair in pairs:
        one, other = map(stem, pair.split())
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return {one: frozenset(others) for one, others in found.items()}


def _abbreviates(before: Token, marks: Sequence[str]) -> bool:
    """'art. 3', 'M. Brun', 'L. 2121-12': a full stop that ends nothing."""
    return set(marks) <= {".", ","} and (len(before.text) <= 3 and not before.figure)
