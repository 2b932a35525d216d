"""An answer on a terminal."""

from __future__ import annotations

import typer

from app.assistant.events import CertifiedSentence, Finished
from app.messages import text
from app.shown import shown
from app.validity import validity_notice


def print_answer(answer: Finished, language: str) -> None:
    typer.echo(text(language, f"cli.{answer.kind}"))
    for sentence in answer.sentences:
        markers = "".join(f"[{marker}]" for marker in sentence.markers)
        typer.echo(f"  {_words(sentence)} {markers}")
    for citation in answer.citations:
        place = (
            f"{citation.document.title} ({citation.document.collection}/{citation.document.path}), p. {citation.label}"
        )
        typer.echo(f"[{citation.marker}] {shown(place)}")
        if notice := validity_notice(citation.document, language):
            typer.echo(f"     ! {shown(notice)}")
        if " ".join(citation.quote.split()) not in {" ".join(one.text.split()) for one in answer.sentences}:
            typer.echo(f"     « {' '.join(shown(citation.quote).split())} »")
    if answer.withheld:
        typer.echo(text(language, "cli.withheld", count=answer.withheld))
    if answer.kind == "refused":
        for title, path in dict.fromkeys((hit.document.title, hit.document.path) for hit in answer.hits[:3]):
            typer.echo(shown(text(language, "cli.closest", title=title, path=path)))


def _words(sentence: CertifiedSentence) -> str:
    """On one line, with what the question asks for in bold; a file or a pipe gets the words alone."""
    start, end = sentence.mark or (0, 0)
    parts = [shown(part) for part in (sentence.text[:start], sentence.text[start:end], sentence.text[end:])]
    if parts[1]:
        parts[1] = typer.style(parts[1], bold=True)
    return " ".join("".join(parts).split())
