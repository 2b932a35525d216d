"""Dates of a text in one form, however they are written."""

from __future__ import annotations

import re

from app.assistant.words import fold

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("janvier", "january"),
            ("fevrier", "february"),
            ("mars", "march"),
            ("avril", "april"),
            ("mai", "may"),
            ("juin", "june"),
            ("juillet", "july"),
            ("aout", "august"),
            ("septembre", "september"),
            ("octobre", "october"),
            ("novembre", "november"),
            ("decembre", "december"),
        ),
        start=1,
    )
    for name in names
}
_DAY_MONTH = re.compile(
    r"\b(\d{1,2})(?:er|st|nd|rd|th)?\s+([^\W\d_]+)\.?(?:,?\s+(\d{4}))?|\b([^\W\d_]+)\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})"
)
_NUMERIC = re.compile(r"\b(\d{1,2})[/.](\d{1,2})[/.](\d{4})\b")
_MONTH = re.compile(r"\b([^\W\d_]+)\b(?:\s+(\d{4})\b)?")
_LOOSE = frozenset({"mai", "may", "mars", "march"})  # also other words: counted only beside a day or a year


def dates(text: str) -> set[str]:
    """Dates in one form: '15/3/2025', and '15/3' where no year is written (a full date also gives its short form)."""
    found: set[tuple[int, int, str]] = set()
    for match in _DAY_MONTH.finditer(text):
        day, month, year = (
            match.group(1) or match.group(5),
            match.group(2) or match.group(4),
            match.group(3) or match.group(6),
        )
        if (number := MONTHS.get(fold(month))) is not None:
            found.add((int(day), number, year or ""))
    found |= {(int(d), int(m), y) for d, m, y in _NUMERIC.findall(text)}
    return {f"{d}/{m}/{y}" for d, m, y in found if y} | {f"{d}/{m}" for d, m, _ in found}


def months(text: str) -> set[str]:
    """Months that are named or stand in a numeric date: '3' for March, '3/2025' beside a year (which gives both)."""
    found = {(int(month), year) for _, month, year in _NUMERIC.findall(text)}
    for match in _MONTH.finditer(text):
        name = fold(match.group(1))
        beside_day = text[: match.start()].rstrip()[-1:].isdigit() or text[: match.start()].rstrip().endswith("1er")
        if name in MONTHS and (match.group(2) or beside_day or name not in _LOOSE):
            found.add((MONTHS[name], match.group(2) or ""))
    return {f"{month}/{year}" for month, year in found if year} | {f"{month}" for month, _ in found}


def wrong_dates(sentence: str, source: str) -> list[str]:
    """Dates and months that the source does not give; '15 janvier au 14 février 2026' gives its year to both."""
    held = dates(source) | months(source)
    return sorted(
        one
        for one in (dates(sentence) | months(sentence)) - held
        if not (
            (parts := one.rsplit("/", 1))[0] in held and len(parts) > 1 and len(parts[1]) == 4 and parts[1] in source
        )
    )


def without_dates(text: str) -> str:
    """The text without its dates, whose numbers have a check of their own; '15 jours' is no date and stays."""
    text = _NUMERIC.sub(" ", text)
    return _DAY_MONTH.sub(lambda match: match.group() if _is_quantity(match) else " ", text)


def _is_quantity(match: re.Match[str]) -> bool:
    return fold(match.group(2) or match.group(4)) not in MONTHS
