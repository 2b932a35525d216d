"""A noun or an adjective in another's place, in what is otherwise copied: 'au préfet' for 'au maire'."""

from __future__ import annotations

from difflib import SequenceMatcher

from app.assistant.reading import Token, is_filler, read, vocabulary
from app.assistant.roles import NOT_FINITE

_COPIED = 0.7  # share of the words of both that stand in the same order
_BEFORE_NOUN = frozenset(
    "le la les l un une du de d des au aux ce cet cette ces son sa ses leur leurs the a an of".split()
)
_FEW = 2  # words that take the place of as few
_Placed = tuple[Token, Token | None]


def substituted(sentence: str, source: str, about: str = "") -> list[str]:
    """'préfet for maire': neither stands in the other text, as itself or a synonym, and what surrounds them does."""
    ours, theirs = _content(sentence), _content(source)
    matcher = SequenceMatcher(None, [one.stem for one, _ in ours], [one.stem for one, _ in theirs], autojunk=False)
    copied = sum(block.size for block in matcher.get_matching_blocks())
    if not ours or copied < _COPIED * len(ours):
        return []
    here, there, named = vocabulary(sentence), vocabulary(source), vocabulary(about)
    found = []
    for tag, first, last, begin, end in matcher.get_opcodes():
        if tag != "replace" or last - first > _FEW or end - begin > _FEW:
            continue
        mine, others = ours[first:last], theirs[begin:end]
        if _are_nouns(mine[0], others[0]) or (last - first == end - begin == 1 and _are_adjectives(mine[0], others[0])):
            said, meant = [one for one, _ in mine], [one for one, _ in others]
            borne = any(there.holds(one.stem) or named.holds(one.stem) for one in said)
            if not borne and not any(here.holds(one.stem) for one in meant):
                found.append(f"{' '.join(one.text for one in said)} for {' '.join(one.text for one in meant)}")
    return found


def _are_nouns(one: _Placed, other: _Placed) -> bool:
    return all(before is not None and before.folded in _BEFORE_NOUN for _, before in (one, other))


def _are_adjectives(one: _Placed, other: _Placed) -> bool:
    """Straight after the same word, and no adverb or participle, of which there are many ways to say the same."""
    (mine, before), (their, their_before) = one, other
    if before is None or their_before is None or not before.content or before.stem != their_before.stem:
        return False
    if mine.clause != before.clause or their.clause != their_before.clause:  # 'hormis' opens one
        return False
    return not mine.text.endswith(NOT_FINITE) and not their.text.endswith(NOT_FINITE)


def _content(text: str) -> list[_Placed]:
    """Words of content, each with the word before it."""
    tokens = read(text)
    return [
        (one, tokens[place - 1] if place else None)
        for place, one in enumerate(tokens)
        if one.content and not is_filler(one)
    ]
