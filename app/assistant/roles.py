"""Who does what to whom: a sentence may turn active into passive, and may not exchange the two ends of a verb."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.assistant.reading import AUXILIARIES, Token, kin, read

_DETERMINERS = frozenset(
    """le la les l un une ce cet cette ces son sa ses leur leurs tout toute tous toutes chaque aucun aucune the
    an""".split()
)
_PREPOSITIONS = frozenset(
    """a au aux de du d en dans par pour sur sous avec sans entre vers chez contre depuis pendant avant apres jusqu
    selon des lors hors malgre parmi devant derriere outre concernant suivant notamment comme tous toutes tout
    toute ayant etant seul seule seulement plus moins bien voire que et ou ni dont soit meme chaque of in on at
    to from with""".split()
)
_BREAKS = frozenset("qui que qu dont ou lequel laquelle lorsque lorsqu si et mais quand car which who that if".split())
NOT_FINITE = ("é", "ée", "és", "ées", "ment", "ant")
_SPAN = 9  # words on each side of a verb that may be its ends
BE = frozenset(
    """est sont etait etaient ete etre sera seront fut furent soit soient serait seraient is are was were been
    be""".split()
)


@dataclass(frozen=True, slots=True)
class Role:
    """A verb with the content stems of who acts and of what is acted upon."""

    verb: str
    agent: frozenset[str]
    patient: frozenset[str]


def exchanged_roles(sentence: str, source: str) -> list[str]:
    """Verbs whose two ends the sentence exchanges: each end holds words of the other one in the source, and no more of
    its own."""
    theirs = list(roles(read(source)))
    found = []
    for ours in roles(read(sentence)):
        rivals = [one for one in theirs if kin(one.verb, ours.verb)]
        if rivals and all(_exchanges(ours, one) for one in rivals):
            found.append(ours.verb)
    return found


def roles(tokens: Sequence[Token]) -> Iterator[Role]:
    for place, token in enumerate(tokens):
        if not token.content:
            continue
        after = place + 1
        if _is_passive(tokens, place):
            if agent := frozenset().union(*(_noun_phrase(tokens, by + 1) for by in _by(tokens, place))):
                yield Role(token.stem, agent, _before(tokens, place))
        elif opens_noun(tokens, after) and not stands_as_noun(tokens, place):
            yield Role(token.stem, _before(tokens, place), _noun_phrase(tokens, after))


def _exchanges(ours: Role, theirs: Role) -> bool:
    agent, patient = theirs.agent - theirs.patient, theirs.patient - theirs.agent
    crossed = _shared(ours.agent, patient), _shared(ours.patient, agent)
    kept = _shared(ours.agent, agent), _shared(ours.patient, patient)
    return min(crossed) > 0 and sum(crossed) > sum(kept)


def _shared(some: frozenset[str], others: frozenset[str]) -> int:
    return sum(any(kin(one, other) for other in others) for one in some)


def _is_passive(tokens: Sequence[Token], place: int) -> bool:
    return any(one.folded in BE and one.segment == tokens[place].segment for one in tokens[max(0, place - 3) : place])


def _by(tokens: Sequence[Token], place: int) -> list[int]:
    """Every 'par' after a passive: 'par écrit par le conseil' has two."""
    ahead = range(place + 1, min(len(tokens), place + _SPAN))
    return [at for at in ahead if tokens[at].folded in {"par", "by"} and tokens[at].sentence == tokens[place].sentence]


def opens_noun(tokens: Sequence[Token], place: int) -> bool:
    """A determiner, or a name, straight after: what stands before is a verb."""
    if place >= len(tokens) or tokens[place].segment != tokens[place - 1].segment:
        return False
    return tokens[place].folded in _DETERMINERS or (tokens[place].text[0].isupper() and tokens[place].content)


def stands_as_noun(tokens: Sequence[Token], place: int) -> bool:
    """A word right after a determiner or a preposition is no finite verb."""
    before = tokens[place - 1].folded if place else ""
    word = tokens[place]
    if place == 0 or before in _PREPOSITIONS or before in _DETERMINERS or word.text[0].isupper():
        return True
    return word.folded in _PREPOSITIONS or word.text.endswith(NOT_FINITE)


def _before(tokens: Sequence[Token], place: int) -> frozenset[str]:
    """Content before a verb, back to the start of its clause."""
    found = []
    for at in range(place - 1, max(-1, place - 1 - _SPAN - 3), -1):
        if tokens[at].segment != tokens[place].segment or tokens[at].folded in _BREAKS - {"et", "ou"}:
            break
        if tokens[at].content:
            found.append(tokens[at].stem)
    return frozenset(found)


def _noun_phrase(tokens: Sequence[Token], place: int) -> frozenset[str]:
    """Content of the noun group that begins here, complements in 'de' included, up to the next break."""
    found = []
    for at in range(place, min(len(tokens), place + _SPAN)):
        token = tokens[at]
        if at > place and (
            tokens[at].segment != tokens[place].segment
            or token.folded in _BREAKS - {"et"}
            or token.folded in _PREPOSITIONS - {"de", "du", "d", "des"}
            or token.folded in AUXILIARIES - _DETERMINERS - {"du"}
        ):
            break
        if token.content:
            found.append(token.stem)
    return frozenset(found)
