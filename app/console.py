"""What every verb of the command line shares: JSON on standard output, words on standard error, exit codes."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from enum import IntEnum
from functools import wraps
from typing import TYPE_CHECKING, Annotated, Any, ParamSpec

import typer

from app.settings import Settings

if TYPE_CHECKING:
    from app.bootstrap import House

P = ParamSpec("P")
Json = Annotated[bool, typer.Option("--json", help="Un document JSON sur la sortie standard.")]


class Exit(IntEnum):
    DONE = 0
    LOOK = 1
    USAGE = 2
    REFUSED = 3
    BROKEN = 4


def print_json(document: Any, *, in_one_line: bool = False) -> None:
    """One JSON document on standard output; of several, each is one line."""
    typer.echo(json.dumps(document, ensure_ascii=False, indent=None if in_one_line else 2))
    sys.stdout.flush()


def say(line: str) -> None:
    """A line for a person, on standard error."""
    typer.echo(line, err=True)


def settings() -> Settings:
    """The settings, or the one that is wrong, named."""
    from pydantic import ValidationError

    from app.errors import BadSettings

    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "GREFFIER_" + "_".join(str(part) for part in first["loc"]).upper()
        raise BadSettings(name=name, value=first.get("input"), detail=first["msg"]) from error


def configured_house(*, prepared: bool = False) -> House:
    """The house of these settings; `prepared` to write embeddings.  Takes seconds: check what was asked first."""
    from app.bootstrap import house_of_process

    return house_of_process(settings(), prepared=prepared)


def reports_failures(verb: Callable[P, Any]) -> Callable[P, None]:
    """Turn the house's errors into one clear line and their exit code; anything else is a defect."""

    @wraps(verb)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        _tolerate_any_character()
        from app.errors import AppFailure
        from index.errors import IndexFailure
        from ingest.errors import IngestFailure
        from models.errors import ModelFailure

        try:
            verb(*args, **kwargs)
        except (AppFailure, IndexFailure, IngestFailure, ModelFailure) as failure:
            _tell(failure, as_json=bool(kwargs.get("as_json")))
            raise typer.Exit(failure.exit_code) from failure
        except KeyboardInterrupt:
            raise typer.Exit(130) from None

    return run


def _tell(failure: Any, *, as_json: bool) -> None:
    from app.errors import BadSettings
    from app.messages import describe

    language = "fr" if isinstance(failure, BadSettings) else settings().language
    reason, remedy = describe(language, failure.code, failure.parameters)
    say(f"greffier: {reason} {remedy}".strip())
    if as_json:
        print_json({"error": failure.code, "reason": reason, "remedy": remedy})


def _tolerate_any_character() -> None:
    """A file name in broken UTF-8 is shown escaped; it never ends a run."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
