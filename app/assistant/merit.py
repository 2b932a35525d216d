"""What speaks for a sentence as a quotation: the question's words, its passage, and the kind of answer it holds."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.assistant.expected import Expected, answering_spans, expected
from app.assistant.heads import head_of
from app.assistant.orders import speaks_to_model
from app.assistant.sentences import Span
from app.assistant.words import content_stems, stem, words

# Fitted by softmax regression over the sentences of ten hits, "holds the gold answer", on 1,500 questions of
# piaf-train, then rounded.  Three quotations hold the answer to 83.5 % of the questions of piaf-dev, where the weights
# that were set by hand held it for 80.0 %; a third more or less of any one moves that by less than a point.
_PASSAGE = 6.4  # score of the passage, of which the best has 1
_SUBJECT = 3.5  # share, by rarity, of the question's words of meaning
_WORDING = 3.4  # share of all its words, small ones included: "est fixé à" answers "à combien est fixé"
_BEFORE = 1.6  # further words of meaning in the sentence before, or in the head of a row or an item
_LEANING = 2.0  # words of meaning there, for a sentence that leans back on it ("Elle compte..."), a row, an item
_FITS = 2.5  # holds an amount, a date, a number... where one is asked for
_FITS_LOOSELY = 1.0  # the same for persons and places, which many capitalised words look like
_ORDERS = 8.0  # lost by a sentence that speaks to a model: quoted only where nothing else is
_READ = 0.55  # the logit of a reader, where there is one (fitted on 915 questions that it has not learnt from)
_UNREAD = -5.7  # that of a sentence of a passage that was left unread
_RECITAL = 4.0  # lost by what an act recalls before it decides: "Considérant que...", "Vu..."
_UNFINISHED = {":": 0.8, "": 0.3}  # announces and does not tell; breaks off
_ENDS = '.!?…»"”);'
_ROOT = 5  # letters in which the stems of derived words agree: "construct-ion", "constru-ire"
_SHORT_ROOT = 4  # the same where one of them has no more

_RECALLS = re.compile(r"\W*(?:considérant|vu)\s", re.IGNORECASE)
_LEANS_BACK = re.compile(
    r"(?:il|ils|elle|elles|ce|cet|cette|ces|cela|celui-ci|celle-ci|ceux-ci|celles-ci|ledit|ladite|toutefois|cependant"
    r"|en outre|en revanche|dans ce cas|à ce titre|it|they|this|these|he|she|however)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A question as sentences are held against it."""

    question: str
    roots: Mapping[str, float]  # first letters of its words of meaning, and what they weigh
    stems: frozenset[str]  # of all its words
    kind: Expected | None

    @classmethod
    def of(cls, question: str, weights: Mapping[str, float]) -> Wanted:
        roots: dict[str, float] = {}
        for one in content_stems(question):
            roots[one[:_ROOT]] = max(roots.get(one[:_ROOT], 0.0), weights.get(one, 1.0))
        return cls(question, roots, frozenset(stem(one.text) for one in words(question)), expected(question))

    def held_by(self, stems: frozenset[str]) -> frozenset[str]:
        """The roots that are those of a stem."""
        begun = {one[:_ROOT] for one in stems}
        short = {one for one in stems if len(one) == _SHORT_ROOT}
        begun_short = {one[:_SHORT_ROOT] for one in stems}
        return frozenset(
            root
            for root in self.roots
            if root in begun or root[:_SHORT_ROOT] in short or (len(root) == _SHORT_ROOT and root in begun_short)
        )

    def subject(self, held: frozenset[str]) -> float:
        """Share, by weight, of the question's words of meaning whose roots are held; 1.0 where it has none."""
        total = sum(self.roots.values())
        return sum(self.roots[one] for one in held) / total if total else 1.0

    def wording(self, stems: frozenset[str]) -> float:
        return len(self.stems & stems) / max(1, len(self.stems))


def merits(wanted: Wanted, text: str, spans: Sequence[Span], passage_score: float) -> list[float]:
    """Merit of each sentence of a passage whose score is a share of the best one's; higher is better."""
    read = [frozenset(stem(one.text) for one in words(span.of(text))) for span in spans]
    held = [wanted.held_by(stems) for stems in read]
    found = []
    for position, span in enumerate(spans):
        sentence = span.of(text)
        head = head_of(text, spans, position)
        leans = head != position or leans_back(sentence)
        before = held[head if head != position else position - 1] if position else frozenset[str]()
        alone = wanted.subject(held[position])
        found.append(
            _PASSAGE * passage_score
            + _SUBJECT * alone
            + _WORDING * wanted.wording(read[position])
            + _BEFORE * (wanted.subject(held[position] | before) - alone)
            + (_LEANING * wanted.subject(before) if leans else 0.0)
            + _fit(wanted, sentence)
            - (_ORDERS if speaks_to_model(text, span.start, span.end) else 0.0)
            - (_RECITAL if _RECALLS.match(sentence) else 0.0)
        )
    return found


def read_merit(logit: float | None) -> float:
    """What a reader's logit of a sentence is worth beside its merit; None: unread, while others were read."""
    return _READ * (_UNREAD if logit is None else logit)


def unfinished(quotation: str) -> float:
    """What a quotation that announces and does not tell, or that breaks off, loses."""
    end = quotation.rstrip()[-1:]
    return _UNFINISHED[":"] if end == ":" else _UNFINISHED[""] if end not in _ENDS else 0.0


def leans_back(sentence: str) -> bool:
    return _LEANS_BACK.match(sentence) is not None


def _fit(wanted: Wanted, sentence: str) -> float:
    if wanted.kind is None:
        return 0.0
    most = _FITS_LOOSELY if wanted.kind.kind in ("person", "place") else _FITS
    return most if answering_spans(wanted.question, wanted.kind, sentence) else 0.0
