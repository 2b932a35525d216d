"""Which source sentences bear a generated sentence out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from app.assistant.certify import certify, content_share
from app.assistant.evidence import readable
from app.assistant.sentences import Span, sentence_spans
from index.records import Hit

_MARKERS = re.compile(r"\s*\[(\d{1,2}(?:\s*[,;]\s*\d{1,2})*)\]")
_MARKERS_AFTER_STOP = re.compile(r"([.!?…])((?:\s*\[\d[\d\s,;]*\])+)")
_LEANS = re.compile(
    r"(?:s['’]|si |lorsqu['’]|qu['’])?(?:ils?|elles?|ceux|celles?|celui)\b"
    r"|.{0,60}\b(?:cet?|cette|ces|leurs?|les deux|en (?:est|sont|a|ont)|au-delà|l['’]est)\b",
    re.IGNORECASE | re.DOTALL,
)
_FAR = 3  # sentences that a pronoun's antecedent is looked for in
_NEAREST = 3  # source sentences of a passage that are tried, closest first


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence as the generator wrote it: its text without markers, and the passages that it names."""

    text: str
    markers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Support:
    """The span of a passage's page that certifies a sentence."""

    hit: Hit
    start: int
    end: int


def drafts(pieces: Iterable[str]) -> Iterator[Draft]:
    """Whole sentences, as soon as the next one begins; an unfinished last one is dropped unless it ends properly."""
    text, given = "", 0
    for piece in pieces:
        text += piece
        complete = _sentences(text)[:-1]
        yield from complete[given:]
        given = max(given, len(complete))
    rest = _sentences(text)[given:]
    if rest and not _stands(_MARKERS_AFTER_STOP.sub(r"\2\1", text)):
        rest = rest[:-1]
    yield from rest


def find_support(draft: Draft, passages: Sequence[Hit]) -> Support | None:
    """The first passage, named ones first, in which a sentence, read with what it leans on, certifies the draft."""
    named = [passages[marker - 1] for marker in draft.markers if 0 < marker <= len(passages)]
    for hit in [*named, *(hit for hit in passages if hit not in named)]:
        for span in _windows(draft.text, hit.text):
            if certify(draft.text, [span.of(hit.text)], about=about(hit)).certified:
                return Support(hit, hit.start + span.start, hit.start + span.end)
    return None


def about(hit: Hit) -> str:
    """What a passage stands under: its document's title and its headings, which a citation shows."""
    return "\n".join((hit.document.title, *hit.heading))


def _windows(sentence: str, text: str) -> list[Span]:
    """The closest source sentences alone, then with what they lean on or announce.

    Two neighbours that do not need each other never certify together: "A costs 3. B costs 1." would make "B costs 3".
    """
    spans = [one for one in sentence_spans(text) if not one.of(text).endswith("?")]  # a question states nothing
    nearest = sorted(range(len(spans)), key=lambda one: -content_share(sentence, spans[one].of(text)))[:_NEAREST]
    alone = [spans[one] for one in nearest]
    joined = [readable(text, spans, one) for one in nearest] + [_led(text, spans, one) for one in nearest]
    # More text bears more out only where it holds more of the sentence: it must not lend a negation or a permission.
    most = max((content_share(sentence, one.of(text)) for one in alone), default=0.0)
    return alone + [one for one in dict.fromkeys(joined) if content_share(sentence, one.of(text)) > most]


def _led(text: str, spans: Sequence[Span], position: int) -> Span:
    """A sentence with all that its pronoun may stand for: back to the nearest one that leans on nothing."""
    first = position
    while first > 0 and position - first < _FAR and _LEANS.match(spans[first].of(text)):
        first -= 1
    return Span(spans[first].start, spans[position].end)


def _sentences(text: str) -> list[Draft]:
    text = _MARKERS_AFTER_STOP.sub(r"\2\1", text)
    return [_draft(span.of(text)) for span in sentence_spans(text)]


def _draft(sentence: str) -> Draft:
    markers = tuple(int(number) for group in _MARKERS.findall(sentence) for number in re.findall(r"\d+", group))
    return Draft(_MARKERS.sub("", sentence).strip(), tuple(dict.fromkeys(markers)))


def _stands(text: str) -> bool:
    return text.rstrip().endswith((".", "!", "?", "…", "»", ")"))
