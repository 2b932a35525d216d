"""Registered models as people see them: whose turn it is, and whether the file is still the one on record."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.messages import text
from app.settings import Settings

if TYPE_CHECKING:
    from models.protocols import ModelCard

_READ_AT_ONCE = 256 << 20  # bytes that are hashed without being asked
_MB = 1_000_000


@dataclass(frozen=True, slots=True)
class ModelRow:
    card: ModelCard
    packaged: bool
    serves: tuple[str, ...]  # languages for which it is the one that is used
    state: str  # "verified", "unverified", "changed", "missing"; "address" for a generator elsewhere

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self.card), "packaged": self.packaged, "serves": list(self.serves), "state": self.state}


def model_rows(settings: Settings, *, thorough: bool = False) -> list[ModelRow]:
    """In the order of preference.  `thorough` reads every file; otherwise large ones are known by their size only."""
    from app.bootstrap import remote_card
    from models.registry import is_packaged, registered, uses_of

    cards = registered(settings.data_dir)
    remote = remote_card(settings)
    rows = [ModelRow(remote, False, remote.languages, "address")] if remote else []
    for card in cards:
        serves = () if remote and card.role == "generator" else uses_of(card, cards)
        rows.append(ModelRow(card, is_packaged(card.name), serves, state_of(card, thorough=thorough)))
    return rows


def state_of(card: ModelCard, *, thorough: bool) -> str:
    from models.errors import ChangedFile, MissingFile
    from models.registry import verify

    try:
        size = Path(card.path).stat().st_size
        if card.size_bytes and size != card.size_bytes:
            return "changed"
        if not thorough and size > _READ_AT_ONCE:
            return "unverified"
        verify(card)
    except ChangedFile:
        return "changed"
    except (OSError, MissingFile):
        return "missing"
    return "verified"


def row_line(row: ModelRow, language: str) -> str:
    """One line of a terminal."""
    card = row.card
    parts = [card.name, card.role, ",".join(card.languages), card.licence, card.sha256[:12]]
    if card.memory_bytes:
        parts.append(text(language, "model_list.memory", mb=card.memory_bytes // _MB))
    parts.append(text(language, f"model_list.state_{row.state}"))
    if row.serves:
        parts.append(text(language, "model_list.serves", languages=", ".join(row.serves)))
    if not card.fits:
        parts.append(text(language, "model_list.does_not_fit"))
    return "  ".join(one for one in parts if one)
