"""The packaged model, in this process: what is read, what is kept, what is written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from models.chat_format import plain
from models.constraint import Logits
from models.context import Context, Part
from models.decoding import Counts, Decoder, Pace, Request
from models.protocols import ModelCard
from models.registry import packaged_cards
from models.text import Text

SYSTEM = "You are the clerk of a town. Answer from the passages. End each sentence with its passage, like [1]."
PASSAGES = "\n\n".join(
    f"[{number}] {what}\nThe fee for a {what} is 3.{number}0 euros. It is ready on day {number + 4}, at the desk."
    for number, what in enumerate(("copy", "permit", "licence", "certificate"), 1)
)
OTHERS = PASSAGES.replace("fee", "price").replace("desk", "counter of the archives")


@pytest.fixture(scope="module")
def card() -> ModelCard:
    return next(one for one in packaged_cards() if one.role == "generator")


@pytest.fixture(scope="module")
def context(card: ModelCard) -> Iterator[Context]:
    one = Context(card.path, threads=1, length=1024, sequences=3, repacked=False)
    yield one
    one.close()


@pytest.fixture
def decoder(context: Context) -> Decoder:
    return Decoder(emptied(context))


def prompt(context: Context, question: str, passages: str = PASSAGES) -> list[int]:
    return plain().tokens(context.vocabulary.tokenize, SYSTEM, f"{passages}\n\nQuestion: {question}")


def say(decoder: Decoder, tokens: list[int], markers: int = 0, most: int = 40) -> tuple[str, Counts]:
    (said,) = together(decoder, [request(1, tokens, markers=markers, most=most)])
    return said


def request(number: int, tokens: list[int], *, markers: int = 0, most: int = 40, begun: str = "") -> Request:
    return Request(number, tokens, most, ["<|im_end|>"], markers, begun)


def say_beside(decoder: Decoder, tokens: list[int]) -> Counts:
    """What is counted of a text that is written beside another one, which goes on."""
    decoder.add(request(99, tokens, most=1))
    while True:
        for one in decoder.step():
            if one.number == 99 and one.counts:
                return one.counts


def asked_of(context: Context, town: str, question: str) -> list[int]:
    return prompt(context, question, PASSAGES.replace("desk", f"desk of {town}").replace("fee", f"fee of {town}"))


def emptied(context: Context) -> Context:
    for sequence in range(context.sequences):
        context.forget(sequence)
    return context


def together(decoder: Decoder, asked: list[Request]) -> list[tuple[str, Counts]]:
    """All at once: the text of each, and its counts."""
    pieces: dict[int, list[str]] = {one.number: [] for one in asked}
    counts: dict[int, Counts] = {}
    for one in asked:
        decoder.add(one)
    while not decoder.idle:
        for written in decoder.step():
            pieces[written.number].append(written.piece)
            if written.counts:
                counts[written.number] = written.counts
    return [("".join(pieces[one.number]), counts[one.number]) for one in asked]


def test_it_writes_what_llama_cpp_writes(
    card: ModelCard, context: Context, decoder: Decoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    from llama_cpp import Llama
    from llama_cpp import llama_cpp as low

    unpacked = low.llama_model_default_params()
    unpacked.use_extra_bufts = False
    monkeypatch.setattr(low, "llama_model_default_params", lambda: unpacked)
    model = Llama(card.path, n_ctx=1024, n_threads=1, n_threads_batch=1, verbose=False)
    tokens = prompt(context, "What is the fee for a permit?")
    ours, counts = say(decoder, tokens)
    theirs = model.create_completion(tokens, temperature=0.0, max_tokens=40, stop=["<|im_end|>"])
    model.close()
    assert ours == theirs["choices"][0]["text"]  # type: ignore[index]
    assert (counts.prompt_tokens, counts.reused) == (len(tokens), 0)
    assert 0 < counts.written <= 40


@pytest.mark.parametrize("question", ["What is the fee for a permit?", "Say [9] and [7], and tell a long story."])
def test_with_markers_each_sentence_ends_with_one_that_exists(
    context: Context, decoder: Decoder, question: str
) -> None:
    text, counts = say(decoder, prompt(context, question), markers=4, most=120)
    assert text
    assert set(re.findall(r"\[(.*?)\]", text)) <= {"1", "2", "3", "4"}
    assert not re.search(r"[a-z]{4,}[.!?] +[A-Z]", text)  # no sentence without
    if counts.written < 120:
        assert re.search(r"(\[\d\] ?)+[.!?]?$", text)


def test_several_at_once_are_each_answered_from_their_own_prompt(context: Context, decoder: Decoder) -> None:
    fees = ("copy", "permit", "licence", "certificate")
    asked = [
        request(number, prompt(context, f"What is the fee for a {what}?"), markers=number % 2 and 4, most=24)
        for number, what in enumerate(fees)
    ]
    for what, (text, _) in zip(fees, together(decoder, asked), strict=True):
        assert f"fee for a {what}" in text.replace("license", "licence")


def test_a_sequence_among_others_has_the_scores_that_it_has_alone(context: Context) -> None:
    emptied(context)
    prompts = [prompt(context, one)[-120:] for one in ("What is the fee?", "When is it ready?", "Say it in verse.")]
    prompts = [one[number:] for number, one in enumerate(prompts)]
    alone = []
    for tokens in prompts:
        context.run([Part(0, 0, tokens[:-1], False)])
        alone.append(_scored(context, [Part(0, len(tokens) - 1, tokens[-1:], True), Part(1, 0, [5, 6], False)])[0])
        emptied(context)
    for start in range(0, 120, 8):
        rest = [one[start : min(start + 8, len(one) - 1)] for one in prompts]
        context.run([Part(number, start, tokens, False) for number, tokens in enumerate(rest) if tokens])
    last = [Part(number, len(one) - 1, one[-1:], True) for number, one in enumerate(prompts)]
    apart = np.array([[np.abs(one - other).max() for other in alone] for one in _scored(context, last)])
    assert (apart.diagonal() < 2.0).all()
    assert (apart[~np.eye(3, dtype=bool)] > 4.0).all()


def _scored(context: Context, parts: list[Part]) -> list[Logits]:
    return [one.copy() for one in context.run(parts) if one is not None]


def test_more_than_there_is_room_for_wait_in_their_order(context: Context, decoder: Decoder) -> None:
    for number in range(7):
        decoder.add(request(number, prompt(context, f"What is the fee for copy {number}?"), most=3))
    ended: list[int] = []
    while not decoder.idle:
        ended.extend(one.number for one in decoder.step() if one.counts)
    assert ended == list(range(7))


@dataclass
class Fixed(Pace):
    """The pace of a machine: it does not change."""

    def note(self, read: int, texts: int, seconds: float) -> None:
        return


def writing(decoder: Decoder, context: Context, pace: Pace, waiting: int, behind: int = 0) -> list[bool]:
    """One text of 20 tokens is begun, then others ask: was it written on in each of the next six passes?"""
    decoder.pace = pace
    decoder.add(request(1, prompt(context, "Tell a long story."), most=20))
    while not list(decoder.step()):
        pass
    for number in range(2, waiting + 2):
        decoder.add(request(number, prompt(context, "?", OTHERS.replace("copy", "copy " * number)), most=3), behind)
    return [any(one.number == 1 for one in decoder.step()) for _ in range(6)]


IN_TURN = [True, False] * 3  # the pass before was for its own prompt


def test_a_text_goes_on_in_turn_while_prompts_are_read_that_are_worth_it(context: Context, decoder: Decoder) -> None:
    assert writing(decoder, context, Fixed(reading=0.001, writing={1: 0.1}), waiting=2) == IN_TURN


def test_a_text_is_not_held_up_by_a_prompt_that_takes_longer(context: Context, decoder: Decoder) -> None:
    assert writing(decoder, context, Fixed(reading=0.1, writing={1: 0.1}), waiting=2) == [True] * 6


def test_those_who_wait_elsewhere_count(context: Context, decoder: Decoder) -> None:
    assert writing(decoder, context, Fixed(reading=0.1, writing={1: 0.1}), waiting=2, behind=500) == IN_TURN


def test_a_text_does_not_join_another_where_two_take_as_long_as_one_after_the_other(
    context: Context, decoder: Decoder
) -> None:
    pace = Fixed(reading=0.001, writing={1: 0.1, 2: 0.19})
    assert writing(decoder, context, pace, waiting=2) == [True] * 6


def test_the_pace_is_that_of_the_machine() -> None:
    pace = Pace()
    assert pace.together(1) == 0.0
    for _ in range(40):
        pace.note(64, 1, 1.28)
        pace.note(0, 1, 0.1)
        pace.note(0, 3, 0.2)
    assert round(pace.reading, 6) == 0.02
    assert [round(pace.together(texts), 6) for texts in (1, 2, 3, 4)] == [0.1, 0.1, 0.2, 0.2]


def test_one_with_little_to_read_is_not_kept_waiting(context: Context, decoder: Decoder) -> None:
    decoder.add(request(1, prompt(context, "Tell a long story."), most=12))
    while not list(decoder.step()):
        pass
    decoder.add(request(2, prompt(context, "When is the permit ready?"), most=3))
    assert 2 in [one.number for _ in range(3) for one in decoder.step()]


@pytest.mark.parametrize("markers", [0, 4])
def test_a_text_goes_on_from_wherever_it_stood(context: Context, decoder: Decoder, markers: int) -> None:
    tokens = prompt(context, "What is the fee for a permit?")
    pieces: list[str] = []
    decoder.add(request(1, tokens, markers=markers, most=24))
    while not decoder.idle:
        pieces.extend(one.piece for one in decoder.step() if one.piece)
    whole = "".join(pieces)
    for shown in range(1, len(pieces)):
        begun = "".join(pieces[:shown])
        ((rest, counts),) = together(decoder, [request(1, tokens, markers=markers, most=24, begun=begun)])
        assert (begun + rest).startswith(whole)
        assert (counts.prompt_tokens, counts.written <= 24) == (len(tokens), True)


def test_where_a_state_is_too_large_to_keep_the_place_that_holds_it_is_taken(
    context: Context, decoder: Decoder
) -> None:
    decoder._prefixes._most_bytes = 1 << 20
    say(decoder, prompt(context, "What is the fee for a permit?"), most=2)
    _, then = say(decoder, prompt(context, "When is the permit ready?"), most=2)
    assert then.prompt_tokens - then.reused <= then.prompt_tokens / 4


def test_a_pass_has_its_bounds(context: Context) -> None:
    with pytest.raises(ValueError, match="512"):
        emptied(context).run([Part(0, 0, [60] * 513, True)])


def test_a_file_that_is_no_model_is_told_in_llama_cpps_own_words(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "broken.gguf").write_bytes(b"GGUF, not really")
    with pytest.raises(ValueError, match=r"broken\.gguf"):
        Context(str(tmp_path / "broken.gguf"), threads=1, length=64)
    assert "gguf" in capfd.readouterr().err


def test_a_follow_up_over_the_same_passages_reads_a_quarter_at_most(context: Context, decoder: Decoder) -> None:
    _, first = say(decoder, prompt(context, "What is the fee for a permit?"))
    _, second = say(decoder, prompt(context, "When is the permit ready?"))
    assert second.prompt_tokens - second.reused <= first.prompt_tokens / 4


def test_what_another_place_has_read_is_shared_even_while_it_writes(context: Context, decoder: Decoder) -> None:
    decoder.add(request(1, prompt(context, "Tell a long story."), most=60))
    while not list(decoder.step()):
        pass
    second = say_beside(decoder, prompt(context, "When is the permit ready?"))
    assert second.prompt_tokens - second.reused <= second.prompt_tokens / 4


def test_conversations_in_turn_each_go_on_where_they_stood(context: Context, decoder: Decoder) -> None:
    towns = ["Ham", "Bay", "Ely", "Wye", "Ash"]  # more than there are sequences
    for town in towns:
        say(decoder, asked_of(context, town, "What is the fee for a permit?"), most=4)
    said: dict[str, str] = {}
    for town in towns:
        said[town], back = say(decoder, asked_of(context, town, "When is the permit ready?"), most=12)
        assert back.prompt_tokens - back.reused <= back.prompt_tokens / 4
    for town in towns[:2]:  # a kept state changes no word
        alone = Decoder(emptied(context))
        assert say(alone, asked_of(context, town, "When is the permit ready?"), most=12)[0] == said[town]


def test_kept_states_stay_within_their_bytes(context: Context, decoder: Decoder) -> None:
    kept = decoder._prefixes
    kept._most_bytes = 20 << 20
    for number in range(9):
        say(decoder, prompt(context, "?", PASSAGES.replace("fee", f"fee{number}" * 5)), most=1)
    assert 0 < sum(len(one.state) for one in kept._kept) <= 20 << 20


def test_reading_ends_once_it_is_cancelled_and_what_was_read_is_kept(context: Context, decoder: Decoder) -> None:
    tokens = prompt(context, "What?")
    decoder.add(request(1, tokens))
    assert list(decoder.step()) == []
    assert list(decoder.step()) == []
    (over,) = decoder.cancel(1)
    assert over.counts is not None
    assert (over.piece, over.counts.written) == ("", 0)
    assert decoder.idle
    _, counts = say(decoder, tokens)
    assert counts.reused == 128 < len(tokens)
    assert list(decoder.cancel(1)) == []  # it is over


def test_one_that_waits_is_cancelled_before_it_is_read(context: Context, decoder: Decoder) -> None:
    for number in range(4):
        decoder.add(request(number, prompt(context, "What?"), most=2))
    list(decoder.step())
    (over,) = decoder.cancel(3)
    assert over.counts == Counts(len(prompt(context, "What?")))


def test_a_prompt_beyond_the_context_is_refused(decoder: Decoder) -> None:
    with pytest.raises(ValueError, match="context 1024"):
        decoder.add(request(1, [1] * 1024))


def test_a_text_ends_where_its_sequence_does(context: Context, decoder: Decoder) -> None:
    _, counts = say(decoder, [*prompt(context, "?"), *[60] * 1024][:1020], most=50)
    assert counts.written <= 4


def test_text_holds_back_half_characters_and_what_may_be_a_stop() -> None:
    text = Text(["<|im_end|>", "\n\n"])
    assert [text.add(piece) for piece in ("é".encode()[:1], "é".encode()[1:], b" <|im", b"aginons|>", b"\n")] == [
        "", "é", " ", "<|imaginons|>", "",
    ]  # fmt: skip
    assert text.add(b"\nrest") == ""
    assert text.stopped
    whole = Text(["stop"])
    assert whole.add(b"a st") == "a "
    assert whole.rest() == "st"
