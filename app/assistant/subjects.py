"""Of whom is it said?  What a sentence says of a subject, its source says of the same one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.assistant.reading import Token, Vocabulary, is_filler, kin, read, vocabulary
from app.assistant.roles import BE, opens_noun, stands_as_noun

_FINITE = frozenset(
    """est sont etait etaient sera seront serait seraient fut furent a ont avait avaient aura auront peut peuvent pourra
    pourront pourrait pourraient doit doivent devra devront devrait devraient is are was were has have can may must
    shall""".split()
)
_PRONOUNS = frozenset(
    """il ils elle elles on qui ce c cela ca celui celle ceux celles vous nous je tu y lesquels lesquelles lequel
    laquelle it they he she who which you we""".split()
)
_ANYONE = frozenset("chacun chacune personne quiconque public".split())
_LIGHT = frozenset("ne n se s en y lui leur le la les l me vous nous".split())
_LIGHT_VERBS = frozenset(
    """lieu possible tenu tenue tenus tenues pris prise mis mise met effectue effectuee procede assure oblige besoin
    interdit autorise permis necessaire recoit objet""".split()
)
_AFTER = 6  # words after a verb among which what it says begins
_OBJECT = 14  # words after what is said among which its object stands


@dataclass(frozen=True, slots=True)
class Saying:
    """What is said (a stem), of whom, and what follows; a pronoun's subject stands in what goes before."""

    said: str
    subject: frozenset[str]
    pronoun: bool
    after: frozenset[str]
    before: frozenset[str]  # content of what goes before
    passive: bool
    place: int


def wrong_subjects(sentence: str, source: str) -> list[str]:
    """What the source says, but of somebody or something else."""
    theirs = list(sayings(read(source)))
    found = []
    for ours in sayings(read(sentence)):
        rivals = [one for one in theirs if kin(one.said, ours.said)]
        if ours.subject and rivals and not any(_may_be_of(ours, one) for one in rivals):
            found.append(f"{' '.join(sorted(ours.subject))} for {ours.said}")
    return found


def unsaid(sentence: str, source: str) -> list[str]:
    """What the sentence says and no word of the source bears out."""
    held = vocabulary(source)
    tokens = read(sentence)
    return [one.said for one in sayings(tokens) if not _is_light(tokens[one.place]) and not held.holds(one.said)]


def _is_light(token: Token) -> bool:
    return is_filler(token) or token.folded in _LIGHT_VERBS


def sayings(tokens: Sequence[Token]) -> Iterator[Saying]:
    for place, token in enumerate(tokens):
        if _is_finite(token) and not _is_second(tokens, place):
            head = _first_content(tokens, place + 1)
        elif token.content and opens_noun(tokens, place + 1) and not stands_as_noun(tokens, place):
            head = place
        else:
            continue
        if head is None:
            continue
        subject, pronoun = _subject(tokens, place)
        after = frozenset(
            one.stem for one in tokens[head + 1 : head + 1 + _OBJECT] if one.content and one.sentence == token.sentence
        )
        passive = any(one.folded in BE for one in tokens[place:head])
        yield Saying(tokens[head].stem, subject, pronoun, after, _before(tokens, place), passive, head)


def _may_be_of(ours: Saying, saying: Saying) -> bool:
    if not saying.subject and not (saying.pronoun and saying.before):
        return True  # the source does not tell of whom
    turned = ours.passive != saying.passive  # active made passive: subject and object have changed places
    known = saying.subject | (saying.before if saying.pronoun else frozenset())
    if turned or saying.pronoun:  # 'il est interdit de fumer' is 'fumer est interdit'
        known |= saying.after
    if any(Vocabulary(known).holds_family(one) for one in ours.subject):
        return True
    return turned and any(Vocabulary(saying.subject).holds_family(one) for one in ours.after)


def _subject(tokens: Sequence[Token], place: int) -> tuple[frozenset[str], bool]:
    """Content before a verb in its clause, and whether a pronoun stands there instead."""
    found: list[str] = []
    for at in range(place - 1, -1, -1):
        if tokens[at].segment != tokens[place].segment:
            break
        if _is_finite(tokens[at]):  # of a relative clause, or another verb of the same subject
            return frozenset(), True
        if tokens[at].folded in _LIGHT and not found and tokens[at].folded not in _PRONOUNS:
            continue
        if tokens[at].folded in _PRONOUNS:
            return frozenset(found), not found
        if tokens[at].content and tokens[at].folded not in _ANYONE:
            found.append(tokens[at].stem)
    return frozenset(found), not found


def _first_content(tokens: Sequence[Token], place: int) -> int | None:
    for at in range(place, min(len(tokens), place + _AFTER)):
        if tokens[at].sentence != tokens[place - 1].sentence or tokens[at].figure:
            return None
        if tokens[at].content:
            return at
    return None


def _is_second(tokens: Sequence[Token], place: int) -> bool:
    """'a été fixé': one verb, not two."""
    return place > 0 and _is_finite(tokens[place - 1])


def _is_finite(token: Token) -> bool:
    """'a' is a verb, 'à' is not."""
    return token.folded in _FINITE and token.text.lower() != "à"


def _before(tokens: Sequence[Token], place: int) -> frozenset[str]:
    return frozenset(one.stem for one in tokens[:place] if one.content)
