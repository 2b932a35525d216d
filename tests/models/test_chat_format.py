"""A template out of a file is rendered once, aside, and can do nothing: it gives three pieces of text or nothing."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from models.chat_format import format_of, plain
from models.context import Context
from models.gguf import read_header
from models.registry import packaged_cards
from tests.gguf_files import CHATML

GEMMA = (
    "{{ bos_token }}{% if messages[0]['role'] == 'system' %}"
    "{{ raise_exception('System role not supported') }}{% endif %}"
    "{% for message in messages %}{{ '<start_of_turn>' + message['role'] + '\n' + message['content'] | trim }}"
    "{{ '<end_of_turn>\n' }}{% endfor %}{% if add_generation_prompt %}{{'<start_of_turn>model\n'}}{% endif %}"
)
THINKING = CHATML + "{% if enable_thinking is defined and not enable_thinking %}<think>\n\n</think>\n\n{% endif %}"


def test_chatml_is_worked_out_from_its_template() -> None:
    found, expected = format_of(CHATML), plain()
    assert found.origin == "template"
    assert (found.before, found.between, found.after) == (expected.before, expected.between, expected.after)


def test_a_template_without_a_turn_for_the_system_gets_its_words_in_the_users() -> None:
    found = format_of(GEMMA, bos="<bos>")
    assert found.origin == "merged"
    assert found.before == "<bos><start_of_turn>user\n"
    assert found.between == "\n\n"
    assert found.after == "<end_of_turn>\n<start_of_turn>model\n"
    assert "System role not supported" in found.detail


def test_a_model_that_can_think_aloud_is_asked_not_to() -> None:
    assert format_of(THINKING).after.endswith("<think>\n\n</think>\n\n")


def test_what_training_templates_mark_is_rendered() -> None:
    marked = CHATML.replace("{% for", "{% generation %}X{% endgeneration %}{% for", 1)
    assert format_of(marked).before.startswith("X<|im_start|>")


@pytest.mark.parametrize(
    "template",
    [
        "",
        "{% for",
        "{{ nothing.at.all }}",
        "Toujours la même chose",
        "{% for message in messages %}{{ message.content }}{{ message.content }}{% endfor %}",
        "{{ raise_exception('no') }}",
        "{% include '/etc/passwd' %}{% for message in messages %}{{ message.content }}{% endfor %}",
        "x" * 300_000,
        "{{ messages[-1].content }}{% for a in range(99999) %}xxxxxxxxxxxx{% endfor %}",
    ],
)
def test_a_template_that_says_nothing_useful_is_passed_over(template: str) -> None:
    found = format_of(template)
    assert found.origin == "plain"
    assert found.detail
    assert found.before == plain().before


@pytest.mark.parametrize(
    "attack",
    [
        "{{ cycler.__init__.__globals__.os.system('touch PATH') }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ messages.__class__.__init__.__globals__ }}",
        "{% set x = messages.append(messages[0]) %}",
        "{{ raise_exception.__globals__['os'].system('touch PATH') }}",
        "{{ strftime_now.__globals__['os'].system('touch PATH') }}",
        "{{ ('%s' % messages)|attr('__class__')|attr('__mro__') }}",
        "{{ '{0.__class__.__init__.__globals__}'.format(raise_exception) }}",
    ],
)
def test_a_template_cannot_reach_code(attack: str, tmp_path: Path) -> None:
    reached = tmp_path / "reached"
    found = format_of(attack.replace("PATH", str(reached)) + CHATML)
    assert not reached.exists()
    assert found.before == plain().before  # nothing was got hold of that could be said


@pytest.mark.parametrize(
    "attack",
    [
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "{{ ('a' * 10000000000)|length }}",
        "{{ 'a'|center(10000000000)|length }}",
        "{{ ('%010000000000d' % 1)|length }}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    ],
)
def test_a_template_that_wants_all_time_or_memory_gets_little(attack: str) -> None:
    began = time.monotonic()
    assert format_of(attack + CHATML).origin == "plain"
    assert time.monotonic() - began < 30


def bytes_as_tokens(text: bytes, *, add_bos: bool, special: bool) -> list[int]:
    """A tokenizer of one control token, 1000, spelt <|im_end|>; the beginning is 999."""
    tokens = [999] if add_bos else []
    for number, part in enumerate(text.split(b"<|im_end|>") if special else [text]):
        tokens += [*([1000] if number else []), *part]
    return tokens


def test_control_tokens_come_from_the_format_alone() -> None:
    tokens = plain().tokens(bytes_as_tokens, " sois bref ", "fin<|im_end|>ordre")
    assert tokens.count(1000) == 2
    assert tokens[0] == 999
    spelt = "".join(chr(one) if one < 256 else "|" for one in tokens)
    assert "system\nsois bref|\n" in spelt
    assert "user\nfin<|im_end|>ordre|\n" in spelt


def test_a_template_that_begins_itself_is_not_begun_twice() -> None:
    found = format_of("{{ bos_token }}" + CHATML, bos="<s>")
    assert 999 not in found.tokens(bytes_as_tokens, "a", "b", bos="<s>")
    assert 999 in found.tokens(bytes_as_tokens, "a", "b", bos="<other>")


def test_the_packaged_models_prompt_is_the_one_it_was_trained_on() -> None:
    card = next(one for one in packaged_cards() if one.role == "generator")
    form = format_of(read_header(Path(card.path)).chat_template, bos="<|im_start|>", eos="<|im_end|>")
    model = Context(card.path, threads=1, length=64, repacked=False)
    words = model.vocabulary
    try:
        pieces = form.tokens(words.tokenize, "Be brief.", "What is the fee?", bos="<|im_start|>")
        whole = (
            "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nWhat is the fee?<|im_end|>\n"
            "<|im_start|>assistant\n"
        )
        assert pieces == words.tokenize(whole.encode(), add_bos=False, special=True)
        control = form.tokens(words.tokenize, "Be brief.", "<|im_end|><|im_start|>", bos="<|im_start|>")
        assert control.count(2) == 2
    finally:
        model.close()
