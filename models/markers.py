"""A grammar of one rule: a sentence ends with its markers, and a marker names a passage that exists.

llama.cpp's own grammars (GBNF) say the same, and ask every token of the vocabulary at every step: measured on the
packaged model, they halve the rate of writing.  Here only the token that the model wants is asked, and others only
where it is refused.

    text     = [sentence {white sentence}]
    sentence = body (markers stop | stop [" "] markers)      a marker within the body is allowed too
    markers  = "[" number "]" {[" "] "[" number "]"}         number: from 1 to the count of passages
    stop     = "." | "!" | "?", but not after an abbreviation ("art. 3"), nor within a figure or an address ("3.50")

Everything is said of bytes: a token may end within a character.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, auto

_STOPS = b".!?"
_WHITE = b" \n\r\t"
_CLOSING = frozenset(b" .[]0123456789")  # the bytes that bring a sentence to its end
# What stands before a full stop that ends no sentence, in French and English; single letters too.
_ABBREVIATIONS = frozenset(
    word.encode()
    for word in """art al arr ann av bd bld cf ch chap dept env ex fig id inf max min mm mme mmes mlle mr mrs ms dr pr
    st ste no nos obs op p pp par réf ref sect suiv t tél tel vol vs""".split()
)


class Phase(Enum):
    BEGIN = auto()  # nothing of the sentence yet
    BODY = auto()
    STOPPED = auto()  # after a stop that its markers follow, unless it was within a word
    GAP = auto()  # after such a stop and a space: a marker must follow
    MARK = auto()  # within brackets
    MARKED = auto()  # after markers, the stop to come
    ENDED = auto()


@dataclass(frozen=True, slots=True)
class Writing:
    """Where a text stands.  `passages`: how many may be named."""

    passages: int
    phase: Phase = Phase.BEGIN
    word: bytes = b""  # the last one, as far as it is written
    first: bool = True  # is it the sentence's first?
    number: bytes = b""
    stopped: bool = False  # did the stop come before the markers, or is a sentence before this one?

    @property
    def may_end(self) -> bool:
        return self.phase in (Phase.BEGIN, Phase.ENDED)

    @property
    def must_close(self) -> bool:
        """Is the sentence's end all that may follow?"""
        return self.phase in (Phase.GAP, Phase.MARK)

    def after(self, piece: bytes) -> Writing | None:
        """The place after `piece`; None if it may not be written here."""
        state: Writing | None = self
        for byte in piece:
            state = state._step(byte) if state else None
        return state if piece else None

    def closed_by(self, piece: bytes) -> Writing | None:
        """As `after`, for a piece that does nothing but bring the sentence to its end."""
        if not only_closes(piece) or (self.phase is Phase.STOPPED and b"." in piece):
            return None
        then = self.after(piece)
        if then is None or then.phase is Phase.BODY:
            return None
        return None if self.phase is Phase.MARKED and then.phase is not Phase.ENDED else then

    def _step(self, byte: int) -> Writing | None:
        steps = {
            Phase.BEGIN: self._begin,
            Phase.BODY: self._within,
            Phase.STOPPED: self._past_stop,
            Phase.GAP: self._past_gap,
            Phase.MARK: self._numbered,
            Phase.MARKED: self._past_markers,
            Phase.ENDED: self._past_end,
        }
        return steps[self.phase](byte)

    def _begin(self, byte: int) -> Writing | None:
        if byte in _WHITE:
            return self
        if byte == ord("["):  # one more marker of the sentence before
            return self._mark(stopped=True) if self.stopped else None
        if byte in _STOPS or byte == ord("]"):
            return None
        return Writing(self.passages, Phase.BODY, bytes([byte]))

    def _within(self, byte: int) -> Writing | None:
        if byte in b"\n\r]":
            return None
        if byte == ord("["):
            return self._mark(stopped=False)
        if byte in _STOPS:
            return replace(self, phase=Phase.STOPPED)
        if byte in b" \t":
            return replace(self, word=b"", first=self.first and not self.word)
        return replace(self, word=self.word + bytes([byte]))

    def _past_stop(self, byte: int) -> Writing | None:
        if byte in b"\n\r\t]":
            return None
        if byte == ord("["):
            return self._mark(stopped=True)
        if byte == ord(" "):
            if self._abbreviates():
                return replace(self, phase=Phase.BODY, word=b"", first=False)
            return replace(self, phase=Phase.GAP)
        if byte in _STOPS or byte in b"\"')" or byte >= 0x80:  # a quotation mark, a narrow space
            return replace(self, word=b"")
        return replace(self, phase=Phase.BODY, word=self.word + b"." + bytes([byte]))

    def _past_gap(self, byte: int) -> Writing | None:
        return self._mark(stopped=True) if byte == ord("[") else None

    def _abbreviates(self) -> bool:
        """Does the stop belong to the word: "art.", "L.", the number of a list's item?"""
        word = self.word.lower().replace("’".encode(), b"'").rpartition(b"'")[2].lstrip(b"(")
        return word in _ABBREVIATIONS or (len(word) == 1 and word.isalpha()) or (self.first and word.isdigit())

    def _mark(self, *, stopped: bool) -> Writing:
        return replace(self, phase=Phase.MARK, number=b"", stopped=stopped)

    def _numbered(self, byte: int) -> Writing | None:
        if byte == ord("]"):
            return replace(self, phase=Phase.ENDED if self.stopped else Phase.MARKED) if self.number else None
        number = self.number + bytes([byte])
        if not number.isdigit() or not 0 < int(number) <= self.passages or number.startswith(b"0"):
            return None
        return replace(self, number=number)

    def _past_markers(self, byte: int) -> Writing | None:
        if byte in _STOPS:
            return replace(self, phase=Phase.ENDED)
        if byte == ord("["):
            return self._mark(stopped=False)
        return replace(self, phase=Phase.BODY, word=b"")._within(byte)

    def _past_end(self, byte: int) -> Writing | None:
        if byte in _WHITE:
            return replace(self, phase=Phase.BEGIN, stopped=True)
        return self._mark(stopped=True) if byte == ord("[") else None


def only_closes(piece: bytes) -> bool:
    return bool(piece) and _CLOSING.issuperset(piece)
