"""The negations of a text, each with the words that it touches, so that it can be neither moved nor lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.assistant.reading import Token, read

_PARTICLES = frozenset("pas plus point jamais aucun aucune nul nulle rien personne ni guere nullement".split())
_SUBJECTS = frozenset("aucun aucune nul nulle ni personne rien jamais".split())
_ALONE = frozenset("sans non ni aucun aucune not never cannot no none neither nor without".split())
_EXPLETIVE = frozenset("moins avant crainte peur empecher eviter plus autre autrement mieux pire".split())
_AHEAD = 12  # words after 'ne' among which its particle stands
_REACH = 9  # words after a negation among which the word that it touches stands
# Words that say nothing by themselves: 'il n'est pas possible de cumuler' denies 'cumuler'.
_EMPTY = tuple("possibl perm autoris necess oblig tenu besoin lieu objet droit pris prend donn".split())


@dataclass(frozen=True, slots=True)
class Negation:
    """Where it stands, and the stems that it touches: the first content word, and the noun of 'aucun'."""

    place: int
    heads: tuple[str, ...]
    scope: frozenset[str] = frozenset()  # every content stem after it in its clause
    restricts: bool = False  # 'ne ... que'


def denies(text: str) -> bool:
    """'ne ... que' restricts and does not deny."""
    return any(not one.restricts for one in negations(read(text)))


def negations(tokens: Sequence[Token]) -> list[Negation]:
    found: list[Negation] = []
    taken: set[int] = set()  # particles that a 'ne' accounts for
    for place in range(len(tokens)):
        if _is_ne(tokens, place) and not _is_expletive(tokens, place):
            found.append(_with_ne(tokens, place, taken))
    for place, token in enumerate(tokens):
        if token.folded == "ni" and any(tokens[one.place].sentence == token.sentence for one in found):
            continue  # one more thing that the same negation touches
        alone = token.folded in _ALONE or (token.folded == "pas" and _follows_content(tokens, place))
        if alone and place not in taken and (heads := _heads(tokens, place)):
            found.append(Negation(place, tuple(heads)))
    return found


def _is_ne(tokens: Sequence[Token], place: int) -> bool:
    """'ne' or 'n' before an apostrophe; not the 'n°' of a number."""
    if tokens[place].folded != "n" or place + 1 == len(tokens):
        return tokens[place].folded == "ne"
    after = tokens[place + 1]
    return after.start == tokens[place].end + 1 and not after.figure


def _with_ne(tokens: Sequence[Token], place: int, taken: set[int]) -> Negation:
    ahead = range(place + 1, min(len(tokens), place + 1 + _AHEAD))
    behind = range(max(0, place - _AHEAD), place)
    within = [at for at in ahead if tokens[at].sentence == tokens[place].sentence]
    particles = [at for at in within if tokens[at].folded in _PARTICLES and not _is_than(tokens, at)][:2]
    subjects = [
        at for at in behind if tokens[at].folded in _SUBJECTS and tokens[at].sentence == tokens[place].sentence
    ][-1:]
    taken.update(particles, subjects)
    only = not particles and not subjects and any(tokens[at].folded in {"que", "qu"} for at in within)
    heads = _heads(tokens, place)
    heads += [
        head
        for at in (*subjects, *particles)
        if tokens[at].folded not in {"pas", "plus"}
        for head in _heads(tokens, at)
    ]
    scope = frozenset(one.stem for one in tokens[place:] if one.content and one.clause == tokens[place].clause)
    return Negation(place, tuple(dict.fromkeys(heads)) or ("",), scope, only)


def _heads(tokens: Sequence[Token], place: int) -> list[str]:
    """The first content word after a negation, and the next one where the first is empty."""
    found: list[str] = []
    for token in tokens[place + 1 : place + 1 + _REACH]:
        if token.sentence != tokens[place].sentence:
            break
        if token.content and token.folded not in _PARTICLES:
            found.append(token.stem)
            if not token.stem.startswith(_EMPTY):
                break
    return found


def _is_than(tokens: Sequence[Token], place: int) -> bool:
    """'plus de', 'plus tard' after a verb measure and do not deny."""
    after = tokens[place + 1].folded if place + 1 < len(tokens) else ""
    return tokens[place].folded == "plus" and (after in {"de", "d", "tard", "tot", "que", "qu"} or _au(tokens, place))


def _au(tokens: Sequence[Token], place: int) -> bool:
    return place > 0 and tokens[place - 1].folded in {"au", "le", "la", "les", "de", "d"}


def _is_expletive(tokens: Sequence[Token], place: int) -> bool:
    """'à moins que la loi n'en dispose', 'plus que ne l'exige': a 'ne' without any denial."""
    before = [token.folded for token in tokens[max(0, place - 8) : place]]
    if not {"que", "qu"} & set(before):
        return False
    at = max(i for i, word in enumerate(before) if word in {"que", "qu"})
    if at == 0 or before[at - 1] not in _EXPLETIVE:
        return False
    ahead = [token.folded for token in tokens[place + 1 : place + 5]]
    return not {"pas", "aucun", "aucune", "jamais"} & set(ahead)


def _follows_content(tokens: Sequence[Token], place: int) -> bool:
    """'pas de licence' in a note without 'ne'; not 'un pas', 'le pas'."""
    return place == 0 or tokens[place - 1].folded not in {"un", "le", "de", "d", "au", "du"}
