"""The list of models on a medium (`manifest.toml` at its root): each file with its hash and what is known of it.

[[models]]
file = "modele-q4_k_m.gguf"      # or "reranker/model.safetensors"
sha256 = "…"
licence = "Apache-2.0"
publisher = "…"
country = "FR"
languages = ["fr", "en"]
role = "generator"               # by default; "embedder", "reranker" for folders
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.adding import Stated
from models.errors import BadManifest
from models.registry import ROLES

MANIFEST = "manifest.toml"
_MOST_BYTES = 1 << 20
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
_TEXTS = ("name", "licence", "publisher", "country", "note")
_KEYS = {"file", "sha256", "languages", "role", *_TEXTS}


@dataclass(frozen=True, slots=True)
class Listed:
    path: Path
    stated: Stated


def read_manifest(folder: Path) -> tuple[Listed, ...]:
    """Raises BadManifest.  No file outside the folder is ever named."""
    path = folder / MANIFEST
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise BadManifest(path=path, detail=f"more than {_MOST_BYTES} bytes")
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise BadManifest(path=path, detail=error) from error
    rows = tables.get("models")
    if not isinstance(rows, list) or not rows or not all(isinstance(one, dict) for one in rows):
        raise BadManifest(path=path, detail="[[models]]")
    return tuple(_listed(path, number, row) for number, row in enumerate(rows, 1))


def _listed(path: Path, number: int, row: dict[str, Any]) -> Listed:
    def bad(detail: object) -> BadManifest:
        return BadManifest(path=path, detail=f"[[models]] {number}: {detail}")

    if unknown := sorted(set(row) - _KEYS):
        raise bad(unknown[0])
    texts = {key: row.get(key, "") for key in ("file", "sha256", "role", *_TEXTS)}
    if wrong := [key for key, value in texts.items() if not isinstance(value, str)]:
        raise bad(wrong[0])
    languages = row.get("languages", [])
    if not isinstance(languages, list) or not all(isinstance(one, str) for one in languages):
        raise bad("languages")
    if _SHA256.fullmatch(texts["sha256"]) is None:
        raise bad("sha256")
    if texts["role"] and texts["role"] not in ROLES:
        raise bad(f"role {texts['role']!r}")
    file = path.parent / texts["file"]
    if not texts["file"] or not file.resolve().is_relative_to(path.parent.resolve()):
        raise bad(f"file {texts['file']!r}")
    said = {key: texts[key] for key in _TEXTS}
    return Listed(file, Stated(**said, role=texts["role"] or None, languages=tuple(languages), sha256=texts["sha256"]))
