"""Named ways to make a true sentence false.

Each way is a function of a `Given` that answers the altered sentence, or None where it does not apply.  Its docstring
says why the meaning has changed.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.assistant.sentences import sentence_spans
from app.assistant.words import SPELLED_NUMBERS, content_stems, fold
from tests.benchmarks.french import (
    BARE_DENIAL,
    DATE,
    DENIAL,
    ENDS,
    ENDS_DONE,
    ENDS_PASSIVE,
    EXCEPTION,
    FIGURE,
    FINITE,
    MEASURED,
    MODAL,
    MODALS,
    MONTHS,
    NAME,
    NOT_PLAIN,
    REFERENCE,
    SPELLED,
    SUBORDINATE,
    UNITS,
    YEAR,
)

_INVENTED = (
    "après avis conforme du préfet de région",
    "dans la limite des crédits ouverts par la loi de finances",
    "après consultation des organisations syndicales représentatives",
    "sur présentation d'un extrait de casier judiciaire",
    "par lettre recommandée avec avis de passage",
    "avec l'accord écrit du juge des libertés",
    "pour des raisons d'équilibre budgétaire",
    "grâce au soutien financier de la banque centrale",
    "en présence d'un huissier assermenté",
    "selon un barème publié au bulletin académique",
    "lorsque le tribunal arbitral a rendu sa sentence",
    "afin de lutter contre la fraude douanière",
    "pendant la durée des vacances parlementaires",
    "malgré l'opposition du clergé régulier",
    "ce qui entraîne la suspension du permis de chasse",
    "sous le contrôle d'un médecin vétérinaire agréé",
)


_ARTICLES = frozenset("l' l’ le la les un une son sa ses leur leurs cette ce ces chaque tout toute".split())


@dataclass(frozen=True, slots=True)
class Given:
    """A true sentence with what may be needed to corrupt it."""

    sentence: str
    passage: str  # that it stands in
    around: str  # every passage at hand
    names: Sequence[str]  # of its corpus
    foreign: Sequence[str]  # sentences of other documents
    chance: random.Random


Way = Callable[[Given], str | None]


def number(given: Given) -> str | None:
    """Another value: two different figures exchanged, or one figure changed; dates and references are left alone."""
    figures = _free(given.sentence, FIGURE)
    spelled = _free(given.sentence, SPELLED)
    pairs = [(a, b) for a in figures for b in figures if a.start() < b.start() and a.group() != b.group()]
    if pairs and given.chance.random() < 0.5:
        a, b = given.chance.choice(pairs)
        text = given.sentence
        return text[: a.start()] + b.group() + text[a.end() : b.start()] + a.group() + text[b.end() :]
    if not figures and not spelled:
        return None
    one = given.chance.choice([*figures, *spelled])
    if one.group() in SPELLED_NUMBERS:
        other = given.chance.choice(["trois", "quatre", "cinq", "sept", "huit", "dix", "douze", "quinze", "vingt"])
        return _put(given.sentence, one, other) if other != one.group() else None
    return _put(given.sentence, one, _changed(one.group(), given.chance))


def date(given: Given) -> str | None:
    """Another day, month or year."""
    found = list(DATE.finditer(given.sentence))
    years = list(YEAR.finditer(given.sentence))
    if not found and not years:
        return None
    if not found or (years and given.chance.random() < 0.3):
        one = given.chance.choice(years)
        return _put_group(given.sentence, one, 1, _other_year(one.group(1), given.chance))
    one = given.chance.choice(found)
    month, year = (2, 3) if one.group(2) else (4, 5)
    part = given.chance.choice([n for n in (1, month, year) if one.group(n)])
    if part == 1:
        old = one.group(1)
        new = given.chance.choice([str(n) for n in range(2, 29) if str(n) != old])
    elif part == month:
        new = given.chance.choice([name for name in MONTHS if name != one.group(month)])
    else:
        new = _other_year(one.group(year), given.chance)
    return _put_group(given.sentence, one, part, new)


def unit(given: Given) -> str | None:
    """The same figure of something else: days for months, euros for per cent."""
    found = list(MEASURED.finditer(given.sentence))
    if not found:
        return None
    one = given.chance.choice(found)
    return _put_group(given.sentence, one, 1, UNITS[one.group(1)])


def name(given: Given) -> str | None:
    """Another name of the same corpus, one that no passage at hand holds."""
    held = fold(given.around)
    found = [one for one in NAME.finditer(given.sentence) if one.start() > 0]
    others = [one for one in given.names if not any(fold(part) in held for part in one.split())]
    if not found or not others:
        return None
    return _put(given.sentence, given.chance.choice(found), given.chance.choice(others))


def negation_added(given: Given) -> str | None:
    """'ne ... pas' around a verb that the sentence affirms; sentences that deny already are left alone."""
    if re.search(r"\b(?:ne|n['’]|pas|aucune?|ni|sans|nul|que si)\b", given.sentence, re.IGNORECASE):
        return None
    found = list(FINITE.finditer(given.sentence))
    if not found:
        return None
    one = given.chance.choice(found)
    particle = "n'" if one.group()[0] in "aeiouéê" else "ne "
    return _put(given.sentence, one, f"{particle}{one.group()} pas")


def negation_dropped(given: Given) -> str | None:
    """A clause that denies made to affirm: 'ne peut pas' -> 'peut', 'Aucun' -> 'Tout', 'interdit' -> 'autorisé'.

    'ne ... que' and denials in several parts ('aucun', 'ni') are left alone.
    """
    text = given.sentence
    options = []
    for one in DENIAL.finditer(text):
        if not re.search(r"\bqu[e'’]", text[one.end() :]):
            options.append(text[: one.start()] + one.group(2) + " " + text[one.end() :])
    for one in BARE_DENIAL.finditer(text):
        if not re.search(r"\bqu[e'’]|[Aa]ucun|[Nn]ul\b|\bni\b", text):
            options.append(text[: one.start(1)] + text[one.end(1) + 1 :])
    if re.match(r"Aucune? \w+", text) and (ne := re.search(r"\b(ne |n['’])", text)):
        options.append(re.sub(r"^Aucun(e?)", r"Tout\1", text[: ne.start()] + text[ne.end() :]))
    for one in re.finditer(r"(?<=t )interdit(e?s?)\b", text):
        options.append(_put(text, one, "autorisé" + one.group(1)))
    return given.chance.choice(options) if options else None


def exception_dropped(given: Given) -> str | None:
    """The rule without its 'sauf', 'à l'exception de', 'sous réserve de', 'à moins que': it now holds everywhere."""
    found = list(EXCEPTION.finditer(given.sentence))
    if len(found) != 1 or found[0].start() == 0:
        return None
    rest = (given.sentence[: found[0].start()] + given.sentence[found[0].end() :]).strip(" ,")
    return rest if len(rest.split()) >= 6 and "()" not in rest else None


