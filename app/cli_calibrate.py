"""The verb `calibrate`: when to refuse."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.cli_ask import Collections
from app.console import Json, configured_house, print_json, reports_failures, say, settings


@reports_failures
def calibrate(
    questions: Annotated[Path | None, typer.Argument(help="Questions avec et sans réponse, en JSON.")] = None,
    collection: Collections = None,
    back: Annotated[bool, typer.Option("--undo", help="Revient à la mesure d'origine.")] = False,
    as_json: Json = False,
) -> None:
    """Ajuste le seuil de refus sur des questions avec et sans réponse ; rien n'est activé qui ne gagne pas."""
    from app.calibration import activate, deactivate
    from app.calibration import calibrate as fit
    from app.cli_ask import readable_or_refused
    from app.errors import NoQuestions
    from app.evaluation import read_questions
    from app.messages import text

    chosen = settings()
    if back:
        undone = deactivate(chosen.data_dir)
        say(text(chosen.language, "calibrate.undone" if undone else "calibrate.nothing"))
        if as_json:
            print_json({"activated": undone})
        return
    if questions is None:
        raise NoQuestions
    asked = read_questions(questions)
    house = configured_house()
    found = fit(house, asked, readable_or_refused(house, collection))
    if found.won:
        activate(chosen.data_dir, found, house.embedder.identity.sha256)
    say(
        text(
            chosen.language,
            "calibrate.won" if found.won else "calibrate.lost",
            before=f"{found.before:.2f}",
            after=f"{found.after:.2f}",
            count=found.answerable + found.silent,
        )
    )
    if as_json:
        print_json(found.as_json())
    house.close()
