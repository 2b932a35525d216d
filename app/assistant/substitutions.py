"""A noun put in the place of another in what is otherwise copied: 'adressée au préfet' for 'adressée au maire'."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from app.assistant.reading import Token, is_filler, read, vocabulary

_COPIED = 0.7  # share of the words of both that stand in the same order
_BEFORE_NOUN = frozenset(
    "le la les l un une du de d des au aux ce cet cette ces son sa ses leur leurs the a an of".split()
)


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
        if tag != "replace" or last - first != 1 or end - begin != 1:
            continue
        (one, before), (other, their_before) = ours[first], theirs[begin]
        if (
            before in _BEFORE_NOUN
            and their_before in _BEFORE_NOUN
            and not (there.holds(one.stem) or named.holds(one.stem) or here.holds(other.stem))
        ):
            found.append(f"{one.text} for {other.text}")
    return found


def _content(text: str) -> Sequence[tuple[Token, str]]:
    """Words of content, each with the word before it."""
    tokens = read(text)
    return [
        (one, tokens[place - 1].folded if place else "")
        for place, one in enumerate(tokens)
        if one.content and not is_filler(one)
    ]
