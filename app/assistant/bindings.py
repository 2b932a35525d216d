"""Figures beside the words that they belong to: 'repas 3,85 €, goûter 1,10 €' may not become 'goûter 3,85 €'."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass

from app.assistant.dates import without_dates
from app.assistant.figures import NUMBER, plain, without_references
from app.assistant.reading import Token, kin, read
from app.assistant.roles import BE
from app.assistant.spelled import in_digits

_BESIDE = 7  # words on each side
_FUNCTION = 0.4  # weight of a word without content, 'de ... à', beside 1 for one with
_EXCHANGED = 0.05  # by how much two figures must look like each other to have been exchanged
_MISPLACED = 0.3  # by how much one figure must look like another to stand in its place

_DAYS = {  # numbers that no document is likely to hold
    name: f"{70_001 + number}"
    for number, name in enumerate("lundi mardi mercredi jeudi vendredi samedi dimanche".split())
}
_DAY = re.compile(rf"\b(?:{'|'.join(_DAYS)})\b", re.IGNORECASE)

_Around = dict[str, float]


@dataclass(frozen=True, slots=True)
class Placed:
    """A figure and the words around it, weighed by how near they stand."""

    figure: str
    around: _Around


def misplaced_figures(sentence: str, source: str) -> list[str]:
    """Figures that stand in the sentence beside the words of another figure of the source."""
    return _misplaced(_placed(sentence), _placed(source))


def misplaced_days(sentence: str, source: str) -> list[str]:
    """The same of the days of the week: 'le bac gris le jeudi' where the source says so of the yellow one."""
    names = {number: name for name, number in _DAYS.items()}
    said, meant = ([one for one in _placed(_numbered(text)) if one.figure in names] for text in (sentence, source))
    return [names[one] for one in _misplaced(said, meant)]


def _numbered(text: str) -> str:
    return _DAY.sub(lambda one: _DAYS[one.group().lower()], text)


def _misplaced(said: list[Placed], meant: list[Placed]) -> list[str]:
    if len({one.figure for one in meant}) < 2:
        return []
    taken = [(one.figure, *_taken(one, meant)) for one in said]
    here, there = Counter(one.figure for one in said), Counter(one.figure for one in meant)
    found = set()
    for figure, other, margin in taken:
        exchanged = any(one == other and theirs == figure and back > 0 for one, theirs, back in taken)
        spread = here[figure] > there[figure] and not here[other]
        least = _EXCHANGED if exchanged or spread else _MISPLACED if not here[other] else math.inf
        if margin > least:
            found.add(figure)
    return sorted(found)


def _taken(one: Placed, meant: list[Placed]) -> tuple[str, float]:
    """The figure of the source whose place this one takes, and by how much its surroundings are more alike."""
    own = max((_alike(one.around, other.around) for other in meant if other.figure == one.figure), default=1.0)
    theirs, figure = max(
        ((_alike(one.around, other.around), other.figure) for other in meant if other.figure != one.figure),
        default=(0.0, ""),
    )
    return figure, theirs - own


def _placed(text: str) -> list[Placed]:
    text = NUMBER.sub(lambda one: plain(one.group()), in_digits(without_dates(without_references(text))))
    tokens = read(text)
    return [
        Placed(plain(one.text), _around(tokens, place))
        for place, one in enumerate(tokens)
        if one.text[0].isdigit() and NUMBER.fullmatch(one.text)
    ]


def _around(tokens: tuple[Token, ...], place: int) -> _Around:
    found: _Around = {}
    for step in (-1, 1):
        distance = 0.5
        for at in range(place + step, place + step * (_BESIDE + 1), step):
            if not 0 <= at < len(tokens) or tokens[at].sentence != tokens[place].sentence:
                break
            if tokens[at].figure or (at and tokens[at - 1].folded in BE):  # 'est facturé' is said of every figure
                continue
            apart = (
                tokens[at].folded in {"et", "ou", "puis", "and", "or"} or tokens[at].clause != tokens[at - step].clause
            )
            distance += 0.5 + 0.5 * tokens[at].content + apart
            weight = (1.0 if tokens[at].content else _FUNCTION) / distance
            key = tokens[at].stem if tokens[at].content else f"{tokens[at].folded} {step}"
            found[key] = max(weight, found.get(key, 0.0))
    return found


def _alike(one: _Around, other: _Around) -> float:
    """Cosine of two surroundings; words of one family count as one."""
    shared = sum(
        weight * max((theirs for word, theirs in other.items() if word == key or kin(word, key)), default=0.0)
        for key, weight in one.items()
    )
    norms = math.hypot(*one.values()) * math.hypot(*other.values())
    return shared / norms if norms else 0.0
