"""Is a generated sentence borne out by what it cites?  Each check names what it misses; one miss withholds.

The checks are lexical on purpose: a reader can follow each of them with a finger on the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.assistant.words import SPELLED_NUMBERS, content_stems, fold, is_content, stem, words

_MONTHS = {
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
_NUMBER = re.compile(r"\d{1,3}(?:[ \u00a0\u202f.]\d{3})+(?:,\d+)?(?!\d)|\d+(?:[.,]\d+)?")
_UNIT = re.compile(r"\s*(€|euros?|%|pour cent|percent|[^\W\d_]+)", re.IGNORECASE)
_DAY_MONTH = re.compile(
    r"\b(\d{1,2})(?:er|st|nd|rd|th)?\s+([^\W\d_]+)\.?(?:,?\s+(\d{4}))?|\b([^\W\d_]+)\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})"
)
_NUMERIC_DATE = re.compile(r"\b(\d{1,2})[/.](\d{1,2})[/.](\d{4})\b")
_REFERENCE = re.compile(
    r"\b(?:articles?|art\.)\s+((?:[LRDA]\s?\.?\s?\*?\s?)?\d+(?:[-.]\d+)*)|\b([LRDA])\.?\s?\*?(\d+(?:-\d+)+)",
    re.IGNORECASE,
)
_NEGATIONS = frozenset(
    """ne n non pas jamais aucun aucune ni sans nul nulle interdit interdite interdits interdites impossible
    not no never none neither nor without cannot forbidden prohibited""".split()
)
_EXCEPTIONS = re.compile(
    r"\b(?:sauf|hormis|excepte|a l'exception|a moins|sous reserve|except|unless|other than|excluding)\b"
)
_PERMISSION = re.compile(
    r"\b(?:peut|peuvent|pourra|pourront|pourrait|possible|facultati\w+|may|might|can|could|optional)\b"
)
_DUTY = re.compile(
    r"\b(?:doit|doivent|devra|devront|obligatoire\w*|oblige\w*|tenus?|tenues?|il faut"
    r"|must|shall|required|mandatory|have to|has to)\b"
)
_COVERAGE = 0.7  # share of a sentence's content stems that must stand in what it cites
_UNIT_STOP = frozenset(
    "de du des le la les l d et ou a au aux en par pour sur the of and or to in at per for on er".split()
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`missing` names each check that failed with what it missed, e.g. 'number: 12'.  Empty means certified."""

    missing: tuple[str, ...]

    @property
    def certified(self) -> bool:
        return not self.missing


def certify(sentence: str, cited: Sequence[str]) -> Verdict:
    """Check one sentence against the texts that it cites (the source sentences, not whole documents)."""
    source = "\n".join(cited)
    missing = [
        *(f"number: {one}" for one in _lacking(numbers(_undated(sentence)), numbers(source))),
        *(f"quantity: {one}" for one in _lacking(quantities(_undated(sentence)), quantities(source))),
        *(f"date: {one}" for one in _lacking(dates(sentence), dates(source))),
        *(f"reference: {one}" for one in _lacking(references(sentence), references(source))),
        *(f"name: {one}" for one in _lacking_names(sentence, source)),
        *_polarity(sentence, cited),
        *_modality(sentence, source),
    ]
    if (share := content_share(sentence, source)) < _COVERAGE:
        missing.append(f"content: {share:.2f}")
    return Verdict(tuple(missing))


def content_share(sentence: str, source: str) -> float:
    """Share of the sentence's content stems that stand in the source; a sentence without content has none.

    Numbers and months are left to their own checks, which know their many forms.
    """
    stems = [stem(word.text) for word in words(sentence) if is_content(word.text) and not _is_figure(word.folded)]
    held = set(content_stems(source))
    return sum(one in held for one in stems) / len(stems) if stems else 0.0


def numbers(text: str) -> set[str]:
    """Numbers in one form: '1 200' and '1.200' -> '1200', '3.50' -> '3,5', 'trois' -> '3'."""
    found = {_plain(match.group()) for match in _NUMBER.finditer(text)}
    return found | {SPELLED_NUMBERS[word.folded] for word in words(text) if word.folded in SPELLED_NUMBERS}


