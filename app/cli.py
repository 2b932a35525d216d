"""The command line: each verb reads its input, calls one thing and prints."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli_filters import DatedFrom, DatedUntil, Documents, InForceOn, Kinds, Service, filter_of
from app.cli_models import models_app
from app.console import Exit, print_json, reports_failures, say, settings

if TYPE_CHECKING:
    from app.bootstrap import House

app = typer.Typer(
    name="greffier",
    help="Assistant documentaire auto-hébergé : chaque phrase est certifiée, rien ne quitte la machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
collections_app = typer.Typer(help="Collections : liste et contenu.", no_args_is_help=True)
app.add_typer(models_app, name="models")
app.add_typer(collections_app, name="collections")

Json = Annotated[bool, typer.Option("--json", help="Un document JSON sur la sortie standard.")]
Workers = Annotated[int | None, typer.Option(min=1, max=64, help="Processus de lecture ; un par cœur par défaut.")]
Collections = Annotated[
    list[str] | None, typer.Option("--collection", "-c", help="Collection (répétable) ; toutes par défaut.")
]


@app.command()
@reports_failures
def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Dossiers ou fichiers à ingérer.")],
    collection: Annotated[str, typer.Option("--collection", "-c", help="Nom de la collection.")],
    prune: Annotated[bool, typer.Option("--prune", help="Retire les documents dont le fichier a disparu.")] = False,
    retry: Annotated[bool, typer.Option("--retry", help="Relit aussi les fichiers en quarantaine.")] = False,
    reread: Annotated[bool, typer.Option("--reread", help="Relit tout, même inchangé.")] = False,
    workers: Workers = None,
    as_json: Json = False,
) -> None:
    """Lit des dossiers, les découpe en passages, les vectorise et les met à disposition de la recherche."""
    import sys

    from app.ingestion import exit_code, ingest_paths, options_of, print_report
    from ingest.progress import progress_for

    house = _house(prepared=True)
    options = options_of(house.settings, prune=prune, retry=retry, reread=reread, workers=workers)
    report = ingest_paths(house, paths, collection, options=options, progress=progress_for(sys.stderr))
    print_report(report, house.settings.language, as_json=as_json)
    raise typer.Exit(exit_code(report))


@app.command()
@reports_failures
def watch(
    paths: Annotated[list[Path], typer.Argument(help="Dossiers à surveiller.")],
    collection: Annotated[str, typer.Option("--collection", "-c", help="Nom de la collection.")],
    prune: Annotated[bool, typer.Option("--prune", help="Retire les documents dont le fichier a disparu.")] = False,
    workers: Workers = None,
) -> None:
    """Ingère des dossiers, puis de nouveau à chaque changement, jusqu'à interruption."""
    from app.ingestion import options_of
    from app.watching import watch_folders

    house = _house(prepared=True)
    watch_folders(house, paths, collection, options_of(house.settings, prune=prune, workers=workers))


@app.command()
@reports_failures
def search(
    text: Annotated[str, typer.Argument(help="Ce que l'on cherche.")],
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="Nombre de passages.")] = 10,
    collection: Collections = None,
    document: Documents = None,
    kind: Kinds = None,
    service: Service = "",
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

    house = _house()
    only = filter_of(document, kind, service, in_force_on, dated_from, dated_until)
    question = Question(_asked(text), _readable(house, collection), only=only)
    started = time.perf_counter()
    hits = retrieve(question, house.index, house.embedder, k=k)
    elapsed_ms = (time.perf_counter() - started) * 1000
    if as_json:
        print_json(search_json(text, question.collections, elapsed_ms, hits))
        return
    for rank, hit in enumerate(hits, start=1):
        typer.echo(f"{rank:2}. {hit.document.title} ({hit.document.path}), p. {hit.page}  [{hit.score:.3f}]")
        typer.echo(f"    {' '.join(hit.text.split())[:200]}")


