"""What there is, and whether it is sound."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import typer

from app.messages import describe

if TYPE_CHECKING:
    from app.bootstrap import House


def status_json(house: House) -> dict[str, Any]:
    from models.registry import registered

    return {
        "data_dir": str(house.settings.data_dir),
        "counter": house.index.counter(),
        "collections": [asdict(one) for one in house.index.collections()],
        "embedder": asdict(house.embedder.identity),
        "models": [asdict(card) for card in registered(house.settings.data_dir)],
    }


def print_status(condition: dict[str, Any]) -> None:
    embedder = condition["embedder"]
    typer.echo(f"{condition['data_dir']}  #{condition['counter']}")
    typer.echo(f"{embedder['name']}  {embedder['precision']}  {embedder['instruction_set']}")
    for one in condition["collections"]:
        typer.echo(f"  {one['name']}: {one['documents']} documents, {one['pages']} pages, {one['passages']} passages")
    for card in condition["models"]:
        typer.echo(f"  {card['name']} ({card['role']}, {', '.join(card['languages'])}, {card['licence']})")


def check_json(house: House) -> dict[str, Any]:
    """Every problem of the index, then every model whose file is no longer the one on record."""
    from models.errors import ModelFailure
    from models.registry import registered, verify

    found = [(one.code, dict(one.parameters)) for one in house.index.check()]
    for card in registered(house.settings.data_dir):
        try:
            verify(card)
        except ModelFailure as failure:
            found.append((failure.code, failure.parameters))
    language = house.settings.language
    problems = []
    for code, parameters in found:
        reason, remedy = describe(language, code, parameters)
        problems.append({"code": code, "reason": reason, "remedy": remedy})
    return {"sound": not problems, "problems": problems}