def quantities(text: str) -> set[str]:
    """Numbers with the unit that follows: '3,85 €', '15 jour', '50 %'."""
    found = set()
    text = re.sub(r"[^\W\d_]+", lambda match: SPELLED_NUMBERS.get(fold(match.group()), match.group()), text)
    for match in _NUMBER.finditer(text):
        unit = _UNIT.match(text, match.end())
        if unit and (name := fold(unit.group(1))) not in _UNIT_STOP and name not in _MONTHS:
            found.add(f"{_plain(match.group())} {_unit(name)}")
    return found


def dates(text: str) -> set[str]:
    """Dates in one form: '15/3/2025', and '15/3' where no year is written (a full date also gives its short form)."""
    found: set[tuple[int, int, str]] = set()
    for match in _DAY_MONTH.finditer(text):
        day, month, year = (
            match.group(1) or match.group(5),
            match.group(2) or match.group(4),
            match.group(3) or match.group(6),
        )
        if (number := _MONTHS.get(fold(month))) is not None:
            found.add((int(day), number, year or ""))
    found |= {(int(d), int(m), y) for d, m, y in _NUMERIC_DATE.findall(text)}
    return {f"{d}/{m}/{y}" for d, m, y in found if y} | {f"{d}/{m}" for d, m, _ in found}


def references(text: str) -> set[str]:
    """Article references: 'article L. 2121-12' -> 'L2121-12'."""
    return {
        re.sub(r"[\s.*]", "", match.group(1) or match.group(2) + match.group(3)).upper()
        for match in _REFERENCE.finditer(text)
    }


def _undated(text: str) -> str:
    """The text without its dates and references, whose numbers have checks of their own."""
    for shape in (_NUMERIC_DATE, _DAY_MONTH, _REFERENCE):
        text = shape.sub(lambda match: match.group() if _is_plain_quantity(match) else " ", text)
    return text


def _is_plain_quantity(match: re.Match[str]) -> bool:
    """'15 jours' has the shape of a day and a month and is neither."""
    return match.re is _DAY_MONTH and fold(match.group(2) or match.group(4)) not in _MONTHS


def _is_figure(folded: str) -> bool:
    return (
        any(c.isdigit() for c in folded)
        or folded in SPELLED_NUMBERS
        or folded in _MONTHS
        or folded in {"euro", "euros"}
    )


def _lacking(wanted: set[str], held: set[str]) -> list[str]:
    return sorted(wanted - held)


def _lacking_names(sentence: str, source: str) -> list[str]:
    """Capitalised words inside the sentence, and at its start when they are no ordinary word of the source."""
    held = {word.folded for word in words(source)}
    return [
        word.text
        for word in words(sentence)
        if word.text[0].isupper()
        and word.start > 0
        and is_content(word.text)
        and word.folded not in held
        and stem(word.text) not in set(content_stems(source))
    ]


def _polarity(sentence: str, cited: Sequence[str]) -> Iterable[str]:
    """A sentence may deny only what its closest source sentence denies, and affirm only what it affirms."""
    closest = max(cited, key=lambda text: (content_share(sentence, text), content_share(text, sentence)), default="")
    if denies(sentence) != denies(closest):
        yield "negation: added" if denies(sentence) else "negation: dropped"


def denies(text: str) -> bool:
    """'ne ... que' restricts and does not deny."""
    folded = [word.folded for word in words(text)]
    marks = [word for word in folded if word in _NEGATIONS]
    return bool(marks) and not (set(marks) <= {"ne", "n"} and "que" in folded)


def _modality(sentence: str, source: str) -> Iterable[str]:
    said, meant = fold(sentence).replace("’", "'"), fold(source).replace("’", "'")
    if _EXCEPTIONS.search(meant) and not _EXCEPTIONS.search(said):
        yield "exception: dropped"
    if _EXCEPTIONS.search(said) and not _EXCEPTIONS.search(meant):
        yield "exception: added"
    for name, shape in (("permission", _PERMISSION), ("duty", _DUTY)):
        if shape.search(said) and not shape.search(meant):
            yield f"modality: {name} added"
    if _DUTY.search(meant) and _PERMISSION.search(said) and not _PERMISSION.search(meant):
        yield "modality: duty weakened"


def _plain(number: str) -> str:
    compact = re.sub(r"[ \u00a0\u202f]", "", number)
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", compact):
        compact = compact.replace(".", "")
    compact = compact.replace(".", ",")
    if "," in compact:
        compact = compact.rstrip("0").rstrip(",")
    return compact.lstrip("0") or "0"


def _unit(name: str) -> str:
    if name in {"€", "euro", "euros"}:
        return "€"
    return "%" if name in {"%", "pour cent", "percent"} else stem(name)