@app.command()
@reports_failures
def ask(
    text: Annotated[str, typer.Argument(help="La question.")],
    collection: Collections = None,
    document: Documents = None,
    kind: Kinds = None,
    service: Service = "",
    in_force_on: InForceOn = "",
    dated_from: DatedFrom = "",
    dated_until: DatedUntil = "",
    as_json: Json = False,
) -> None:
    """Répond à une question ; chaque phrase porte sa source, ou la réponse est refusée."""
    from app.answer_output import print_answer
    from app.assistant.events import Question
    from app.json_output import answer_json

    house = _house()
    only = filter_of(document, kind, service, in_force_on, dated_from, dated_until)
    finished = house.assistant.finish(Question(_asked(text), _readable(house, collection), only=only))
    if as_json:
        print_json(answer_json(finished))
    else:
        print_answer(finished, house.settings.language)
    house.close()


@app.command()
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

    house = _house()
    asked = read_questions(questions)
    console = Console(stderr=True, quiet=not sys.stderr.isatty())
    ticks = iter(track(range(len(asked)), description=questions.name, console=console))
    figures = measure(
        house, asked, _readable(house, collection), retrieval_only=retrieval_only, tick=lambda: next(ticks, None)
    )
    next(ticks, None)
    if as_json:
        print_json(figures)
    else:
        typer.echo(figures_table(figures))
    house.close()


@app.command()
@reports_failures
def serve(
    host: Annotated[str | None, typer.Option(help="Adresse d'écoute ; la machine seule par défaut.")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Port d'écoute.")] = None,
) -> None:
    """Sert la page, l'interface de programmation et l'état de santé, sur un seul port."""
    from app.server import serve as serve_forever

    chosen = settings()
    serve_forever(host or chosen.host, port or chosen.port)


@app.command()
@reports_failures
def status(as_json: Json = False) -> None:
    """Dit ce que contient ce répertoire de données et ce qui le sert."""
    from app.condition import print_status, status_json

    condition = status_json(_house())
    if as_json:
        print_json(condition)
    else:
        print_status(condition)


@app.command()
@reports_failures
def check(as_json: Json = False) -> None:
    """Vérifie le catalogue, la génération et les modèles ; sort en 4 si quelque chose est cassé."""
    from app.condition import check_json

    found = check_json(_house())
    if as_json:
        print_json(found)
    for problem in found["problems"]:
        say(f"{problem['reason']} {problem['remedy']}".strip())
    if found["problems"]:
        raise typer.Exit(Exit.BROKEN)


@app.command()
@reports_failures
def rebuild(as_json: Json = False) -> None:
    """Refait les index depuis le catalogue ; ne vectorise que si le modèle a changé."""
    from ingest.embedding import embed_what_is_missing

    house = _house(prepared=True)
    with house.index.writer():
        embed_what_is_missing(house.index, house.embedder)
        house.index.rebuild()
    if as_json:
        print_json({"generation": house.index.counter()})


@collections_app.command("list")
@reports_failures
def list_collections(as_json: Json = False) -> None:
    """Liste les collections lisibles."""
    from dataclasses import asdict

    from app.access import LOCAL_USER

    house = _house()
    readable = house.readable(LOCAL_USER)
    found = [one for one in house.index.collections() if one.name in readable]
    if as_json:
        print_json({"collections": [asdict(one) for one in found]})
        return
    for one in found:
        typer.echo(f"{one.name}: {one.documents} documents, {one.pages} pages, {one.passages} passages")


def main() -> None:
    app()


def _house(*, prepared: bool = False) -> House:
    from app.bootstrap import open_house

    return open_house(settings(), prepared=prepared)


def _asked(text: str) -> str:
    from app.errors import EmptyQuestion

    if not text.strip():
        raise EmptyQuestion
    return text


def _readable(house: House, wanted: list[str] | None) -> frozenset[str]:
    """The collections to search; one that is not there and one that may not be read are refused alike."""
    from app.access import LOCAL_USER
    from app.errors import NoSuchCollection

    readable = house.readable(LOCAL_USER)
    for name in wanted or ():
        if name not in readable:
            raise NoSuchCollection(name=name)
    return frozenset(wanted) if wanted else readable


if __name__ == "__main__":
    main()
