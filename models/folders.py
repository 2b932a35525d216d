"""Folders of sentence-transformers models: what must be in them, and what must not."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from models.errors import BadWeightsFolder

WEIGHTS = "model.safetensors"
_TOKENIZERS = ("tokenizer.json", "sentencepiece.bpe.model", "spiece.model", "vocab.txt")
_CARRIES_CODE = {".py", ".pyc", ".so", ".bin", ".pkl", ".pickle", ".pt", ".pth", ".ckpt", ".h5", ".npy", ".joblib"}
_MOST_FILES = 200
_MOST_SETTINGS_BYTES = 4 << 20
_DIMENSIONS = 384  # of the vectors that the index is made for


def is_weights_folder(path: Path) -> bool:
    return path.is_dir() and (path / WEIGHTS).is_file()


def check_folder(folder: Path, role: str) -> None:
    """Raises BadWeightsFolder: something is missing, would bring code, or gives another thing than the role asks."""
    files = list(files_of(folder))
    if not any((folder / one).is_file() for one in _TOKENIZERS):
        raise BadWeightsFolder(path=folder, detail="no tokenizer")
    for path in files:
        if path.suffix.lower() in _CARRIES_CODE:
            raise BadWeightsFolder(path=folder, detail=path.relative_to(folder))
    config = _settings(folder, "config.json", dict)
    if "auto_map" in config:
        raise BadWeightsFolder(path=folder, detail="config.json: auto_map")
    (_check_reranker if role == "reranker" else _check_embedder)(folder, config)


def files_of(folder: Path) -> Iterable[Path]:
    """Every file of the folder, none of them a link to elsewhere."""
    inside = folder.resolve()
    for number, path in enumerate(sorted(folder.rglob("*"))):
        if number >= _MOST_FILES:
            raise BadWeightsFolder(path=folder, detail=f"more than {_MOST_FILES} files")
        if not path.resolve().is_relative_to(inside):
            raise BadWeightsFolder(path=folder, detail=f"{path.name}: a link")
        if path.is_file():
            yield path


def _check_reranker(folder: Path, config: dict[str, Any]) -> None:
    labels = config.get("id2label")
    outputs = len(labels) if isinstance(labels, dict) else config.get("num_labels", 2)
    if outputs != 1:
        raise BadWeightsFolder(path=folder, detail=f"{outputs} outputs instead of one: no cross-encoder for reranking")


def _check_embedder(folder: Path, config: dict[str, Any]) -> None:
    modules = _settings(folder, "modules.json", list)
    kinds = [str(one.get("type", "")) if isinstance(one, dict) else "" for one in modules]
    if foreign := [one for one in kinds if not one.startswith("sentence_transformers.")]:
        raise BadWeightsFolder(path=folder, detail=f"modules.json: {foreign[0]!r}")
    if config.get("hidden_size") != _DIMENSIONS:
        raise BadWeightsFolder(
            path=folder, detail=f"vectors of {config.get('hidden_size')} dimensions instead of {_DIMENSIONS}"
        )


def _settings(folder: Path, name: str, kind: type) -> Any:
    path = folder / name
    try:
        if path.stat().st_size > _MOST_SETTINGS_BYTES:
            raise BadWeightsFolder(path=folder, detail=f"{name}: too large")
        read = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise BadWeightsFolder(path=folder, detail=f"{name}: {error}") from error
    if not isinstance(read, kind):
        raise BadWeightsFolder(path=folder, detail=name)
    return read
