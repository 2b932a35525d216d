"""The verbs about registered models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli_models_add import add_models
from app.console import Exit, Json, print_json, reports_failures, say, settings

if TYPE_CHECKING:
    from models.catalogue import Known

models_app = typer.Typer(help="Modèles enregistrés : ajout, vérification, choix, retrait.", no_args_is_help=True)
models_app.command("add")(add_models)

Name = Annotated[str, typer.Argument(help="Nom du modèle, tel que « models list » le donne.")]


@models_app.command("list")
@reports_failures
def list_models(
    check: Annotated[bool, typer.Option("--check", help="Relit chaque fichier en entier.")] = False,
    as_json: Json = False,
) -> None:
    """Liste les modèles enregistrés, dans l'ordre où ils sont choisis, avec l'état de leur fichier."""
    from app.model_rows import model_rows, row_line

    chosen = settings()
    rows = model_rows(chosen, thorough=check)
    if as_json:
        print_json({"models": [one.as_json() for one in rows]})
        return
    for one in rows:
        typer.echo(row_line(one, chosen.language))


@models_app.command("verify")
@reports_failures
def verify_models(as_json: Json = False) -> None:
    """Recalcule l'empreinte de chaque modèle ; sort en 3 si un fichier a changé."""
    from app.messages import describe
    from app.model_progress import progress_on_terminal
    from models.errors import ModelFailure
    from models.registry import registered, verify

    chosen = settings()
    verified: list[dict[str, str]] = []
    failed: list[dict[str, Any]] = []
    status = int(Exit.DONE)
    for card in registered(chosen.data_dir):
        try:
            verify(card, progress_on_terminal(card.name, chosen.language))
        except ModelFailure as failure:
            reason, remedy = describe(chosen.language, failure.code, failure.parameters)
            say(f"greffier: {reason} {remedy}")
            failed.append({"name": card.name, "error": failure.code, "reason": reason, "remedy": remedy})
            status = Exit.REFUSED if Exit.REFUSED in (status, failure.exit_code) else failure.exit_code
        else:
            verified.append({"name": card.name, "sha256": card.sha256})
            say(f"{card.name}: {card.sha256}")
    if as_json:
        print_json({"verified": verified, "failed": failed})
    raise typer.Exit(status)


@models_app.command("use")
@reports_failures
def use_model(name: Name, as_json: Json = False) -> None:
    """Préfère un modèle à tous les autres pour son rôle et ses langues."""
    from app.messages import describe, text
    from models.registry import embedder_card, registered, use

    chosen = settings()
    before = embedder_card(registered(chosen.data_dir)).name
    card = use(chosen.data_dir, name)
    rebuild = card.role == "embedder" and before != name
    languages = ", ".join(card.languages)
    say(text(chosen.language, "model_list.used", name=name, role=card.role, languages=languages))
    if rebuild:
        say(" ".join(describe(chosen.language, "models.reserve_rebuild", {"name": name})))
    if as_json:
        print_json({"used": name, "role": card.role, "languages": card.languages, "rebuild": rebuild})
    raise typer.Exit(Exit.LOOK if rebuild else Exit.DONE)


@models_app.command("remove")
@reports_failures
def remove_model(
    name: Name,
    delete_file: Annotated[
        bool, typer.Option("--delete-file", help="Supprime aussi le fichier, s'il est dans le répertoire de données.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Retire un modèle du registre ; son fichier reste, sauf avec --delete-file."""
    from pathlib import Path

    from app.messages import describe, text
    from models.registry import embedder_card, registered
    from models.removing import remove

    chosen = settings()
    before = embedder_card(registered(chosen.data_dir)).name
    card = remove(chosen.data_dir, name, delete_file=delete_file)
    after = embedder_card(registered(chosen.data_dir)).name
    deleted = delete_file and not Path(card.path).exists()
    say(text(chosen.language, "model_list.deleted" if deleted else "model_list.removed", name=name, path=card.path))
    if before != after:
        say(" ".join(describe(chosen.language, "models.reserve_rebuild", {"name": after})))
    if as_json:
        print_json({"removed": name, "path": card.path, "file_deleted": deleted, "rebuild": before != after})
    raise typer.Exit(Exit.LOOK if before != after else Exit.DONE)


@models_app.command("catalogue")
@reports_failures
def show_catalogue(
    memory: Annotated[float, typer.Option(min=0, help="Mémoire de la machine, en Go : ce qui y tient.")] = 0,
    as_json: Json = False,
) -> None:
    """Modèles ouverts connus pour le français, selon la machine ; rien n'est téléchargé."""
    from dataclasses import asdict

    from models.catalogue import catalogue

    chosen = settings()
    known = [one for one in catalogue(chosen.data_dir) if not memory or one.machine_gb <= memory]
    if as_json:
        print_json({"models": [asdict(one) for one in known]})
        return
    for one in known:
        typer.echo(_known_line(one, chosen.language))


def _known_line(one: Known, language: str) -> str:
    from app.messages import text

    publisher = f"{one.publisher} ({one.country})" if one.country else one.publisher
    machine = text(language, "model_list.machine", memory=one.memory_gb, cores=one.cores, machine=one.machine_gb)
    size = text(language, "model_list.parameters", count=one.parameters_b) if one.parameters_b else ""
    hashed = one.sha256 or text(language, "model_list.no_hash")
    parts = (one.name, one.role, publisher, one.licence, size, machine, f"sha256: {hashed}", one.note)
    return "  ".join(part for part in parts if part)
