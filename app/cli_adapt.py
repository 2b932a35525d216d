"""The verb `adapt`: an embedder of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.console import Json, configured_house, print_json, reports_failures, say, settings


@reports_failures
def adapt(
    collection: Annotated[str, typer.Option("--collection", "-c", help="Collection dont apprendre.")] = "",
    questions: Annotated[Path | None, typer.Option(help="Questions de l'archiviste, une par ligne, en JSON.")] = None,
    minutes: Annotated[float, typer.Option(min=0.1, max=1440, help="Durée de l'apprentissage, au plus.")] = 20,
    back: Annotated[bool, typer.Option("--undo", help="Revient au modèle d'avant la dernière adaptation.")] = False,
    as_json: Json = False,
) -> None:
    """Apprend le vocabulaire d'une collection au modèle de recherche ; rien n'est activé qui ne gagne pas."""
    from app.adaptation import adapt as learn
    from app.adaptation import undo
    from app.cli_ask import readable_or_refused
    from app.errors import NoCollection
    from app.evaluation import read_questions
    from app.messages import text
    from app.steps import steps_on_terminal
    from ingest.pipeline import interrupted_by_termination

    chosen = settings()
    told = steps_on_terminal(chosen.language)
    if back:
        name = undo(chosen, told)
        say(text(chosen.language, "adapt.undone", name=name))
        if as_json:
            print_json({"activated": True, "model": name})
        return
    if not collection:
        raise NoCollection
    asked = read_questions(questions) if questions else []
    house = configured_house(prepared=True)
    readable_or_refused(house, [collection])
    with interrupted_by_termination():  # so that no half of a model is left behind
        adapted = learn(house, collection, asked, minutes=minutes, told=told)
    compared = adapted.outcome.comparison
    say(
        text(
            chosen.language,
            "adapt.won" if adapted.model else "adapt.lost",
            name=adapted.model,
            before=f"{compared.before:.3f}",
            after=f"{compared.after:.3f}",
            queries=compared.queries,
        )
    )
    if as_json:
        print_json(adapted.as_json())
