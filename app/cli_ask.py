"""The verbs that ask: search, ask, evaluate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli_filters import (
    Author,
    Confidentiality,
    DatedFrom,
    DatedUntil,
    Documents,
    InForceOn,
    Kinds,
    Language,
    Reference,
    Service,
    filter_of,
)
from app.console import Json, configured_house, print_json, reports_failures
from app.shown import shown

if TYPE_CHECKING:
    from app.bootstrap import House

Collections = Annotated[
    list[str] | None, typer.Option("--collection", "-c", help="Collection (répétable) ; toutes par défaut.")
]


@reports_failures
def search(
    text: Annotated[str, typer.Argument(help="Ce que l'on cherche.")],
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="Nombre de passages.")] = 10,
    collection: Collections = None,
    document: Documents = None,
    kind: Kinds = None,
    service: Service = "",
    author: Author = "",
    reference: Reference = "",
    confidentiality: Confidentiality = "",
    language: Language = "",
    in_force_on: InForceOn = "",
    dated_from: DatedFrom = "",
    dated_until: DatedUntil = "",
    as_json: Json = False,
) -> None:
    """Cherche des passages, par mots et par sens."""
    import time

    from app.assistant.events import Question
    from app.assistant.retrieve import retrieve
    from app.json_output import search_json

    asked = _asked(text)
    only = filter_of(
        documents=document, kinds=kind, service=service, author=author, reference=reference,
        confidentiality=confidentiality, language=language, in_force_on=in_force_on,
        dated_from=dated_from, dated_until=dated_until,
    )  # fmt: skip
    house = configured_house()
    question = Question(asked, readable_or_refused(house, collection), only=only)
    started = time.perf_counter()
    hits = retrieve(question, house.index, house.embedder, house.reranker, k=k)
    elapsed_ms = (time.perf_counter() - started) * 1000
    if as_json:
        print_json(search_json(text, question.collections, elapsed_ms, hits))
        return
    for rank, hit in enumerate(hits, start=1):
        place = shown(f"{hit.document.title} ({hit.document.path})")
        typer.echo(f"{rank:2}. {place}, p. {hit.page}  [{hit.score:.3f}]")
        typer.echo(f"    {' '.join(shown(hit.text).split())[:200]}")


@reports_failures
def ask(
    text: Annotated[str, typer.Argument(help="La question.")],
    collection: Collections = None,
    document: Documents = None,
    kind: Kinds = None,
    service: Service = "",
    author: Author = "",
    reference: Reference = "",
    confidentiality: Confidentiality = "",
    language: Language = "",
    in_force_on: InForceOn = "",
    dated_from: DatedFrom = "",
    dated_until: DatedUntil = "",
    as_json: Json = False,
) -> None:
    """Répond à une question ; chaque phrase porte sa source, ou la réponse est refusée."""
    from app.answer_output import print_answer
    from app.assistant.events import Finished, Question, Quoted
    from app.json_output import answer_json

    asked = _asked(text)
    only = filter_of(
        documents=document, kinds=kind, service=service, author=author, reference=reference,
        confidentiality=confidentiality, language=language, in_force_on=in_force_on,
        dated_from=dated_from, dated_until=dated_until,
    )  # fmt: skip
    house = configured_house()
    question = Question(asked, readable_or_refused(house, collection), only=only)
    events = list(house.assistant.answer(question))
    quoted = next((one for one in events if isinstance(one, Quoted)), None)
    finished = events[-1]
    assert isinstance(finished, Finished)
    if as_json:
        print_json(answer_json(finished))
    else:
        print_answer(finished, house.settings.language, quoted)
    house.close()


@reports_failures
def evaluate(
    questions: Annotated[Path, typer.Argument(help="Questions, une par ligne, en JSON.")],
    collection: Collections = None,
    retrieval_only: Annotated[bool, typer.Option("--retrieval-only", help="Sans les réponses.")] = False,
    as_json: Json = False,
) -> None:
    """Mesure la recherche et les réponses sur un fichier de questions."""
    import sys

    from rich.console import Console
    from rich.progress import track

    from app.evaluation import evaluate as measure
    from app.evaluation import figures_table, read_questions

    asked = read_questions(questions)
    house = configured_house()
    console = Console(stderr=True, quiet=not sys.stderr.isatty())
    ticks = iter(track(range(len(asked)), description=questions.name, console=console))
    figures = measure(
        house,
        asked,
        readable_or_refused(house, collection),
        retrieval_only=retrieval_only,
        tick=lambda: next(ticks, None),
    )
    next(ticks, None)
    if as_json:
        print_json(figures)
    else:
        typer.echo(figures_table(figures))
    house.close()


def _asked(text: str) -> str:
    from app.errors import EmptyQuestion

    if not text.strip():
        raise EmptyQuestion
    return text


def readable_or_refused(house: House, wanted: list[str] | None) -> frozenset[str]:
    """The collections to search; one that is not there and one that may not be read are refused alike."""
    from app.access import LOCAL_USER
    from app.errors import NoSuchCollection

    readable = house.readable(LOCAL_USER)
    for name in wanted or ():
        if name not in readable:
            raise NoSuchCollection(name=name)
    return frozenset(wanted) if wanted else readable
