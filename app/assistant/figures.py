"""Numbers, quantities, limits and article references of a text, each in one form."""

from __future__ import annotations

import re

from app.assistant.spelled import in_digits
from app.assistant.words import fold, stem

_SPACE = " \u00a0\u202f"
NUMBER = re.compile(rf"\d{{1,3}}(?:[{_SPACE}.]\d{{3}})+(?:,\d+)?(?!\d)|\d+(?:[.,]\d+)?")
_UNIT = re.compile(r"\s*(€|euros?|%|pour cent|percent|°|[^\W\d_]+[²³]?)", re.IGNORECASE)
_REFERENCE = re.compile(
    r"\b(?:articles?|art\.)\s+((?:[LRDA]\s?\.?\s?\*?\s?)?\d+(?:[-.]\d+)*)|\b([LRDA])\.?\s?\*?(\d+(?:-\d+)+)",
    re.IGNORECASE,
)
_UNIT_STOP = frozenset(
    """de du des le la les l d et ou a au aux en par pour sur ne n qui que est sont s se c ce il the of and or to in at
    per for on er ere eme nd rd th""".split()
)
_NAMES = {
    "€": "€", "euro": "€", "euros": "€", "eur": "€", "%": "%", "pour cent": "%", "percent": "%",
    "h": "heur", "heure": "heur", "heures": "heur", "hour": "heur", "hours": "heur",
    "min": "minut", "mn": "minut", "m": "metr", "km": "kilometr", "cm": "centimetr", "mm": "millimetr",
    "kg": "kilogramm", "g": "gramm", "l": "litr", "ha": "hectar", "t": "ton", "tonne": "ton", "tonnes": "ton",
    "m²": "m2", "m³": "m3", "an": "an", "ans": "an", "annee": "an", "annees": "an",
}  # fmt: skip
_UNITS = frozenset(_NAMES.values()) | frozenset(
    stem(one)
    for one in "jour jours mois semaine trimestre semestre siècle seconde point points fois nuit day days week".split()
)
_SQUARE = re.compile(r"\b(k?m|c?m|mètres?)\s?(?:2\b|²|carrés?\b)", re.IGNORECASE)
_CUBIC = re.compile(r"\b(?:m|mètres?)\s?(?:3\b|³|cubes?\b)", re.IGNORECASE)
# 'quinze jours francs' and 'quinze jours ouvrés' are not the same length of time
_KINDS = re.compile(r"\b(?:jours?|heures?)\s+(francs?|ouvres?|ouvrables?|calendaires?)\b")


def numbers(text: str) -> set[str]:
    """Numbers in one form: '1 200' and '1.200' -> '1200', '3.50' -> '3,5', 'trois' -> '3', 'trente-trois' -> '33'."""
    return {plain(match.group()) for match in NUMBER.finditer(in_digits(text))}


def quantities(text: str) -> set[str]:
    """Numbers with the unit that follows: '3,85 €', '15 jour', '50 %'."""
    found = set()
    text = _CUBIC.sub("m³", _SQUARE.sub(_squared, in_digits(text)))
    for match in NUMBER.finditer(text):
        unit = _UNIT.match(text, match.end())
        if unit and (name := fold(unit.group(1))) not in _UNIT_STOP and not name.startswith("eme"):
            found.add(f"{plain(match.group())} {unit_of(name)}")
    return found


def wrong_quantities(sentence: str, source: str) -> list[str]:
    """Measures that the source does not give; a number that stands there alone takes a unit that stands there too."""
    held, alone = quantities(source), _alone(source)
    units = {one.split(" ", 1)[1] for one in held}
    return sorted(
        one
        for one in quantities(sentence) - held
        if (parts := one.split(" ", 1))[1] in _UNITS and not (parts[0] in alone and parts[1] in units)
    )


def _alone(text: str) -> set[str]:
    """Numbers that no unit of measure follows, as the first ones of 'cinq, six ou sept jours'."""
    text = in_digits(text)
    found = set()
    for match in NUMBER.finditer(text):
        unit = _UNIT.match(text, match.end())
        if unit is None or unit_of(fold(unit.group(1))) not in _UNITS:
            found.add(plain(match.group()))
    return found


def day_kinds(text: str) -> set[str]:
    """How days are counted: 'franc', 'ouvr', 'calendair'."""
    return {stem(match.group(1)) for match in _KINDS.finditer(fold(text))}


def references(text: str) -> set[str]:
    """Article references: 'article L. 2121-12' -> 'L2121-12'."""
    return {
        re.sub(r"[\s.*]", "", match.group(1) or match.group(2) + match.group(3)).upper()
        for match in _REFERENCE.finditer(text)
    }


def without_references(text: str) -> str:
    return _REFERENCE.sub(" ", text)


def plain(number: str) -> str:
    compact = re.sub(rf"[{_SPACE}]", "", number)
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", compact):
        compact = compact.replace(".", "")
    compact = compact.replace(".", ",")
    if "," in compact:
        compact = compact.rstrip("0").rstrip(",")
    return compact.lstrip("0") or "0"


def unit_of(name: str) -> str:
    return _NAMES.get(name) or stem(name)


def _squared(match: re.Match[str]) -> str:
    return ("k" if match.group(1).lower() == "km" else "") + "m²"
