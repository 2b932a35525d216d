"""The recipe of an answer: retrieve, quote or refuse, then generate and certify sentence by sentence."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from app.assistant.addresses import wrong_addresses
from app.assistant.citations import Register
from app.assistant.close_reading import most_relevant, read_closely
from app.assistant.events import (
    AnswerKind,
    CertifiedSentence,
    Event,
    Finished,
    Question,
    Quoted,
    Retrieved,
    Sentence,
    Waiting,
)
from app.assistant.evidence import Evidence, find_evidence
from app.assistant.follow_up import asks_of_another, own_words, understood
from app.assistant.neighbours import join_neighbours
from app.assistant.orders import speaks_to_model
from app.assistant.prompt import brief
from app.assistant.recent import Recent
from app.assistant.retrieve import retrieve_among, word_weights
from app.assistant.silence import SHIPPED, Measure, Signs, is_silent, signs_of
from app.assistant.support import Draft, Support, drafts, find_support
from app.assistant.words import Language, content_stems, detect_language
from index.records import Hit, headed
from index.store import Index
from models.errors import ModelFailure
from models.protocols import Embedder, Generation, Generator, Reader, Reranker

ChooseGenerator = Callable[[Language], Generator | None]


@dataclass(slots=True)
class Clock:
    """Milliseconds since the question, each moment noted once."""

    started: float = field(default_factory=time.perf_counter)
    moments: dict[str, float | None] = field(
        default_factory=lambda: {"retrieve": None, "first_quote": None, "first_sentence": None, "total": None}
    )

    def note(self, moment: str) -> None:
        if self.moments[moment] is None:
            self.moments[moment] = round((time.perf_counter() - self.started) * 1000, 1)


@dataclass(frozen=True, slots=True)
class Gathered:
    """Hits, the passages that they join to, and their best sentences."""

    hits: list[Hit]
    passages: list[Hit]
    evidence: list[Evidence]
    weights: Mapping[str, float]
    signs: Signs | None


@dataclass(frozen=True, slots=True)
class Assistant:
    """Answers questions.  With no generator for the question's language it quotes; quoting needs no model at all."""

    index: Index
    embedder: Embedder
    choose_generator: ChooseGenerator
    passage_tokens: int = 800
    answer_tokens: int = 256
    reranker: Reranker | None = None
    measure: Measure = SHIPPED
    reader: Reader | None = None
    recent: Recent = field(default_factory=Recent)

    def answer(self, asked: Question, started: Callable[[Generation], None] = lambda _: None) -> Iterator[Event]:
        """Typed events, `Finished` last.  Closing the iterator cancels the generation, which `started` is told of."""
        clock, register = Clock(), Register(self.index)
        question = replace(asked, text=understood(asked.text, asked.history))
        found = self.gather(question)
        hits, passages = found.hits, found.passages
        clock.note("retrieve")
        yield Retrieved(tuple(hits))

        silent = is_silent(question.text, hits, found.weights, found.signs, self.measure)
        completed = bool(asked.history) and question.text != asked.text.strip()
        silent = silent or (completed and not _held(asked.text, hits))
        quotations = () if silent else register.quote(found.evidence)
        if not quotations:
            yield self._finished(asked, "refused", (), register, hits, clock)
            return
        clock.note("first_quote")
        yield Quoted(quotations, register.citations)

        written: list[CertifiedSentence] = []
        withheld = 0
        generator = self.choose_generator(question.language or detect_language(question.text))
        for event in self._generate(question, passages, generator, register, started):
            if event is None:
                withheld += 1
                continue
            if isinstance(event, Sentence):
                clock.note("first_sentence")
                written.append(event.sentence)
            yield event
        sentences = tuple(written) or quotations
        kind: AnswerKind = "generated" if written else "quoted"
        yield self._finished(asked, kind, sentences, register, hits, clock, generator, withheld)

    def gather(self, question: Question) -> Gathered:
        """What there is to answer from, and the signs that it answers."""
        found = retrieve_among(question, self.index, self.embedder, self.reranker)
        weights = word_weights(question, self.index)
        passages = join_neighbours(found.hits)
        readings = read_closely(question.text, passages, self.reader)
        evidence = find_evidence(question.text, passages, weights, readings=readings)
        return Gathered(found.hits, passages, evidence, weights, signs_of(found, most_relevant(readings)))

    def finish(self, question: Question) -> Finished:
        """The whole answer at once."""
        *_, last = self.answer(question)
        assert isinstance(last, Finished)
        return last

    def _generate(
        self,
        question: Question,
        passages: Sequence[Hit],
        generator: Generator | None,
        register: Register,
        started: Callable[[Generation], None],
    ) -> Iterator[Waiting | Sentence | None]:
        """Certified sentences; None for each one withheld.  A failing model ends the writing, never the answer."""
        if generator is None:
            return
        language = question.language or detect_language(question.text)
        try:
            former = self.recent.of(question.asker) if question.history else ()
            asked = brief(question.text, passages, language, generator, self.passage_tokens, self.answer_tokens, former)
            generation = generator.generate(asked.prompt, asker=question.asker)
            self.recent.note(question.asker, asked.passages)
            started(generation)
        except ModelFailure:
            return
        seen: set[str] = set()
        try:
            if generation.position:
                yield Waiting(generation.position)
            for draft in drafts(generation):
                if draft.text in seen:
                    continue
                seen.add(draft.text)
                yield _certified(draft, asked.passages, register)
        except ModelFailure:
            return
        finally:
            _stop(generation)

    def _finished(
        self,
        question: Question,
        kind: AnswerKind,
        sentences: tuple[CertifiedSentence, ...],
        register: Register,
        hits: Sequence[Hit],
        clock: Clock,
        generator: Generator | None = None,
        withheld: int = 0,
    ) -> Finished:
        clock.note("total")
        used = {marker for sentence in sentences for marker in sentence.markers}
        return Finished(
            question=question,
            kind=kind,
            sentences=sentences,
            citations=tuple(one for one in register.citations if one.marker in used),
            hits=tuple(hits),
            model=generator.card.name if generator and kind == "generated" else None,
            withheld=withheld,
            timings_ms=dict(clock.moments),
        )


def _held(asked: str, hits: Sequence[Hit]) -> bool:
    """Does anything that was found name what a follow-up names?  The question before must not answer in its place.

    One of its words will do, beside verbs that documents may not use; of a fragment, more than half of them.
    """
    wanted = set(content_stems(" ".join(own_words(asked))))
    least = len(wanted) // 2 + 1 if asks_of_another(asked) else 1
    held = (len(wanted & set(content_stems(headed(hit.heading, hit.text)))) for hit in hits)
    return not wanted or max(held, default=0) >= least


def _certified(draft: Draft, passages: Sequence[Hit], register: Register) -> Sentence | None:
    support = find_support(draft, passages)
    if support is None or _smuggled(draft.text, support):
        return None
    citation = register.cite(support.hit, support.start, support.end)
    if citation is None:
        return None
    return Sentence(CertifiedSentence(draft.text, (citation.marker,), "check"), (citation,))


def _smuggled(sentence: str, support: Support) -> bool:
    """What a document orders bears nothing out; an address is the document's own, or it is not given."""
    start, end = support.start - support.hit.start, support.end - support.hit.start
    source = support.hit.text
    return speaks_to_model(source, start, end) or bool(wrong_addresses(sentence, source[start:end]))


def _stop(generation: Generation) -> None:
    generation.cancel()
