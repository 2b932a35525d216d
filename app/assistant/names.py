"""Names of persons, places and bodies: each one that a sentence uses stands in its source."""

from __future__ import annotations

import re

from app.assistant.reading import AUXILIARIES, Token, read

_TITLES = frozenset(
    """m mm mme mmes mlle me maitre dr mr mrs ms monsieur madame n no chacun chacune quiconque plusieurs certains
    quelques""".split()
)
_NOT_NAMES = re.compile(r"(?:ment|er|ir|ez|ant|ons|ee?s?)$")  # adverbs, verbs and participles that open a sentence


def missing_names(sentence: str, source: str) -> list[str]:
    """Capitalised words that the source does not hold; at the sentence's start only where no article stands before."""
    held = {one.folded for one in read(source)}
    stems = {one.stem for one in read(source) if not one.text[0].isupper() or len(one.text) > 5}
    return [
        one.text
        for place, one in enumerate(read(sentence))
        if one.text[0].isupper()
        and one.folded not in held
        and _may_name(sentence, one, place)
        and one.stem not in stems
    ]


def _may_name(sentence: str, one: Token, place: int) -> bool:
    if any(c.isdigit() for c in one.text):  # 'R123': the number of a reference, which has a check of its own
        return False
    if one.folded in _TITLES or one.folded in AUXILIARIES or not (one.content or one.text.isupper()):
        return False
    opens = place == 0 or sentence[: one.start].rstrip()[-1:] in {".", ":", "«", "!", "?"}
    if not opens:
        return True
    return place == 0 and len(one.text) > 2 and not _NOT_NAMES.search(one.folded) and _verb_follows(sentence)


def _verb_follows(sentence: str) -> bool:
    """'Washington commande', 'Paris est': a noun without an article that opens a sentence."""
    after = read(sentence)[1:2]
    return bool(after) and after[0].text.islower() and (after[0].folded in AUXILIARIES or after[0].content)
