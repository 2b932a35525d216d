"""Do a sentence's own words stand in its source?  What stands nowhere there was invented."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from app.assistant.modality import has_marks
from app.assistant.reading import Token, is_filler, kin, opposites, parts, read, vocabulary
from app.assistant.subjects import sayings

COVERAGE = 0.7  # share of a sentence's content words that must stand in what it cites
RETELLING = 0.6  # the same of one that tells most of its source
_CLAUSE = 0.5  # the same of each clause of two words and more
_TOLD = 0.4  # share of the source's words: a sentence that holds as many is about what the source says
_TOGETHER = 0.3  # share of a sentence's neighbouring words that are neighbours in the source
# These have checks of their own, where the source permits, obliges or denies at all.
_MODAL = ("possibl", "oblig", "interd", "autoris", "permi", "necess", "facult")
_FEW = 4  # words
_RUN = 2  # words in a row that stand nowhere in the source


def content_share(sentence: str, source: str, about: str = "") -> float:
    """Share of the sentence's content words that stand in the source, as themselves, a word of their family or a
    synonym; a sentence without content has none.  Numbers and months are left to their own checks.  `about` is what the
    source stands under (title, headings): it may name the sentence's subject, and bears nothing else."""
    tokens = read(sentence)
    wanted = _claims(tokens)
    return 1 - len(_lacking(tokens, source, about)) / len(wanted) if wanted else 0.0


def invented(sentence: str, source: str, about: str = "") -> list[str]:
    """Runs and parts of words that the source does not hold, as they are written."""
    tokens = read(sentence)
    lacking = _lacking(tokens, source, about)
    found = [" ".join(one.text for one in run) for run in _runs(_claims(tokens), lacking) if len(run) >= _RUN]
    for part in (*parts(tokens, "clause"), *parts(tokens, "segment")):
        words = _claims(part)
        mine = [one for one in words if one in lacking]
        if len(mine) >= 2 and len(mine) / len(words) > _CLAUSE:
            found.append(" ".join(one.text for one in mine))
    return list(dict.fromkeys(found))


def is_short(sentence: str) -> bool:
    """So few words, and no figure, that one of them is all that is said."""
    tokens = read(sentence)
    return len(_claims(tokens)) <= _FEW and not any(one.figure for one in tokens)


def _lacking(tokens: Sequence[Token], source: str, about: str) -> set[Token]:
    claimed = set(_claims(tokens))
    held, named = vocabulary(source), vocabulary(about)
    first = next((place for place, one in enumerate(tokens) if one.content), 0)
    verb = next((one.place for one in sayings(tokens)), first + 1)
    return {
        one
        for place, one in enumerate(tokens)
        if one in claimed
        and not (held.holds(one.stem) or held.holds_opposite(one.stem))
        and not (place < verb and named.holds(one.stem))
        and not (one.stem.startswith(_MODAL) and has_marks(source))
    }


def scattered(sentence: str, source: str) -> bool:
    """Are the sentence's words picked here and there?  They neither follow each other as in the source, nor tell most
    of it: that they all stand there is then chance."""
    if content_share(source, sentence) >= _TOLD:
        return False
    ours, theirs = _pairs(_claims(read(sentence))), _pairs(_claims(read(source)))
    together = sum(any(_alike(one, other) for other in theirs) for one in ours)
    return bool(ours) and together / len(ours) < _TOGETHER


def _pairs(words: Sequence[Token]) -> list[tuple[str, str]]:
    return [(one.stem, other.stem) for one, other in pairwise(words)]


def _alike(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """The same two words side by side, in either order."""
    return (kin(one[0], other[0]) and kin(one[1], other[1])) or (kin(one[0], other[1]) and kin(one[1], other[0]))


def turned_round(sentence: str, source: str) -> list[str]:
    """Words in the place of their opposites: 'inférieur' where the source only says 'supérieur'."""
    here, there = {one.stem for one in read(sentence)}, {one.stem for one in read(source)}
    return sorted(one for one in here - there if (others := opposites(one)) & there and not others & here)


def _claims(tokens: Sequence[Token]) -> list[Token]:
    return [one for one in tokens if one.content and not is_filler(one)]


def _runs(words: Sequence[Token], lacking: set[Token]) -> list[list[Token]]:
    runs: list[list[Token]] = [[]]
    for one in words:
        if one in lacking:
            runs[-1].append(one)
        elif runs[-1]:
            runs.append([])
    return runs
