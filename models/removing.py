"""Taking a model off the record, and its file with it where that is Greffier's own copy."""

from __future__ import annotations

import shutil
from pathlib import Path

from models.errors import FileElsewhere, PackagedModel
from models.folders import WEIGHTS
from models.protocols import ModelCard
from models.registry import card_named, is_packaged, registered, unregister


def remove(data_dir: Path, name: str, *, delete_file: bool = False) -> ModelCard:
    """The card that was taken off.  Raises NoSuchModel, PackagedModel (exit 2), FileElsewhere (exit 3).

    A file that another card names stays, whatever was asked.
    """
    cards = registered(data_dir)
    card = card_named(cards, name)
    if is_packaged(name):
        raise PackagedModel(name=name)
    path = Path(card.path)
    if delete_file:
        _check_inside(path, data_dir / "models")
    unregister(data_dir, name)
    if delete_file and not any(one.path == card.path for one in cards if one.name != name):
        if path.name == WEIGHTS:
            shutil.rmtree(path.parent, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return card


def _check_inside(path: Path, folder: Path) -> None:
    """A folder of weights is deleted whole: it must be one of its own, below the folder of models."""
    whole = path.parent if path.name == WEIGHTS else path
    inside = folder.resolve()
    if whole.is_symlink() or whole.resolve() == inside or not whole.resolve().is_relative_to(inside):
        raise FileElsewhere(path=path)
