"""May, must: each mark with the word that it bears on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.assistant.negations import negations
from app.assistant.reading import Token, any_of, kin, plain_of, read
from app.assistant.roles import BE, NOT_FINITE

_MAY = frozenset(
    """peut peuvent pouvez peux pouvons pourrez pourra pourront pourrait pourraient pouvait pouvaient puisse puissent
    pouvant may might can could""".split()
)
_MUST = frozenset(
    """doit doivent devez dois devons devrez devra devront devrait devraient devait devaient doive devant must
    shall""".split()
)
_MAY_WORDS = any_of(r"possible, possibilite, facultati\w+, facultes?, optional, le droit de, la possibilite")
_MUST_WORDS = any_of(
    r"""obligat\w+, oblige\w*, tenue?s? (?:de|d|a), est tenue?, il faut, faut, faudra, impos(?:e|ent|ee|es|ees)
    exige\w*, requis\w*, necessaire\w*, subordonne\w*, imperativement, indispensable\w*, engag\w+, soumis\w*
    required, mandatory, have to, has to"""
)
_ALLOWED = any_of(r"autorise\w*, permis(?:e|es)?, facultati\w+, allowed, permitted")
_DENIES = any_of(r"n'est pas, ne sont pas, ni, not")
_FORBIDDEN = any_of(r"interdi\w*, defendue?s?, prohibe\w*, impossible\w*, exclu\w*, forbidden")
_OPTIONAL = any_of(r"facultati\w+, optional")
_OBLIGATORY = any_of(r"obligatoire\w*, oblige\w*, mandatory")
# What may carry a permission without its usual verb: enough to bear the verb out, not to require it.
_MAY_WIDE = any_of(
    r"""droits?, libres?, librement, autoris\w+, permis(?:e|es)?, permet\w*, permettr\w+, ouverte?s?, \w+ables?
    \w+ibles?, jusqu'a, au plus(?! tard), au maximum, limite\w*, benefici\w+, dispos\w+, accord\w*, gratuit\w*
    facultati\w+, faculte, choix, choisi\w*, admis\w*, recevoir, accueil\w*, susceptibles?, capacite, volontaire\w*
    loisible, habilite\w*, eventuel\w*, allowed, open, free"""
)
_TO = re.compile(r"\bà\b", re.IGNORECASE)
_PAST = any_of(
    r"""etait, etaient, fut, furent, fit, eut, ete, \w{3}\w*(?:erent|irent|urent|aient|ait)
    (?:a|ont|avait) (?!lieu|droit)\w+(?:e|i|u|is|it)"""
)


@dataclass(frozen=True, slots=True)
class Mark:
    kind: str  # "permission" or "duty"
    head: str  # stem of the first content word after it, "" when there is none
    denied: bool


def wrong_modality(sentence: str, source: str) -> Iterable[str]:
    """A permission made a duty or a duty a permission, or either one put in, or a permission left out.

    The present of a rule commands ('la demande est déposée' obliges: "le présent a valeur impérative", rules for
    drafting texts of the Journal officiel, 1.1.1.3), so that a duty may come from a plain present, and may be told by
    one; a permission never.
    """
    said, meant = list(marks(read(sentence))), list(marks(read(source)))
    here, there = plain_of(sentence), plain_of(source)
    may_there = _MAY_WORDS.search(there) or _MAY_WIDE.search(there)
    may_here = _MAY_WORDS.search(here) or _MAY_WIDE.search(here)
    must_there = _MUST_WORDS.search(there)
    for mark in said:
        if mark.denied or _matched(mark, meant):
            continue
        other = _counterpart(mark, meant)
        if mark.kind == "permission" and (other or not may_there):
            weakened = other or must_there
            yield (
                f"modality: duty weakened at {mark.head}" if weakened else f"modality: permission added at {mark.head}"
            )
        if mark.kind == "duty" and (other or (not must_there and _is_told(source))):
            yield f"modality: duty added at {mark.head}"
    if _ALLOWED.search(here) and not may_there and not _any(meant, "permission") and not _DENIES.search(here):
        yield "modality: permission added"
    for name, mine, opposite in (("optional", _OPTIONAL, _OBLIGATORY), ("obligatory", _OBLIGATORY, _OPTIONAL)):
        if len(mine.findall(here)) > len(mine.findall(there)) and len(opposite.findall(here)) < len(
            opposite.findall(there)
        ):
            yield f"modality: made {name}"
    for mark in meant:
        is_permission = mark.kind == "permission" and not mark.denied
        if is_permission and not may_here and not _any(said, "permission") and _states(sentence, mark.head):
            yield f"modality: permission dropped from {mark.head}"


@lru_cache(maxsize=1024)
def has_marks(text: str) -> bool:
    """Does a text permit, oblige or deny anything?"""
    tokens, plain = read(text), plain_of(text)
    marked = any(marks(tokens)) or _MAY_WORDS.search(plain) or _MUST_WORDS.search(plain) or _MAY_WIDE.search(plain)
    return bool(marked or _FORBIDDEN.search(plain) or negations(tokens))


def marks(tokens: Sequence[Token]) -> Iterable[Mark]:
    for place, token in enumerate(tokens):
        kind = "permission" if token.folded in _MAY else "duty" if token.folded in _MUST else None
        if kind is None:
            continue
        before = {one.folded for one in tokens[max(0, place - 2) : place] if one.sentence == token.sentence}
        ahead = (one for one in tokens[place + 1 : place + 9] if one.sentence == token.sentence and one.content)
        head = next(ahead, None)
        yield Mark(kind, head.stem if head else "", bool(before & {"ne", "n"}))


def _matched(mark: Mark, others: Sequence[Mark]) -> bool:
    """The same mark on the same word; or the same mark where the other kind does not bear on that word."""
    alike = [one for one in others if one.kind == mark.kind and not one.denied]
    if any(kin(one.head, mark.head) for one in alike):
        return True
    return bool(alike) and not _counterpart(mark, others)


def _counterpart(mark: Mark, others: Sequence[Mark]) -> bool:
    """The other kind on the same word."""
    return any(one.kind != mark.kind and not one.denied and kin(one.head, mark.head) for one in others)


def _any(some: Sequence[Mark], kind: str) -> bool:
    return any(one.kind == kind for one in some)


def _is_told(source: str) -> bool:
    """In the past, which commands nothing; 'à' is no auxiliary."""
    return bool(_PAST.search(plain_of(_TO.sub("vers", source))))


def _states(sentence: str, head: str) -> bool:
    """Does the sentence say the word as what is done, not as an aim ('pour prolonger') or in passing ('porté à')?"""
    tokens = read(sentence)
    return any(
        kin(one.stem, head)
        and not (place and tokens[place - 1].folded in {"pour", "de", "d", "a", "afin"})
        and (
            not one.text.endswith(NOT_FINITE) or any(other.folded in BE for other in tokens[max(0, place - 3) : place])
        )
        for place, one in enumerate(tokens)
    )
