"""Numbers in French letters, written with digits: 'trente-trois jours' -> '33 jours'."""

from __future__ import annotations

import re

from app.assistant.words import SPELLED_NUMBERS, fold

_VALUES = {name: int(value) for name, value in SPELLED_NUMBERS.items()} | {
    "un": 1,
    "une": 1,
    "cent": 100,
    "cents": 100,
    "mille": 1000,
}
_WORD = "|".join(sorted(_VALUES, key=len, reverse=True))
# 'un' alone is an article, except before a measure; 'et' joins only 'un' and 'onze': 'trois et cinq' are two numbers.
_JOINED = rf"(?:(?:-| et |-et-)(?:une?|onze)|(?:-| )(?:{_WORD}))"
_NUMBER = re.compile(rf"(?<![\w-])(?:{_WORD}){_JOINED}*(?![\w-])", re.IGNORECASE)
_MEASURE = re.compile(
    r"\s(?:ans?|années?|mois|jours?|journées?|semaines?|trimestres?|semestres?|heures?|minutes?|secondes?|nuits?|fois|mètres?"
    r"|kilomètres?|euros?|demi-heure|million|milliard)\b",
    re.IGNORECASE,
)


def in_digits(text: str) -> str:
    """Numbers in letters as digits; 'un' and 'une' only before a measure ('un mois')."""
    return _NUMBER.sub(_digits, text)


def _digits(match: re.Match[str]) -> str:
    names = [one for one in re.split(r"[- ]", fold(match.group())) if one and one != "et"]
    if names in (["un"], ["une"]) and not _MEASURE.match(match.string, match.end()):
        return match.group()
    return str(value(names))


def value(names: list[str]) -> int:
    """The number that the words add up to, as French says them: 'quatre vingt dix' is 90."""
    total = group = 0
    for name in names:
        number = _VALUES[name]
        if number == 1000:
            total, group = (total + (group or 1)) * 1000, 0
        elif number == 100 or (number == 20 and group % 100 == 4):
            group = (group or 1) * number if number == 100 else group - 4 + 80
        else:
            group += number
    return total + group
