"""An answer on a terminal."""

from __future__ import annotations

import typer

from app.assistant.events import Finished
from app.messages import text
from app.validity import validity_notice


def print_answer(answer: Finished, language: str) -> None:
    typer.echo(text(language, f"cli.{answer.kind}"))
    for sentence in answer.sentences:
        markers = "".join(f"[{marker}]" for marker in sentence.markers)
        typer.echo(f"  {' '.join(sentence.text.split())} {markers}")
    for citation in answer.citations:
        place = (
            f"{citation.document.title} ({citation.document.collection}/{citation.document.path}), p. {citation.label}"
        )
        typer.echo(f"[{citation.marker}] {place}")
        if notice := validity_notice(citation.document, language):
            typer.echo(f"     ! {notice}")
        if " ".join(citation.quote.split()) not in {" ".join(one.text.split()) for one in answer.sentences}:
            typer.echo(f"     « {' '.join(citation.quote.split())} »")
    if answer.withheld:
        typer.echo(text(language, "cli.withheld", count=answer.withheld))
    if answer.kind == "refused":
        for title, path in dict.fromkeys((hit.document.title, hit.document.path) for hit in answer.hits[:3]):
            typer.echo(text(language, "cli.closest", title=title, path=path))
