"""Does a figure limit from above or from below?  'au plus trois jours' and 'au moins trois jours' are opposites."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.assistant.dates import dates
from app.assistant.figures import NUMBER, plain
from app.assistant.reading import plain_of
from app.assistant.spelled import in_digits

_BEFORE = 45  # characters that may hold what limits a figure
_AFTER = 28
_UPPER = re.compile(
    r"au plus\b|au maximum|maximum de|maximale?s?\b|dans la limite d|limit(?:e|ee|es|ees) a|plafond|plafonn|jusqu'a"
    r"|au plus tard|at most|up to|no more than|less than|moins de|inferieure?s? (?:ou egale?s? )?a"
)
_LOWER = re.compile(
    r"au moins\b|au minimum|minimum de|minimale?s?\b|a partir de|au plus tot|at least|more than|plus de"
    r"|superieure?s? (?:ou egale?s? )?a|depasse\w*|exced\w+"
)
_SIDES = (("upper", _UPPER), ("lower", _LOWER))
# What 'ne' turns round: 'n'excède pas' is 'au plus'.
_TURNED = re.compile(r"plus de|moins de|inferieur|superieur|depasse|exced")
_DENIED = re.compile(r"(?:\bn(?:e |')|\bsans )[^,;:]{0,40}$")
_OTHER = {"upper": "lower", "lower": "upper"}
_DATE = r"(?:le |the )?(?:lundi |mardi |mercredi |jeudi |vendredi |samedi |dimanche )?(\d{1,2}\S* \w+(?: \d{4})?)"
_SIDES_OF_DATES = (
    ("before", re.compile(rf"\b(?:avant|jusqu'au|au plus tard|until|before) {_DATE}")),
    ("after", re.compile(rf"\b(?:apres|a partir du|a compter du|au plus tot|des|depuis|after|since) {_DATE}")),
)
_OTHER_SIDE = {"before": "after", "after": "before"}
_CUT = re.compile(r"[;:.!?()]|, ")


def wrong_limits(sentence: str, source: str) -> list[str]:
    """Figures that the sentence limits from one side and the source only from the other."""
    said: dict[str, set[str]] = dict(_limits(sentence))
    meant: dict[str, set[str]] = {}
    for figure, sides in _limits(source):
        meant.setdefault(figure, set()).update(sides)
    return sorted(
        f"{'at most' if 'upper' in sides else 'at least'} {figure}"
        for figure, sides in said.items()
        if sides and meant.get(figure) and sides.isdisjoint(meant[figure])
    )


def wrong_date_limits(sentence: str, source: str) -> list[str]:
    """Dates before which the sentence puts what the source puts after them, or the other way round."""
    said, meant = _sides_of_dates(sentence), _sides_of_dates(source)
    return sorted(f"{side} {date}" for date, side in said - meant if (date, _OTHER_SIDE[side]) in meant)


def _sides_of_dates(text: str) -> set[tuple[str, str]]:
    plain_text = plain_of(text)
    return {
        (date, side)
        for side, shape in _SIDES_OF_DATES
        for match in shape.finditer(plain_text)
        for date in dates(match.group(1))
    }


def limits_on(text: str) -> set[str]:
    """The sides, 'upper' and 'lower', from which a text limits anything."""
    found = set()
    folded = plain_of(text)
    for side, shape in _SIDES:
        for match in shape.finditer(folded):
            turned = _TURNED.match(match.group()) and _DENIED.search(folded[: match.start()])
            found.add(_OTHER[side] if turned else side)
    return found


def _limits(text: str) -> Iterator[tuple[str, set[str]]]:
    text = plain_of(in_digits(text))
    for match in NUMBER.finditer(text):
        before = _CUT.split(text[max(0, match.start() - _BEFORE) : match.start()])[-1]
        after = re.split(r"\d", _CUT.split(text[match.end() : match.end() + _AFTER])[0])[0]
        yield plain(match.group()), limits_on(re.split(r"\d", before)[-1]) | limits_on(after)
