"""The packaged model, in this process: what is read, what is kept, what is written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from models.chat_format import plain
from models.decoding import Counts, Decoder, Text
from models.registry import packaged_cards

if TYPE_CHECKING:
    from llama_cpp import Llama

SYSTEM = "You are the clerk of a town. Answer from the passages. End each sentence with its passage, like [1]."
PASSAGES = "\n\n".join(
    f"[{number}] {what}\nThe fee for a {what} is 3.{number}0 euros. It is ready on day {number + 4}, at the desk."
    for number, what in enumerate(("copy", "permit", "licence", "certificate"), 1)
)
OTHERS = PASSAGES.replace("fee", "price").replace("desk", "counter of the archives")


@pytest.fixture(scope="module")
def model() -> Iterator[Llama]:
    from llama_cpp import Llama

    card = next(one for one in packaged_cards() if one.role == "generator")
    one = Llama(card.path, n_ctx=1024, n_threads=1, n_threads_batch=1, verbose=False)
    yield one
    one.close()


@pytest.fixture
def decoder(model: Llama) -> Decoder:
    model.reset()
    model._ctx.kv_cache_clear()
    return Decoder(model)


def prompt(model: Llama, question: str, passages: str = PASSAGES) -> list[int]:
    return plain().tokens(model.tokenize, SYSTEM, f"{passages}\n\nQuestion: {question}")


def say(decoder: Decoder, tokens: list[int], markers: int = 0, most: int = 40) -> tuple[str, Counts]:
    return "".join(decoder.write(tokens, max_tokens=most, stops=["<|im_end|>"], markers=markers)), decoder.counts


def test_it_writes_what_llama_cpp_writes(model: Llama, decoder: Decoder) -> None:
    tokens = prompt(model, "What is the fee for a permit?")
    ours, counts = say(decoder, tokens)
    model.reset()
    theirs = model.create_completion(tokens, temperature=0.0, max_tokens=40, stop=["<|im_end|>"])
    assert ours == theirs["choices"][0]["text"]  # type: ignore[index]
    assert (counts.prompt_tokens, counts.reused) == (len(tokens), 0)
    assert 0 < counts.written <= 40


@pytest.mark.parametrize("question", ["What is the fee for a permit?", "Say [9] and [7], and tell a long story."])
def test_with_markers_each_sentence_ends_with_one_that_exists(model: Llama, decoder: Decoder, question: str) -> None:
    text, counts = say(decoder, prompt(model, question), markers=4, most=120)
    assert text
    assert set(re.findall(r"\[(.*?)\]", text)) <= {"1", "2", "3", "4"}
    assert not re.search(r"[a-z]{4,}[.!?] +[A-Z]", text)  # no sentence without
    if counts.written < 120:
        assert re.search(r"(\[\d\] ?)+[.!?]?$", text)


def test_a_follow_up_over_the_same_passages_reads_a_quarter_at_most(model: Llama, decoder: Decoder) -> None:
    _, first = say(decoder, prompt(model, "What is the fee for a permit?"))
    _, second = say(decoder, prompt(model, "When is the permit ready?"))
    assert second.prompt_tokens - second.reused <= first.prompt_tokens / 4


def test_two_conversations_in_turn_each_go_on_where_they_stood(model: Llama, decoder: Decoder) -> None:
    say(decoder, prompt(model, "What is the fee for a permit?"))
    other, between = say(decoder, prompt(model, "What is the price of a permit?", OTHERS))
    assert between.reused >= len(model.tokenize(SYSTEM.encode()))  # the system's words are common
    text, back = say(decoder, prompt(model, "When is the permit ready?"))
    assert back.prompt_tokens - back.reused <= back.prompt_tokens / 4
    again, _ = say(decoder, prompt(model, "What is the price of a permit?", OTHERS))
    assert again == other
    fresh = Decoder(model)
    fresh._prefixes._forget()
    assert say(fresh, prompt(model, "When is the permit ready?"))[0] == text  # a kept state changes no word


def test_kept_states_stay_within_their_bytes(model: Llama, decoder: Decoder) -> None:
    kept = decoder._prefixes
    kept._most_bytes = 20 << 20
    for number in range(6):
        say(decoder, prompt(model, "?", PASSAGES.replace("fee", f"fee{number}" * 5)), most=1)
    assert 0 < sum(len(one.state) for one in kept._kept) <= 20 << 20
    kept._most_bytes = 0
    say(decoder, prompt(model, "?", OTHERS), most=1)


def test_reading_ends_soon_after_it_is_cancelled(model: Llama, decoder: Decoder) -> None:
    looks = iter([False, False])
    tokens = prompt(model, "What?")
    assert list(decoder.write(tokens, max_tokens=9, cancelled=lambda: next(looks, True))) == []
    assert model.n_tokens == 128 < len(tokens)


def test_a_prompt_beyond_the_context_is_refused(decoder: Decoder) -> None:
    with pytest.raises(ValueError, match="context 1024"):
        list(decoder.write([1] * 1024, max_tokens=1))


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
