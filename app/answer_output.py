"""An answer on a terminal."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from app.assistant.events import CertifiedSentence, Citation, Finished, Quoted
from app.messages import text
from app.shown import shown
from app.validity import validity_notice


def print_answer(answer: Finished, language: str, quoted: Quoted | None = None) -> None:
    """`quoted`: the quotations that came first; those which a written answer does not cite follow it."""
    _print(answer.kind, answer.sentences, answer.citations, language)
    if answer.withheld:
        typer.echo(text(language, "cli.withheld", count=answer.withheld))
    if others := answer.beside(quoted):
        _print("quoted", others.sentences, others.citations, language)
    if answer.kind == "refused":
        for title, path in dict.fromkeys((hit.document.title, hit.document.path) for hit in answer.hits[:3]):
            typer.echo(shown(text(language, "cli.closest", title=title, path=path)))


def _print(kind: str, sentences: Sequence[CertifiedSentence], citations: Sequence[Citation], language: str) -> None:
    typer.echo(text(language, f"cli.{kind}"))
    for sentence in sentences:
        markers = "".join(f"[{marker}]" for marker in sentence.markers)
        typer.echo(f"  {_words(sentence)} {markers}")
    for citation in citations:
        place = (
            f"{citation.document.title} ({citation.document.collection}/{citation.document.path}), p. {citation.label}"
        )
        typer.echo(f"[{citation.marker}] {shown(place)}")
        if notice := validity_notice(citation.document, language):
            typer.echo(f"     ! {shown(notice)}")
        if " ".join(citation.quote.split()) not in {" ".join(one.text.split()) for one in sentences}:
            typer.echo(f"     « {' '.join(shown(citation.quote).split())} »")


def _words(sentence: CertifiedSentence) -> str:
    """On one line, with what the question asks for in bold; a file or a pipe gets the words alone."""
    start, end = sentence.mark or (0, 0)
    parts = [shown(part) for part in (sentence.text[:start], sentence.text[start:end], sentence.text[end:])]
    if parts[1]:
        parts[1] = typer.style(parts[1], bold=True)
    return " ".join("".join(parts).split())
