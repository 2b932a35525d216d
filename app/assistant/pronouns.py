"""A pronoun's place given to what it stands for, as French says it: "ferme-t-elle" is "la médiathèque ferme-t-elle"."""

from __future__ import annotations

import re

from app.assistant.phrases import takes_verb
from app.assistant.words import fold, words

_INVERTED = re.compile(
    r"((?:\b(?:ne|se|le|la|les|lui|leur|y|en) |\b[nslmy]['’])*)\b(\w+)-(?:t-)?(?:il|elle|ils|elles)\b", re.IGNORECASE
)
_POINTED = re.compile(r"\b(?:celui|celle|ceux|celles)-(?:ci|là)\b", re.IGNORECASE)
_ELIDED = re.compile(r"\b(s|qu|lorsqu|puisqu)['’](?:il|elle|ils|elles)\b", re.IGNORECASE)
_SUBJECT = re.compile(r"(?<!-)\b(?:il|elle|ils|elles|ça|cela)\b(?!-)", re.IGNORECASE)
_OWNED = re.compile(r"\b(son|sa|ses|leurs) (\w+)", re.IGNORECASE)
_IMPERSONAL = frozenset("faut faudra faudrait suffit convient".split())  # "faut-il": nothing stands for that "il"
_FULL = {"s": "si ", "qu": "que ", "lorsqu": "lorsque ", "puisqu": "puisque "}
_VOWELS = tuple("aeiouyh")


def named(question: str, thing: str) -> str:
    """The question with `thing`, an article and its noun, in the pronoun's place; in brackets where it has none."""
    for way in (_pointed, _inverted, _after_que, _object, _subject, _owner):
        if (said := way(question, thing)) is not None:
            return contracted(said)
    return in_brackets(question, thing)


def in_brackets(question: str, thing: str) -> str:
    found = re.search(r"[\s\u00a0\u202f]*[?.!…]*\s*$", question)
    assert found is not None
    return f"{question[: found.start()]} ({thing}){found[0].rstrip()}"


def contracted(text: str) -> str:
    """ "de le conseil" is "du conseil"."""
    for apart, together in (("de le", "du"), ("de les", "des"), ("à le", "au"), ("à les", "aux")):
        text = re.sub(rf"\b{apart}\b(?= \w)", together, text)
    return re.sub(r"\bde (?=une?\b)", "d'", text)


def _pointed(question: str, thing: str) -> str | None:
    found = _POINTED.search(question)
    return question[: found.start()] + thing + question[found.end() :] if found else None


def _inverted(question: str, thing: str) -> str | None:
    found = next((one for one in _INVERTED.finditer(question) if fold(one[2]) not in _IMPERSONAL), None)
    if found is None:
        return None
    rest = question[found.start() :]
    return f"{question[: found.start()]}{thing} {rest[0].lower()}{rest[1:]}"


def _after_que(question: str, thing: str) -> str | None:
    found = _ELIDED.search(question)
    if found is None:
        return None
    return question[: found.start()] + _FULL[found[1].lower()] + thing + question[found.end() :]


def _object(question: str, thing: str) -> str | None:
    """ "comment l'obtenir" is "comment obtenir un passeport"."""
    listed = list(words(question))
    for position, word in enumerate(listed):
        if takes_verb(question, listed, position):
            verb = listed[position + 1]
            return f"{question[: word.start]}{verb.text} {thing}{question[verb.end :]}"
    return None


def _subject(question: str, thing: str) -> str | None:
    found = _SUBJECT.search(question)
    return question[: found.start()] + thing + question[found.end() :] if found else None


def _owner(question: str, thing: str) -> str | None:
    """ "ses horaires" are "les horaires de la médiathèque"; what "leur" owns is of either gender: left alone."""
    found = _OWNED.search(question)
    if found is None:
        return None
    vowel = fold(found[2]).startswith(_VOWELS)
    article = {"son": "l'" if vowel else "le ", "sa": "la "}.get(found[1].lower(), "les ")
    return f"{question[: found.start()]}{article}{found[2]} de {thing}{question[found.end() :]}"
