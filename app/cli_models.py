"""The verbs about registered models."""

from __future__ import annotations

from typing import Annotated

import typer

from app.console import print_json, reports_failures, say, settings

models_app = typer.Typer(help="Modèles enregistrés : liste et vérification.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Un document JSON sur la sortie standard.")]


@models_app.command("list")
@reports_failures
def list_models(as_json: Json = False) -> None:
    """Liste les modèles enregistrés."""
    from dataclasses import asdict

    from models.registry import registered

    cards = registered(settings().data_dir)
    if as_json:
        print_json({"models": [asdict(card) for card in cards]})
        return
    for card in cards:
        typer.echo(f"{card.name}  {card.role}  {','.join(card.languages)}  {card.licence}  {card.sha256[:12]}")


@models_app.command("verify")
@reports_failures
def verify_models(as_json: Json = False) -> None:
    """Recalcule l'empreinte de chaque modèle ; sort en 3 si un fichier a changé."""
    from models.registry import registered, verify

    verified = []
    for card in registered(settings().data_dir):
        verify(card)
        verified.append({"name": card.name, "sha256": card.sha256})
        say(f"{card.name}: {card.sha256}")
    if as_json:
        print_json({"verified": verified})
