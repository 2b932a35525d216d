"""A sentence may neither deny what its source affirms, nor affirm what its source denies."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.assistant.limits import limits_on
from app.assistant.negations import Negation, negations
from app.assistant.provisos import excepted
from app.assistant.reading import Token, Vocabulary, kin, read, same
from app.assistant.words import fold

# Words that deny by themselves: a paraphrase may put one in the place of 'ne ... pas', and the other way round.
_DENYING = tuple(
    """interd prohib defend impossibl exclu refus irrecev rejet incompatibl dispens exoner inchang faute defaut inutil
    illegal forbid""".split()
)
# Words that may stand for a negation and deny nothing by themselves: 'en l'absence de' is 'sans'.
_AMOUNTING = tuple("absen empech vide manqu depourv hors exterieur autr ferm sinon".split())
_REQUIRED = re.compile(r"\b(?:il faut|necessaire|exige\w*|obligatoire|doit|doivent|requis\w*|seulement)\b")
# What a denied measure amounts to: 'n'excède pas' is 'au plus', 'n'est pas inférieur' is 'au moins'.
_MEASURES = {"depass": "upper", "exced": "upper", "superieur": "upper", "inferieur": "lower", "dur": "upper"}
_NEGATIVE = ("in", "im", "ir", "il", "non")
_COVERED = 0.75  # of a denying clause's words: a sentence that holds as many speaks of what the clause denies


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two texts: what it denies, what it affirms, and its words that deny or amount to it."""

    text: str
    tokens: tuple[Token, ...]
    negations: tuple[Negation, ...]  # without 'ne ... que', which restricts
    denied: frozenset[str]
    affirmed: frozenset[str]
    denying: frozenset[str]
    amounting: frozenset[str]


def wrong_polarity(sentence: str, source: str) -> Iterable[str]:
    """Negations that the sentence puts in, and those that it leaves out of what it says."""
    here, there = _side(sentence), _side(source)
    for one in here.negations:
        if not _is_borne(one, here, there):
            yield f"negation: added to {'/'.join(one.heads)}"
    # 'ne ... sans le visa' is 'il faut le visa': two negations make a requirement.
    required = not here.negations and len(there.negations) > 1 and _REQUIRED.search(fold(sentence))
    for one in there.negations if not required else ():
        if _is_lost(one, here, there):
            yield f"negation: dropped from {'/'.join(one.heads)}"
    if not there.negations and not there.denying:
        yield from (f"negation: added ({word})" for word in sorted(here.denying))
    if not here.negations and not here.denying:
        yield from (f"negation: dropped ({word})" for word in sorted(there.denying) if _speaks_of(word, here, there))


def _side(text: str) -> Side:
    tokens = read(text)
    found = tuple(one for one in negations(tokens) if not one.restricts)
    denied = frozenset(head for one in found for head in one.heads)
    scope = frozenset(stem for one in found for stem in one.scope)
    stems = frozenset(one.stem for one in tokens if one.content)
    return Side(
        text,
        tokens,
        found,
        denied,
        stems - denied - scope,
        frozenset(one for one in stems if one.startswith(_DENYING)),
        frozenset(one.stem for one in tokens if one.stem.startswith(_AMOUNTING)),
    )


def _is_borne(one: Negation, here: Side, there: Side) -> bool:
    """Does the source deny the same, in whatever words?"""
    if _meets(one, there.denied) or _is_told_otherwise(one, there, here):
        return True
    if any(kin(head, other) for head in one.heads for other in excepted(there.text)):
        return True  # 'si le document n'est pas réservé' is 'sauf si le document est réservé'
    if any(kin(head, other) for head in one.heads[:1] for other in there.affirmed):
        return False
    return bool(there.denied)


def _is_lost(one: Negation, here: Side, there: Side) -> bool:
    """Does the sentence speak of what the source denies, without denying it?"""
    if _meets(one, here.denied) or _is_told_otherwise(one, here, there) or _awaits(one, here, there):
        return False
    if any(kin(head, other.stem) for head in one.heads for other in here.tokens if other.content):
        return True
    if here.denied:
        return False
    clause = [token.stem for token in there.tokens if token.clause == there.tokens[one.place].clause and token.content]
    return _covered(clause, here)


def _meets(one: Negation, denied: Iterable[str]) -> bool:
    return any(same(head, other) for head in one.heads for other in denied)


def _is_told_otherwise(one: Negation, side: Side, other: Side) -> bool:
    """Does a side, in place of a negation of the other one, deny by a word, a limit or a prefix ('inaccessible')?"""
    if _denies_beside(one, side, (side.denying - other.denying) | (side.amounting - other.amounting)):
        return True
    limits = {limit for start, limit in _MEASURES.items() for head in one.heads if head.startswith(start)}
    if limits & limits_on(side.text) and not any(kin(head, stem) for head in one.heads for stem in side.affirmed):
        return True
    return any(
        token.folded.startswith(prefix) and kin(head, token.stem[len(prefix) :])
        for head in one.heads
        for token in side.tokens
        for prefix in _NEGATIVE
    )


def _denies_beside(one: Negation, side: Side, words: frozenset[str]) -> bool:
    """Does one of the words stand in a sentence of what is denied?  Anywhere, where the side does not name that."""
    named = {token.sentence for token in side.tokens for head in one.heads if token.content and kin(head, token.stem)}
    return any(token.stem in words and (not named or token.sentence in named) for token in side.tokens)


def _awaits(one: Negation, here: Side, there: Side) -> bool:
    """'tant que ... n'est pas signé' is 'avant la signature'."""
    before = [token.folded for token in there.tokens[max(0, one.place - 8) : one.place]]
    return "tant" in before and any(token.folded in {"avant", "jusqu"} for token in here.tokens)


def _speaks_of(word: str, here: Side, there: Side) -> bool:
    clauses = {token.clause for token in there.tokens if token.stem == word}
    around = [one.stem for one in there.tokens if one.clause in clauses and one.content and one.stem != word]
    return _covered(around, here)


def _covered(stems: Sequence[str], side: Side) -> bool:
    held = Vocabulary(token.stem for token in side.tokens)
    return bool(stems) and sum(held.holds(stem) for stem in stems) / len(stems) >= _COVERED