def ends_exchanged(given: Given) -> str | None:
    """Who acts and what is acted upon exchanged, around a verb that is not symmetrical, active or passive."""
    found = ENDS.match(given.sentence) or ENDS_DONE.match(given.sentence) or ENDS_PASSIVE.match(given.sentence)
    if not found or len(found.group(1).split()) > 12 or NOT_PLAIN.search(f"{found.group(1)} {found.group(3)}"):
        return None
    first, second = set(content_stems(found.group(1))), set(content_stems(found.group(3)))
    if not first or not second or first & second:
        return None
    subject, verb, thing = found.groups()
    if re.match(r"[Ll]['’]|\w+", subject).group().lower() in _ARTICLES:
        subject = lower_first(subject)
    return f"{thing[0].upper()}{thing[1:]} {verb} {subject}{given.sentence[found.end() :]}"


def modality(given: Given) -> str | None:
    """A permission made a duty, or a duty a permission; 'ne peut' and 'ne doit', which both forbid, are left alone."""
    text = given.sentence
    found = [one for one in MODAL.finditer(text) if not re.search(r"\b(?:ne |n['’]|se |pas )$", text[: one.start()])]
    if not found or re.search(r"\bni\b|[Aa]ucun|[Nn]ul\b|non ", text):
        return None
    one = given.chance.choice(found)
    return _put(text, one, MODALS[one.group()])


