"""Is a generated sentence borne out by what it cites?  Each check names what it misses; one miss withholds.

The checks are lexical on purpose: a reader can follow each of them with a finger on the page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.assistant.bindings import misplaced_days, misplaced_figures
from app.assistant.content import COVERAGE, RETELLING, content_share, invented, is_short, scattered, turned_round
from app.assistant.dates import dates, without_dates, wrong_dates
from app.assistant.figures import day_kinds, numbers, quantities, references, without_references, wrong_quantities
from app.assistant.limits import wrong_date_limits, wrong_limits
from app.assistant.modality import wrong_modality
from app.assistant.names import missing_names
from app.assistant.negations import denies
from app.assistant.polarity import wrong_polarity
from app.assistant.provisos import wrong_provisos
from app.assistant.reading import content, read
from app.assistant.roles import exchanged_roles
from app.assistant.sentences import sentence_spans
from app.assistant.subjects import unsaid, wrong_subjects
from app.assistant.substitutions import substituted
from app.assistant.words import words

__all__ = ["Verdict", "certify", "content_share", "dates", "denies", "numbers", "quantities", "references"]


# Words after which a sentence of French or English goes on.
_OPEN = frozenset("de du des le les à au aux et ou un une dans dont que qu of the and to".split())
_RETOLD = 0.5  # share of a source sentence's words that stand in one which retells it: that one may use its own verbs


@dataclass(frozen=True, slots=True)
class Verdict:
    """`missing` names each check that failed with what it missed, e.g. 'number: 12'.  Empty means certified."""

    missing: tuple[str, ...]

    @property
    def certified(self) -> bool:
        return not self.missing


def certify(sentence: str, cited: Sequence[str], about: str = "") -> Verdict:
    """Check one sentence against the texts that it cites (the source sentences, not whole documents).

    `about` is the title and the headings that they stand under: their words may name the subject, and bear out
    nothing else.
    """
    if any(_copies(sentence, text) for text in cited):
        return Verdict(())
    source = "\n\n".join(cited)
    share = content_share(sentence, source, about)
    retells = content_share(_closest(sentence, source), sentence) >= _RETOLD
    if share < (1.0 if is_short(sentence) else RETELLING if retells else COVERAGE):
        return Verdict((f"content: {share:.2f}",))
    bare = without_dates(without_references(sentence))
    missing = [
        *(f"number: {one}" for one in sorted(numbers(bare) - numbers(source))),
        *(f"quantity: {one}" for one in wrong_quantities(bare, source)),
        *(f"date: {one}" for one in wrong_dates(sentence, source)),
        *(f"days: {one}" for one in sorted(day_kinds(sentence) - day_kinds(source))),
        *(f"reference: {one}" for one in sorted(references(sentence) - references(source))),
        *(f"limit: {one}" for one in wrong_limits(sentence, source)),
        *(f"limit: {one}" for one in wrong_date_limits(sentence, source)),
        *(f"figure of other words: {one}" for one in misplaced_figures(sentence, source)),
        *(f"day of other words: {one}" for one in misplaced_days(sentence, source)),
        *(f"name: {one}" for one in missing_names(sentence, source)),
        *_meanings(sentence, source),
        *(f"roles: exchanged around {one}" for one in exchanged_roles(sentence, source)),
        *(f"opposite: {one}" for one in turned_round(sentence, source)),
        *(f"subject: {one}" for one in wrong_subjects(sentence, source)),
        *(f"said: {one}" for one in ([] if retells else unsaid(sentence, source))),
        *(["words: scattered"] if scattered(sentence, _closest(sentence, source)) else []),
        *(f"substituted: {one}" for one in substituted(sentence, _closest(sentence, source), about)),
        *(f"invented: {one}" for one in invented(sentence, source, about)),
        *(f"broken off: {one}" for one in _open_end(sentence)),
    ]
    return Verdict(tuple(missing))


def _open_end(sentence: str) -> list[str]:
    """The last word, where a sentence cannot end with it: a generator came to the end of its tokens."""
    last = [word.text for word in words(sentence)][-1:]
    return [one for one in last if one in _OPEN]


def _meanings(sentence: str, source: str) -> Iterator[str]:
    """Negations, modalities, exceptions: what is put in stands nowhere in the source, what is left out or weakened
    stands in the closest of its sentences."""
    closest = _closest(sentence, source)
    for check in (wrong_polarity, wrong_modality, wrong_provisos):
        yield from (one for one in check(sentence, source) if "added" in one)
        yield from (one for one in check(sentence, closest) if "added" not in one)


def _closest(sentence: str, source: str) -> str:
    parts = [span.of(source) for span in sentence_spans(source)]
    return max(parts, key=lambda one: (content_share(sentence, one), content_share(one, sentence)), default=source)


def _copies(sentence: str, text: str) -> bool:
    """The whole source sentence, character for character but for spaces, apostrophes and the final stop."""
    return bool(content(read(sentence))) and _flat(sentence) == _flat(text)


def _flat(text: str) -> str:
    return " ".join(text.replace("’", "'").split()).rstrip(" .;:").casefold()
