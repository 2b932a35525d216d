"""What a text denies: each negation with the word that it touches, so that it can be neither moved nor lost."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.assistant.limits import limits_on
from app.assistant.reading import Token, Vocabulary, kin, read, same
from app.assistant.words import fold

_PARTICLES = frozenset("pas plus point jamais aucun aucune nul nulle rien personne ni guere nullement".split())
_SUBJECTS = frozenset("aucun aucune nul nulle ni personne rien jamais".split())
_BARE = frozenset("not never cannot no none neither nor without".split())
_WITHOUT = frozenset("sans non ni".split())
# Words that deny by themselves: a paraphrase may put one in the place of 'ne ... pas', and the other way round.
_DENYING = (
    "interd prohib defend impossibl exclu refus irrecev rejet incompatibl dispens exoner inchang faute"
    " defaut inutil illegal forbid prohibit".split()
)
# Words that may stand for a negation and deny nothing by themselves: 'en l'absence de' is 'sans'.
_AMOUNTING = ("absen", "defaut", "empech", "vide", "manqu", "depourv", "hors", "exterieur", "autr", "ferm")
_EXPLETIVE = frozenset("moins avant crainte peur empecher eviter plus autre autrement mieux pire".split())
_REQUIRED = re.compile(r"\b(?:il faut|necessaire|exige\w*|obligatoire|doit|doivent|requis\w*|seulement)\b")
_AHEAD = 12  # words after 'ne' among which its particle stands
_REACH = 9  # words after a negation among which the word that it touches stands
# What a denied measure amounts to: 'n'excède pas' is 'au plus', 'n'est pas inférieur' is 'au moins'.
_MEASURES = {"depass": "upper", "exced": "upper", "superieur": "upper", "inferieur": "lower", "dur": "upper"}
# Words that say nothing by themselves: 'il n'est pas possible de cumuler' denies 'cumuler'.
_EMPTY = (
    "possibl",
    "perm",
    "autoris",
    "necess",
    "oblig",
    "tenu",
    "besoin",
    "lieu",
    "objet",
    "droit",
    "pris",
    "prend",
    "donn",
)
_COVERED = 0.75  # of a denying clause's words: a sentence that holds as many speaks of what the clause denies


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
        alone = token.folded in _WITHOUT | _BARE | {"aucun", "aucune"} or (
            token.folded == "pas" and _follows_content(tokens, place)
        )
        if alone and place not in taken and (heads := _heads(tokens, place)):
            found.append(Negation(place, tuple(heads)))
    return found


def wrong_polarity(sentence: str, source: str) -> Iterable[str]:
    """What the sentence denies and its source affirms, or the other way round."""
    said, meant = read(sentence), read(source)
    theirs, ours = negations(meant), negations(said)
    denied_there = [head for one in theirs if not one.restricts for head in one.heads]
    scopes = frozenset().union(*(one.scope for one in theirs if not one.restricts))
    denied_here = [head for one in ours if not one.restricts for head in one.heads]
    affirmed_there, affirmed_here = _affirmed(meant, [*denied_there, *scopes]), _affirmed(said, denied_here)
    spare_there = _denying_words(meant) - _denying_words(said)
    spare_here = _denying_words(said) - _denying_words(meant)
    amounts_there, amounts_here = _amounting(meant) - _amounting(said), _amounting(said) - _amounting(meant)
    for one in ours:
        if not one.restricts and not _is_borne(one, denied_there, affirmed_there, spare_there | amounts_there, meant):
            yield f"negation: added to {_name(one)}"
    required = not ours and _REQUIRED.search(fold(sentence))  # 'ne ... sans le visa' is 'il faut le visa'
    for one in theirs:
        if required and len(theirs) > 1:
            break
        if not one.restricts and _is_lost(one, denied_here, affirmed_here, spare_here | amounts_here, said, meant):
            yield f"negation: dropped from {_name(one)}"
    for word in sorted(spare_here):
        if not theirs and not _denying_words(meant):
            yield f"negation: added ({word})"
    for word in sorted(spare_there):
        if not ours and not _denying_words(said) and _speaks_of(said, meant, word):
            yield f"negation: dropped ({word})"


def _is_borne(
    one: Negation, denied: Sequence[str], affirmed: Sequence[str], spare: set[str], meant: Sequence[Token]
) -> bool:
    if any(same(head, other) for head in one.heads for other in denied):
        return True
    if spare or _measured(one, meant):
        return True
    if any(_opposite(head, token.folded) for head in one.heads for token in meant):
        return True
    if any(kin(head, other) for head in one.heads[:1] for other in affirmed):
        return False
    return bool(denied)


def _is_lost(
    one: Negation,
    denied: Sequence[str],
    affirmed: Sequence[str],
    spare: set[str],
    said: Sequence[Token],
    meant: Sequence[Token],
) -> bool:
    if any(same(head, other) for head in one.heads for other in denied):
        return False
    if spare or _measured(one, said) or _awaits(meant, one.place, said):
        return False
    if any(_opposite(head, token.folded) for head in one.heads for token in said):
        return False
    if any(kin(head, other) for head in one.heads for other in affirmed):
        return True
    if denied:
        return False
    clause = [token.stem for token in meant if token.clause == meant[one.place].clause and token.content]
    held = Vocabulary(token.stem for token in said)
    return bool(clause) and sum(held.holds(stem) for stem in clause) / len(clause) >= _COVERED


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
    return Negation(place, tuple(dict.fromkeys(heads)), scope, only)


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


def _affirmed(tokens: Sequence[Token], denied: Sequence[str]) -> list[str]:
    return [one.stem for one in tokens if one.content and one.stem not in denied]


def _denying_words(tokens: Sequence[Token]) -> set[str]:
    return {one.stem for one in tokens if any(one.stem.startswith(start) for start in _DENYING if len(start) > 3)}


def _amounting(tokens: Sequence[Token]) -> set[str]:
    return {one.stem for one in tokens if one.stem.startswith(_AMOUNTING)}


def _measured(one: Negation, tokens: Sequence[Token]) -> bool:
    """Is what a denied measure amounts to said as a limit?"""
    sides = {side for start, side in _MEASURES.items() for head in one.heads if head.startswith(start)}
    return bool(sides & limits_on(" ".join(token.text for token in tokens)))


def _awaits(meant: Sequence[Token], place: int, said: Sequence[Token]) -> bool:
    """'tant que ... n'est pas signé' is 'avant la signature'."""
    before = [token.folded for token in meant[max(0, place - 8) : place]]
    return "tant" in before and any(token.folded in {"avant", "jusqu"} for token in said)


def _opposite(head: str, folded: str) -> bool:
    """'inaccessible' beside 'pas accessible'."""
    return any(
        folded.startswith(prefix) and kin(head, folded[len(prefix) :]) for prefix in ("in", "im", "ir", "il", "non")
    )


def _speaks_of(said: Sequence[Token], meant: Sequence[Token], word: str) -> bool:
    sentences = {token.clause for token in meant if token.stem == word}
    around = [token.stem for token in meant if token.clause in sentences and token.content and token.stem != word]
    held = Vocabulary(token.stem for token in said)
    return bool(around) and sum(held.holds(stem) for stem in around) / len(around) >= _COVERED


def _name(one: Negation) -> str:
    return "/".join(one.heads) or "all"
