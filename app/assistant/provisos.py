"""What a rule excepts ('sauf', 'à l'exception de', 'sous réserve de'): it may be neither left out nor put in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from app.assistant.reading import Vocabulary, any_of, plain_of, read, vocabulary

_EXCEPTIONS = any_of(
    r"""sauf, hormis, excepte, a l'exception, a moins, sous reserve, a l'exclusion, except\w*
    unless, other than, excluding"""
)
# What may tell an exception without those words.
_EXCEPTIONS_WIDE = any_of(
    r"""sauf, hormis, except\w*, moins (?:que|qu|de|d), reserve, exclu\w*, hors, autres?, seule?s?, seulement
    uniquement, mais, sinon, ferme\w*, toutefois, cependant, alors, neanmoins, en dehors, n'est pas, ne s, derog\w+
    unless, other than, only, but"""
)
_CUT = re.compile(r"(?<=[;:])\s|(?<=[a-z)»]\.)\s+(?=[A-ZÀ-Ý«])")
_PHRASE = re.compile(r"[^,;:()]*")  # an exception goes to the next comma
_KEPT = 0.34  # of the excepted words: a sentence that holds as many keeps the exception
_WHOLE = 0.8  # of them: a sentence that holds as many tells what is excepted in other words
_COVERED = 0.5  # of the words of what is excepted from: a sentence that holds as many states the rule itself


def wrong_provisos(sentence: str, source: str) -> Iterable[str]:
    """An exception left out of a rule that the sentence states, or put in."""
    here, there = plain_of(sentence), plain_of(source)
    if _EXCEPTIONS.search(here) and not _EXCEPTIONS_WIDE.search(there):
        yield "exception: added"
    held = vocabulary(sentence)
    for part in _CUT.split(source):
        for match in _EXCEPTIONS.finditer(plain_of(part)):
            excepted = _PHRASE.match(part, match.start())
            phrase = excepted.group() if excepted else ""
            rule = part[: match.start()] + part[match.start() + len(phrase) :]
            spare = Counter(_EXCEPTIONS_WIDE.findall(here)) - Counter(_EXCEPTIONS_WIDE.findall(plain_of(rule)))
            kept = _held(held, phrase)
            if (
                _held(held, rule) >= _COVERED
                and not (spare and kept >= _KEPT)
                and not (kept >= _WHOLE and _weighs(phrase))
            ):
                yield f"exception: dropped ({match.group()})"


def _held(held: Vocabulary, text: str) -> float:
    """Share of a text's content words; all of none."""
    wanted = [one.stem for one in read(text) if one.content]
    return sum(held.holds(one) for one in wanted) / len(wanted) if wanted else 1.0


def _weighs(phrase: str) -> bool:
    return sum(one.content or one.figure for one in read(phrase)) >= 3


def excepted(text: str) -> frozenset[str]:
    """Content stems of what a text excepts."""
    plain = plain_of(text)
    phrases = [_PHRASE.match(text, match.end()) for match in _EXCEPTIONS.finditer(plain)]
    return frozenset(one.stem for phrase in phrases if phrase for one in read(phrase.group()) if one.content)