def halves_joined(given: Given) -> str | None:
    """The subject of one sentence of the passage with what is said of another one, with which it shares no word."""
    spans = [span.of(given.passage) for span in sentence_spans(given.passage)]
    own = _halves(given.sentence)
    if own is None:
        return None
    joined = []
    for other in spans:
        theirs = _halves(other) if other != given.sentence else None
        if theirs is None or _is_plural(own[1]) != _is_plural(theirs[1]) or re.search(r"[A-Z]{2}", own[0] + theirs[0]):
            continue
        subject, rest = set(content_stems(own[0])), set(content_stems(theirs[2]))
        new_subject = subject - set(content_stems(other))
        new_rest = rest - set(content_stems(given.sentence))
        if not subject & set(content_stems(theirs[0])) and len(new_subject) >= 2 and len(new_rest) >= 2:
            joined.append(f"{own[0]} {theirs[1]} {theirs[2]}")
    return given.chance.choice(joined) if joined else None


def clause_invented(given: Given) -> str | None:
    """A clause put in, that comes from nowhere or from another document; at least two of its words are new."""
    held = set(content_stems(given.around))
    borrowed = [one.group(1) for text in given.foreign for one in [SUBORDINATE.search(text)] if one]
    options = [
        one
        for one in (given.chance.choice(_INVENTED), *given.chance.sample(borrowed, min(3, len(borrowed))))
        if len(set(content_stems(one)) - held) >= 2
    ]
    if not options or not given.sentence.endswith("."):
        return None
    return f"{given.sentence[:-1]}, {given.chance.choice(options).rstrip(' ,.')}."


CORRUPTIONS: dict[str, Way] = {
    "number": number,
    "date": date,
    "unit": unit,
    "name": name,
    "negation added": negation_added,
    "negation dropped": negation_dropped,
    "exception dropped": exception_dropped,
    "subject and object exchanged": ends_exchanged,
    "modality": modality,
    "halves joined falsely": halves_joined,
    "clause invented": clause_invented,
}  # the twelfth, a wrong citation, alters no word: see certification.py


def _free(text: str, shape: re.Pattern[str]) -> list[re.Match[str]]:
    """What neither a date nor a reference covers, nor the number of a list item."""
    taken = [one.span() for kind in (DATE, REFERENCE, YEAR) for one in kind.finditer(text)]
    return [one for one in shape.finditer(text) if one.start() > 2 and not any(a <= one.start() < b for a, b in taken)]


def _changed(figure: str, chance: random.Random) -> str:
    """One digit changed, so that the shape stays: '1 200' -> '1 700'."""
    places = [place for place, digit in enumerate(figure) if digit.isdigit()]
    place = chance.choice(places[:2])
    digit = chance.choice([d for d in "123456789" if d != figure[place]])
    return figure[:place] + digit + figure[place + 1 :]


def _other_year(year: str, chance: random.Random) -> str:
    return str(int(year) + chance.choice([-11, -3, -2, -1, 1, 2, 4, 10]))


def _halves(sentence: str) -> tuple[str, str, str] | None:
    """Subject, verb and the rest of a plain sentence with a subject of its own."""
    if not re.match(r"(?:Le|La|Les|L['’]|Un|Une|Des|Chaque|Toute?|[A-Z][a-zé]+ )", sentence) or sentence[-1] != ".":
        return None
    found = FINITE.search(sentence)
    if not found or found.start() > 90:
        return None
    subject, rest = sentence[: found.start()].strip(), sentence[found.end() :].strip()
    if "," in subject or len(rest.split()) < 3 or re.search(r"\b(?:ne|qui|que|il|elle|ils|elles|vous|on)$", subject):
        return None
    return (subject, found.group(), rest) if content_stems(subject) else None


def _is_plural(verb: str) -> bool:
    return verb.endswith(("nt", "ont"))


def lower_first(text: str) -> str:
    return text[0].lower() + text[1:]


def _put(text: str, match: re.Match[str], new: str) -> str:
    return _put_group(text, match, 0, new)


def _put_group(text: str, match: re.Match[str], group: int, new: str) -> str:
    return text[: match.start(group)] + new + text[match.end(group) :]
