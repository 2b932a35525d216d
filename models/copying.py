"""Copies of model files in the data directory: whole and flushed, or not there at all."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from models.errors import CannotCopy, NoRoom, OtherHash
from models.fingerprint import BLOCK_BYTES, Told
from models.folders import WEIGHTS, files_of
from models.protocols import ModelCard

_MB = 1_000_000


def copied(card: ModelCard, folder: Path, told: Told | None = None) -> ModelCard:
    """The card of a copy in `folder`: a file `<name>.gguf`, or a folder `<name>`.  One that lies there already stays.

    Raises NoRoom, CannotCopy, OtherHash when the medium gives other bytes than the first time; nothing is then left.
    """
    source = Path(card.path)
    if source.resolve().is_relative_to(folder.resolve()):
        return card
    is_folder = source.name == WEIGHTS
    files = list(files_of(source.parent)) if is_folder else [source]
    target = folder / card.name if is_folder else folder / f"{card.name}.gguf"
    root = source.parent
    with _aside(target, sum(one.stat().st_size for one in files)) as aside:
        for one in files:
            place = aside / one.relative_to(root) if is_folder else aside
            place.parent.mkdir(parents=True, exist_ok=True)
            found = _copy(one, place, told if one == source else None)
            if one == source and found != card.sha256:
                raise OtherHash(path=one, expected=card.sha256, found=found)
    return replace(card, path=str((target / WEIGHTS if is_folder else target).absolute()))


@contextmanager
def _aside(target: Path, size: int) -> Iterator[Path]:
    """A place beside the target that takes its place at the end, or is gone."""
    aside = target.with_name(f"{target.name}.aside")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(target.parent).free
        if size > free:
            raise NoRoom(path=target.parent, needed_mb=size // _MB, free_mb=free // _MB)
        _remove(aside)
        yield aside
        _remove(target)
        aside.replace(target)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            free = shutil.disk_usage(target.parent).free
            raise NoRoom(path=target.parent, needed_mb=size // _MB, free_mb=free // _MB) from error
        raise CannotCopy(path=target, detail=error.strerror or error) from error
    finally:
        _remove(aside)


def _copy(source: Path, target: Path, told: Told | None) -> str:
    """sha256 of what was read."""
    digest = hashlib.sha256()
    size, done = source.stat().st_size, 0
    with source.open("rb") as taken, target.open("wb") as given:
        while block := taken.read(BLOCK_BYTES):
            digest.update(block)
            given.write(block)
            done += len(block)
            if told is not None:
                told(min(1.0, done / size))
        given.flush()
        os.fsync(given.fileno())
    return digest.hexdigest()


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
