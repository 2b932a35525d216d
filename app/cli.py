"""The command line: each verb reads its input, calls one thing and prints."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.cli_adapt import adapt
from app.cli_ask import ask, evaluate, search
from app.cli_calibrate import calibrate
from app.cli_models import models_app
from app.console import Exit, Json, configured_house, print_json, reports_failures, say, settings

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

Name = Annotated[str, typer.Option("--collection", "-c", help="Nom de la collection.")]
Prune = Annotated[bool, typer.Option("--prune", help="Retire les documents dont le fichier a disparu.")]
RetryFailed = Annotated[bool, typer.Option("--retry", help="Relit aussi les fichiers en quarantaine.")]
Workers = Annotated[int | None, typer.Option(min=1, max=64, help="Processus de lecture ; un par cœur par défaut.")]


@app.command()
@reports_failures
def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Dossiers ou fichiers à ingérer.")],
    collection: Name,
    prune: Prune = False,
    retry: RetryFailed = False,
    reread: Annotated[bool, typer.Option("--reread", help="Relit tout, même inchangé.")] = False,
    workers: Workers = None,
    as_json: Json = False,
) -> None:
    """Lit des dossiers, les découpe en passages, les vectorise et les met à disposition de la recherche."""
    from app.ingestion import exit_code, ingest_paths, options_of, print_report, progress_on_terminal
    from ingest.pipeline import check_wanted

    check_wanted(paths, collection)
    house = configured_house(prepared=True)
    language = house.settings.language
    options = options_of(house.settings, prune=prune, retry=retry, reread=reread, workers=workers)
    report = ingest_paths(house, paths, collection, options=options, progress=progress_on_terminal(language))
    print_report(report, language, as_json=as_json)
    raise typer.Exit(exit_code(report))


@app.command()
@reports_failures
def watch(
    paths: Annotated[list[Path], typer.Argument(help="Dossiers à surveiller.")],
    collection: Name,
    prune: Prune = False,
    retry: RetryFailed = False,
    workers: Workers = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Un document JSON par passage, un par ligne, sur la sortie standard.")
    ] = False,
) -> None:
    """Ingère des dossiers, puis de nouveau à chaque changement, jusqu'à interruption."""
    from app.ingestion import check_folders, options_of
    from app.watching import watch_folders

    check_folders(paths, collection)
    house = configured_house(prepared=True)
    options = options_of(house.settings, prune=prune, retry=retry, workers=workers)
    watch_folders(house, paths, collection, options, as_json=as_json)


for verb in (search, ask, evaluate, adapt, calibrate):
    app.command()(verb)


@app.command()
@reports_failures
def serve(
    host: Annotated[str | None, typer.Option(help="Adresse d'écoute ; la machine seule par défaut.")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Port d'écoute.")] = None,
) -> None:
    """Sert la page, l'interface de programmation et l'état de santé, sur un seul port."""
    from app.bootstrap import remote_card
    from app.server import serve as serve_forever

    chosen = settings()
    remote_card(chosen)  # refused now rather than at the first question
    serve_forever(host or chosen.host, port or chosen.port)


@app.command()
@reports_failures
def status(as_json: Json = False) -> None:
    """Dit ce que contient ce répertoire de données et ce qui le sert."""
    from app.condition import print_status, status_json

    condition = status_json(configured_house())
    if as_json:
        print_json(condition)
    else:
        print_status(condition)


@app.command()
@reports_failures
def check(as_json: Json = False) -> None:
    """Vérifie le catalogue, la génération et les modèles ; sort en 4 si quelque chose est cassé."""
    from app.condition import check_json

    found = check_json(configured_house())
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

    house = configured_house(prepared=True)
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

    house = configured_house()
    readable = house.readable(LOCAL_USER)
    found = [one for one in house.index.collections() if one.name in readable]
    if as_json:
        print_json({"collections": [asdict(one) for one in found]})
        return
    for one in found:
        typer.echo(f"{one.name}: {one.documents} documents, {one.pages} pages, {one.passages} passages")


def main() -> None:
    app()


if __name__ == "__main__":
    main()
