"""Named ways to change a sentence and keep it true."""

from __future__ import annotations

import re

from app.assistant.words import SPELLED_NUMBERS
from tests.benchmarks.corruptions import Given, Way, lower_first
from tests.benchmarks.french import ACTIONS, ENDS, MONTHS, NOT_PLAIN, SPELLED

_FRONTED = re.compile(
    r"((?:À|En|Dans|Pour|Pendant|Après|Avant|Depuis|Lorsque|Lorsqu['’]|Par|Sur|Sous|Lors|Au|Aux|Selon|Si) ?[^,]{4,})"
    r", ([^,;:]+)\."
)


def retyped(given: Given) -> str | None:
    """Numbers in letters or figures, dates and amounts in another form."""
    text = re.sub(r"\b(1er|\d{1,2}) (" + "|".join(MONTHS) + r") (\d{4})\b", _numeric_date, given.sentence)
    text = re.sub(r"(?<=\d) ?€", " euros", text)
    text = re.sub(r"\barticle ([LRD])\. ?(?=\d)", r"article \1", text)
    if not re.search(r"\b(?:cents?|mille)\b", text):
        text = SPELLED.sub(lambda one: SPELLED_NUMBERS[one.group()], text)
    text = re.sub(r"(?<=\d)[ \u00a0\u202f](?=\d{3}\b)", "", text)
    return text if text != given.sentence else None


def moved(given: Given) -> str | None:
    """A circumstance at the start of the sentence moved to its end."""
    found = _FRONTED.fullmatch(given.sentence)
    return f"{found.group(2)[0].upper()}{found.group(2)[1:]} {lower_first(found.group(1))}." if found else None


def passive(given: Given) -> str | None:
    """The active made passive, both ends kept in their roles."""
    found = ENDS.match(given.sentence)
    if not found or len(found.group(1).split()) > 10 or NOT_PLAIN.search(found.group(1) + " " + found.group(3)):
        return None
    subject, verb, thing = found.groups()
    be = "sont" if re.match(r"(?:les|ses|ces|leurs)\b", thing) else "est"
    return (
        f"{thing[0].upper()}{thing[1:]} {be} {ACTIONS[verb]} par {lower_first(subject)}{given.sentence[found.end() :]}"
    )


def reworded(given: Given) -> str | None:
    """Function words replaced by their equals."""
    text = given.sentence
    for old, new in (
        (r"\bdoit (?=[bcdfgjklmnpqrstv]\w+(?:er|ir|re)\b)", "est tenu de "),
        (r"\bdoivent (?=[bcdfgjklmnpqrstv]\w+(?:er|ir|re)\b)", "sont tenus de "),
        (r"\blorsque\b", "quand"),
        (r"\bsauf\b(?! si)", "hormis"),
        (r"\bafin de\b", "pour"),
        (r"\bà compter du\b", "à partir du"),
        (r"\bsi ([^,]+) le demande", r"à la demande de \1"),
        (r"\bne peut (?=être(?!.*\bqu[e'’]))", "ne peut pas "),
        (r"\bne peuvent (?=être(?!.*\bqu[e'’]))", "ne peuvent pas "),
        (r"\bcependant\b", "toutefois"),
    ):
        text = re.sub(old, new, text)
    return text if text != given.sentence else None


def verbatim(given: Given) -> str | None:
    return given.sentence


KEPT_TRUE: dict[str, Way] = {
    "verbatim": verbatim,
    "retyped": retyped,
    "moved": moved,
    "passive": passive,
    "reworded": reworded,
}


def _numeric_date(match: re.Match[str]) -> str:
    day = 1 if match.group(1) == "1er" else int(match.group(1))
    return f"{day:02}/{MONTHS.index(match.group(2)) + 1:02}/{match.group(3)}"
