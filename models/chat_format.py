"""How a model wants to be spoken to: its own template, rendered once, in a process that may do nothing else.

A template is a program out of a file.  It is rendered with two marks in place of the system's and the user's words, in
a sandbox (jinja2's ImmutableSandboxedEnvironment) within a child process with limits on memory, time, files and output;
what stands around the marks is kept, and the template is never run on a document or a question.  One that fails, loops
or says only one of the two is passed over: first for the same template without a system's turn, then for ChatML.

The child: `python -m models.chat_format`, JSON in, JSON out.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

_SYSTEM, _USER = "greffier4systeme7", "greffier4usager9"
_MOST_TEMPLATE = 1 << 18  # characters
_MOST_RENDERED = 1 << 16
_MEMORY_BYTES = 512 << 20
_CPU_SECONDS = 3
_SECONDS = 60.0


class Tokenize(Protocol):
    """As llama_cpp's: `special` reads the spelling of control tokens as the tokens themselves."""

    def __call__(self, text: bytes, *, add_bos: bool, special: bool) -> list[int]: ...


@dataclass(frozen=True, slots=True)
class ChatFormat:
    """A prompt is `before`, the system's words, `between`, the user's words, `after`."""

    before: str
    between: str
    after: str
    stops: tuple[str, ...] = ()
    origin: str = "template"  # "template": the file's own; "merged": its own, the system's words in the user's turn
    detail: str = ""  # why not the file's own

    def tokens(self, tokenize: Tokenize, system: str, user: str, *, bos: str = "") -> list[int]:
        """The prompt.  Control tokens come from the format alone: spelt in a document or a question they are text."""
        has_bos = bool(bos) and self.before.startswith(bos)
        return [
            *tokenize(self.before.encode(), add_bos=not has_bos, special=True),
            *tokenize(system.strip().encode(), add_bos=False, special=False),
            *tokenize(self.between.encode(), add_bos=False, special=True),
            *tokenize(user.strip().encode(), add_bos=False, special=False),
            *tokenize(self.after.encode(), add_bos=False, special=True),
        ]


def plain(detail: str = "") -> ChatFormat:
    """ChatML, which most models have seen."""
    return ChatFormat(
        "<|im_start|>system\n",
        "<|im_end|>\n<|im_start|>user\n",
        "<|im_end|>\n<|im_start|>assistant\n",
        ("<|im_end|>", "<|im_start|>"),
        "plain",
        detail,
    )


def format_of(template: str, *, bos: str = "", eos: str = "") -> ChatFormat:
    """The format of a template, worked out in a child process; `plain` where there is none or it does not work."""
    if not template:
        return plain("no template")
    if len(template) > _MOST_TEMPLATE:
        return plain(f"template of {len(template)} characters")
    asked = json.dumps({"template": template, "bos": bos, "eos": eos})
    try:
        done = subprocess.run(
            [sys.executable, "-m", "models.chat_format"],
            input=asked,
            cwd=Path(__file__).resolve().parents[1],
            env={"PATH": os.environ.get("PATH", "")},
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        answer = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return plain("the template does not end, or takes too much memory")
    if "failed" in answer:
        return plain(answer["failed"])
    return ChatFormat(**{**answer, "stops": tuple(answer["stops"])})


def _render(template: str, messages: Sequence[dict[str, str]], bos: str, eos: str) -> str:
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    def refuse(message: str) -> None:
        raise ValueError(message)

    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols", _generation_tag()]
    )
    environment.filters["tojson"] = lambda value, **options: json.dumps(value, ensure_ascii=False, **options)
    rendered = environment.from_string(template).render(
        messages=list(messages),
        bos_token=bos,
        eos_token=eos,
        add_generation_prompt=True,
        enable_thinking=False,
        thinking=False,
        tools=None,
        raise_exception=refuse,
        strftime_now=lambda form: datetime.now().strftime(form),
    )
    if len(rendered) > _MOST_RENDERED:
        raise ValueError(f"{len(rendered)} characters")
    return rendered


def _generation_tag() -> Any:
    """The tag `{% generation %}` of training templates: what it holds is rendered as it stands."""
    from jinja2.ext import Extension

    class Generation(Extension):
        tags = frozenset({"generation"})  # type: ignore[assignment]

        def parse(self, parser: Any) -> Any:
            parser.stream.skip(1)
            return parser.parse_statements(("name:endgeneration",), drop_needle=True)

    return Generation


def _work_out(template: str, bos: str, eos: str) -> dict[str, Any]:
    user = {"role": "user", "content": _USER}
    failed = ""
    for origin, messages in (("template", [{"role": "system", "content": _SYSTEM}, user]), ("merged", [user])):
        try:
            rendered = _render(template, messages, bos, eos)
        except Exception as error:  # whatever a template raises
            failed = failed or f"{type(error).__name__}: {error}"[:300]
            continue
        before, _, after = rendered.partition(_USER)
        if rendered.count(_USER) != 1:
            failed = failed or "the user's words are not in it once"
        elif origin == "merged":
            return asdict(ChatFormat(before, "\n\n", after, (), origin, failed))
        elif before.count(_SYSTEM) == 1:
            before, _, between = before.partition(_SYSTEM)
            return asdict(ChatFormat(before, between, after))
        else:
            failed = failed or "the system's words are not in it once, before the user's"
    return {"failed": failed}


def main() -> None:
    asked = json.loads(sys.stdin.read())
    _render("{{ messages }}", [], "", "")  # what is imported is imported before the limits
    for limit, most in (
        (resource.RLIMIT_AS, _MEMORY_BYTES),
        (resource.RLIMIT_CPU, _CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))
    try:
        answer = _work_out(asked["template"], asked["bos"], asked["eos"])
    except MemoryError:
        answer = {"failed": "MemoryError"}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
