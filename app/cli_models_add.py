"""The verb `models add`: one file, one folder of weights, or a medium with its list."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.console import Exit, Json, print_json, reports_failures, say, settings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.settings import Settings
    from models.adding import Added, Stated
    from models.errors import ModelFailure
    from models.protocols import Role


class RoleName(StrEnum):
    generator = "generator"
    embedder = "embedder"
    reranker = "reranker"


@reports_failures
def add_models(
    path: Annotated[
        Path,
        typer.Argument(help="Fichier GGUF, dossier avec model.safetensors, ou support avec manifest.toml."),
    ],
    name: Annotated[str, typer.Option(help="Nom du modèle ; celui du fichier par défaut.")] = "",
    licence: Annotated[str, typer.Option(help="Licence, si le fichier ne la dit pas.")] = "",
    publisher: Annotated[str, typer.Option(help="Éditeur.")] = "",
    country: Annotated[str, typer.Option(help="Pays de l'éditeur.")] = "",
    languages: Annotated[str, typer.Option(help="Langues, par exemple fr,en.")] = "",
    role: Annotated[RoleName | None, typer.Option(help="Rôle ; rédaction par défaut pour un fichier GGUF.")] = None,
    sha256: Annotated[str, typer.Option(help="Empreinte attendue : un autre fichier est refusé.")] = "",
    copy: Annotated[bool, typer.Option("--copy", help="Copie le fichier dans le répertoire de données.")] = False,
    as_json: Json = False,
) -> None:
    """Enregistre un modèle après l'avoir examiné ; d'un support avec manifest.toml, chacun de ceux qu'il liste."""
    from models.adding import Stated
    from models.manifest import MANIFEST

    chosen = settings()
    if (path / MANIFEST).is_file():
        _add_listed(path, chosen, as_json=as_json)
        return
    stated = Stated(name, _role(role), licence, publisher, country, languages_of(languages), sha256)
    added = _add(path, stated, chosen, copy=copy)
    _tell([added], chosen)
    if as_json:
        print_json(_json([added], [], chosen))
    raise typer.Exit(Exit.LOOK if added.reserves else Exit.DONE)


def languages_of(written: str) -> tuple[str, ...]:
    """Codes of ISO 639: "fr,en"."""
    codes = tuple(dict.fromkeys(one.strip().lower() for one in written.split(",") if one.strip()))
    for code in codes:
        if not (code.isascii() and code.isalpha() and len(code) in (2, 3)):
            raise typer.BadParameter(code, param_hint="--languages")
    return codes


def _role(role: RoleName | None) -> Role | None:
    return role.value if role else None


def _add(path: Path, stated: Stated, chosen: Settings, *, copy: bool) -> Added:
    from app.model_progress import progress_on_terminal
    from models.adding import add
    from models.memory import available

    return add(
        chosen.data_dir,
        path,
        stated,
        context_tokens=chosen.context_tokens,
        memory_there=available(),
        copy=copy,
        told=progress_on_terminal(stated.name or path.name, chosen.language),
    )


def _add_listed(folder: Path, chosen: Settings, *, as_json: bool) -> None:
    """Each model of the medium: one that is refused does not stop the others."""
    from app.messages import describe
    from models.errors import ModelFailure
    from models.manifest import read_manifest

    added: list[Added] = []
    refused: list[tuple[Path, ModelFailure]] = []
    for one in read_manifest(folder):
        try:
            added.append(_add(one.path, one.stated, chosen, copy=True))
        except ModelFailure as failure:
            say("greffier: " + " ".join(describe(chosen.language, failure.code, failure.parameters)))
            refused.append((one.path, failure))
    _tell(added, chosen)
    if as_json:
        print_json(_json(added, refused, chosen))
    if refused:
        codes = [failure.exit_code for _, failure in refused]
        raise typer.Exit(Exit.REFUSED if Exit.REFUSED in codes else codes[0])
    raise typer.Exit(Exit.LOOK if any(one.reserves for one in added) else Exit.DONE)


def _tell(added: Iterable[Added], chosen: Settings) -> None:
    from app.messages import describe, text

    for one in added:
        card = one.card
        languages = ", ".join(card.languages)
        said = {"name": card.name, "role": card.role, "languages": languages, "licence": card.licence}
        say(text(chosen.language, "model_list.added", **said, sha256=card.sha256))
        for reserve in one.reserves:
            say(" ".join(describe(chosen.language, reserve.code, reserve.parameters)))


def _json(
    added: Iterable[Added], refused: Iterable[tuple[Path, ModelFailure]], chosen: Settings
) -> dict[str, list[dict[str, Any]]]:
    from dataclasses import asdict

    from app.messages import describe

    def worded(code: str, parameters: dict[str, str]) -> dict[str, str]:
        reason, remedy = describe(chosen.language, code, parameters)
        return {"reason": reason, "remedy": remedy}

    return {
        "added": [asdict(one.card) for one in added],
        "warnings": [
            {"name": one.card.name, "code": reserve.code, **worded(reserve.code, reserve.parameters)}
            for one in added
            for reserve in one.reserves
        ],
        "refused": [
            {"file": str(path), "error": failure.code, **worded(failure.code, failure.parameters)}
            for path, failure in refused
        ],
    }
