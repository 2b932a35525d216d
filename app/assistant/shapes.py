"""What numbers, amounts, dates, durations, persons and places look like in French and English text, as spans."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Literal

from app.assistant.dates import MONTHS
from app.assistant.sentences import Span
from app.assistant.words import fold

Kind = Literal["amount", "date", "duration", "number", "person", "place", "share", "time"]

GAP = r"[ \u00a0\u202f\n]"  # a page's margin falls between a number and its unit as well as elsewhere
_DIGITS = rf"(?<![\w.,-])\d{{1,3}}(?:[{GAP[1:-1]}.]\d{{3}})+(?:,\d+)?(?!\d)|(?<![\w.,-])\d+(?:[.,]\d+)?(?![\d/-])"
_LETTERS = (
    r"(?<![\w-])(?:(?:deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|vingts?|trente"
    r"|quarante|cinquante|soixante|cents?|mille|two|three|four|five|seven|eight|nine|ten|eleven|twelve|twenty|thirty)"
    r"(?:-et-une?|(?:-| et |\s)(?=deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize"
    r"|vingts?|cents?|mille|une?\b))?){1,15}(?:un|une)?\b"  # no number has more words; a text may, in a row
)
_ONE = r"(?<![\w-])une?\b"
_MILLIONS = rf"(?:{GAP}(?:mille|millions?|milliards?|billions?|thousand)\b)?"
_NUMBER = rf"(?:{_DIGITS}|{_LETTERS}){_MILLIONS}"
_MEASURE = (
    rf"(?:{GAP}?(?:km²|km2|m²|m2|m³|m3|km|cm|mm|ha|kg|hectares?|kilomètres?(?:{GAP}carrés?)?|mètres?(?:{GAP}carrés?)?"
    rf"|litres?|tonnes?|°C?)(?!\w))?"
)
_CURRENCY = (
    rf"(?:d['’]{GAP}?|de{GAP})?(?:€|k€|M€|euros?\b|EUR\b|centimes?\b|francs?\b|dollars?\b|livres sterling\b|\$|£)"
)
_MONTH = "|".join(["janvier", "février", "août", "décembre", *MONTHS])
_DAY = "lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|monday|tuesday|wednesday|thursday|friday|saturday|sunday"
_YEAR = r"(?<![\w.,/-])(?:1\d{3}|20\d{2})(?![\w/]|[.,]\d|-\d)"
_CENTURY = rf"\b[IVX]+(?:e|ème|er){GAP}siècle\b(?:{GAP}(?:av|apr)\.{GAP}J\.-C\.)?"
_UNIT_OF_TIME = (
    r"(?:secondes?|minutes?|heures?|jours?|journées?|semaines?|quinzaines?|mois|trimestres?|semestres?|ans?|années?"
)
_UNIT_OF_TIME += r"|siècles?|seconds?|hours?|days?|weeks?|months?|years?)\b"
_COUNTED = rf"(?:{GAP}(?:ouvrés?|ouvrables?|francs?|calendaires?|entiers?|consécutifs?))?(?: et demie?\b)?"
_CAPITAL = r"[A-ZÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŒ]"
_NAME = rf"{_CAPITAL}[\w’'-]*\w"
_PARTICLE = r"(?:de la|de|du|des|d['’]|von|van|le|la|el|al|ibn|ben)"
_NAMES = rf"{_NAME}(?:{GAP}(?:{_PARTICLE}{GAP}?)?{_NAME}|{GAP}{_CAPITAL}\.)*"
_TITLE = r"(?:MM?\.|Mmes?|Mlle|Me|Dr|Monsieur|Madame|Maître|Mr\.?|Mrs\.?|Ms\.?)"
_OFFICE = (
    r"\b(?:[Ll]['’]|[Ll]e |[Ll]a |[Ll]es |[Uu]ne? )(?:président|maire|préfet|préfète|adjoint|directeur|directrice"
    r"|commission|conseil|secrétaire général|comité|bureau|juge|tribunal|procureur|notaire|ministre|ministère|médecin"
    r"|commissaire|officier|régisseur|archiviste|trésorier|comptable|employeur|propriétaire|locataire|bailleur|agence"
    r"|caisse|police|gendarmerie|mairie|préfecture|service|syndic|rapporteur|ordonnateur|greffier)e?s?\b"
    r"(?: (?:municipal|départemental|régional|général|adjoint|communal|civil|administratif|de l['’]état civil)e?s?\b)*"
)
_STREET = (
    rf"(?:\d{{1,4}}(?:{GAP}?(?:bis|ter))?,?{GAP})?"
    rf"\b(?:rue|avenue|boulevard|place|quai|chemin|impasse|allée|route|square|cours)"
    rf"{GAP}(?:(?:de la|de l['’]|de|du|des|d['’]){GAP}?)?{_NAMES}"
)
_HOUSE = (
    r"\b(?:à la|à l['’]|au|en|dans la|dans le) ?(?:mairie|préfecture|sous-préfecture|hôtel de ville|accueil|guichet"
    r"|secrétariat|tribunal|commissariat|gendarmerie|déchèterie|déchetterie|médiathèque|bibliothèque|bureau \w+|siège"
    rf"|salle (?:des|du|de)(?: la)? \w+|rez-de-chaussée|gymnase|consulat|ambassade)\b(?:{GAP}{_NAMES})?"
)
_BEFORE_A_PLACE = ("à", "au", "aux", "à la", "en", "dans le", "dans la", "dans les", "vers", "près de", "in", "at")
_SITUATED = (
    "(?:" + "|".join(rf"(?<=\b{one} )" for one in _BEFORE_A_PLACE) + rf"|(?<=\bdans l['’]))(?!{_TITLE}\b){_NAMES}"
)

_PATTERNS: dict[Kind, tuple[str, ...]] = {
    "amount": (
        rf"(?:{_NUMBER}|{_ONE}){GAP}?(?:par{GAP})?{_CURRENCY}(?:{GAP}?\d\d\b)?",
        rf"[$£€]{GAP}?(?:{_DIGITS})",
        r"\b(?:gratuit|gratuite|gratuitement|free of charge)\b",
    ),
    "share": (
        rf"(?:{_NUMBER}){GAP}?(?:%|‰|pour cent\b|per ?cent\b)",
        r"\b(?:la moitié|un tiers|deux tiers|un quart|trois quarts|un dixième|un cinquième)\b",
    ),
    "date": (
        rf"(?:\b(?:{_DAY}){GAP})?\b\d{{1,2}}(?:er)?{GAP}(?:{_MONTH})\b(?:{GAP}\d{{4}})?",
        rf"\b(?:{_MONTH}) \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}\b|\b(?:{_MONTH}){GAP}(?:de{GAP})?{_YEAR}",
        r"(?<![\d/])\d{1,2}[/.]\d{1,2}[/.]\d{4}\b|\b\d{4}-\d{2}-\d{2}\b",
        _CENTURY,
        _YEAR,
        rf"(?<!\w)(?:(?:le|chaque|tous les) )?(?:{_DAY})s?\b",
        rf"\b(?:{_MONTH})\b",
    ),
    "time": (
        rf"(?<![\w.,])\d{{1,2}}{GAP}?(?:h|heures?)(?:{GAP}?[0-5]\d)?\b(?!{GAP}par\b)|(?<![\d:])[0-2]?\d:[0-5]\d\b",
        r"\b(?:midi|minuit|noon|midnight)\b",
        r"\b\d{1,2}(?::\d\d)? ?[ap]\.?m\b",
    ),
    "duration": (rf"(?:{_NUMBER}|{_ONE}){GAP}{_UNIT_OF_TIME}{_COUNTED}",),
    "number": (rf"(?:{_NUMBER}){_MEASURE}",),
    "person": (rf"{_TITLE}{GAP}{_NAMES}", _OFFICE, _NAMES),
    "place": (_STREET, _HOUSE, _SITUATED),
}
_REFERENCES = re.compile(
    r"\b(?:articles?|art\.|chapitres?|titres?|pages?|p\.|annexes?|alinéas?|n°s?|no|numéros?|lot|section)"
    r"\s*(?:[LRDA]\.?\s*)?\d[\d.,\s-]*|^\s*(?:\d+[.)°]|\(?\d+\))\s",
    re.IGNORECASE,
)
_CASED: frozenset[Kind] = frozenset({"person", "place"})  # names begin with a capital


def shapes(kind: Kind, text: str) -> list[Span]:
    """Spans of the text that look like `kind`, in order; of two that overlap, the one of the surer pattern.

    The number of an article, a page or a list item is no number; nor is one that is part of a date or a length of time.
    """
    taken = bytearray(len(text))  # a mark for each character: a table of ten thousand figures is read in one pass
    for start, end in [one.span() for one in _REFERENCES.finditer(text)] if kind == "number" else []:
        taken[start:end] = b"x" * (end - start)
    for one in _dated(text) if kind == "number" else []:
        taken[one.start : one.end] = b"x" * (one.end - one.start)
    found: list[Span] = []
    for pattern in _compiled(kind):
        for span in _matches(pattern, text):
            if not any(taken[span.start : span.end]):
                found.append(span)
                taken[span.start : span.end] = b"x" * (span.end - span.start)
    return sorted((one for one in found if not _names_other(kind, one, text)), key=lambda one: one.start)


def _matches(pattern: re.Pattern[str], text: str) -> Iterator[Span]:
    for match in pattern.finditer(text):
        if match.group().strip():
            yield Span(match.start(), match.end())


def _dated(text: str) -> list[Span]:
    """Days with their month, times and durations: their numbers count nothing else.  A bare year may be a number."""
    patterns = (*_compiled("date")[:4], *_compiled("time"), *_compiled("duration"))
    return [span for pattern in patterns for span in _matches(pattern, text)]


def _names_other(kind: Kind, span: Span, text: str) -> bool:
    """A name after 'à', 'en' or 'l'' is a place or a body; one word that opens a sentence is a name only by chance."""
    name = span.of(text)
    if kind != "person" or not name[:1].isupper():
        return False
    before = text[max(0, span.start - _SEEN) : span.start].rstrip()
    opens = not before or before[-1] in '.:!?«"“-–•'
    if " " not in name and (opens or name.isupper() or fold(name) in _NO_NAMES or before.endswith((" de", " of"))):
        return True
    return _NO_PERSON_AFTER.search(before) is not None


_SEEN = 80  # characters before a name that say what it is of
_NO_PERSON_AFTER = re.compile(
    r"(?:\b(?:à|en|au|aux|dans|le|la|les|un|une|des|du|ces|cette|depuis|vers|rue|place|avenue)|\bl['’])$", re.IGNORECASE
)
_NO_NAMES = frozenset("etat republique article code loi decret conseil euros internet".split())


@cache
def _compiled(kind: Kind) -> tuple[re.Pattern[str], ...]:
    flags = 0 if kind in _CASED else re.IGNORECASE
    return tuple(re.compile(pattern, flags) for pattern in _PATTERNS[kind])
