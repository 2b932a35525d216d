"""Putting a model on record: look at the file, hear the operator, hold the hash, and only then copy and register."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from models.chat_format import format_of
from models.copying import copied
from models.errors import (
    BadModelFile,
    BadName,
    BadWeightsFolder,
    NameTaken,
    NotAGenerator,
    OtherHash,
    Undeclared,
)
from models.fingerprint import Told, sha256_of
from models.folders import WEIGHTS, check_folder, is_weights_folder
from models.gguf import Header, read_header
from models.memory import needed
from models.protocols import ModelCard, Role
from models.registry import embedder_card, is_packaged, register, registered

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,79}")
_LOADED = 2  # weights in half precision on disk take twice as much in memory
_FIXED_BYTES = 512 << 20  # of a process with torch
_MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Stated:
    """What the operator, or the list on the medium, says of a model.  Empty: not said."""

    name: str = ""
    role: Role | None = None
    licence: str = ""
    publisher: str = ""
    country: str = ""
    languages: tuple[str, ...] = ()
    sha256: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Reserve:
    """Something to look at: the interface words its code."""

    code: str
    parameters: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Added:
    card: ModelCard
    reserves: tuple[Reserve, ...]


def add(
    data_dir: Path,
    path: Path,
    stated: Stated,
    *,
    context_tokens: int,
    memory_there: int | None,
    copy: bool = False,
    told: Told | None = None,
) -> Added:
    """Register a GGUF file, or a folder with model.safetensors.  The file stays where it is unless `copy`.
    `memory_there`: bytes that the machine has left, None where that is not known.

    Raises BadModelFile, NotAGenerator, BadWeightsFolder, Undeclared, BadName, NameTaken (exit 2), OtherHash (3),
    NoRoom, CannotCopy (4); nothing is then on record, and no copy is left.
    """
    weights = _weights_of(path)
    header = None if weights.name == WEIGHTS else read_header(weights)
    card = _described(weights, header, stated)
    reserves: list[Reserve] = []
    card = _measured(card, header, context_tokens, reserves) if header else _weighed(card, weights)
    card = _fitted(card, memory_there, reserves)
    card = _fingerprinted(card, weights, stated.sha256, told)
    if copy:
        card = copied(card, data_dir / "models", told)
    register(data_dir, card, first=card.role != "embedder")
    reserves += _to_do(card, data_dir)
    return Added(card, tuple(reserves))


def _weights_of(path: Path) -> Path:
    """The file whose hash is on record."""
    absolute = path.absolute()
    if is_weights_folder(absolute):
        return absolute / WEIGHTS
    if absolute.is_dir():
        raise BadWeightsFolder(path=path, detail=f"no {WEIGHTS}, no manifest.toml")
    if not absolute.exists():
        raise BadModelFile(path=path, detail="no such file")
    return absolute


def _described(weights: Path, header: Header | None, stated: Stated) -> ModelCard:
    """What the file says, and above it what the operator says.  Raises Undeclared when it is not enough."""
    name = stated.name or (weights.stem if header else weights.parent.name)
    role: Role | None = stated.role or ("generator" if header else None)
    _check_role(weights, header, role)
    if _NAME.fullmatch(name) is None:
        raise BadName(name=name)
    if is_packaged(name):
        raise NameTaken(name=name)
    licence = stated.licence or (header.licence if header else "")
    publisher = stated.publisher or (header.publisher if header else "")
    languages = stated.languages or (header.languages if header else ())
    known = {"role": role, "licence": licence, "publisher": publisher, "languages": languages}
    if missing := [one for one, value in known.items() if not value]:
        options = " ".join(f"--{one}" for one in missing)
        raise Undeclared(name=name, facts=", ".join(missing), options=options)
    assert role is not None
    return ModelCard(
        name=name,
        role=role,
        path=str(weights),
        sha256="",
        licence=licence,
        publisher=publisher,
        languages=languages,
        note=stated.note,
        country=stated.country,
    )


def _check_role(weights: Path, header: Header | None, role: Role | None) -> None:
    if header is None and role == "generator":
        raise NotAGenerator(path=weights, detail=WEIGHTS)
    if header is not None and role != "generator":
        raise BadWeightsFolder(path=weights, detail=f"GGUF, {role}")
    if header is not None and not header.writes:
        said = f"{header.architecture}, {header.kind}, {header.tensors} tensors, {header.parts} parts"
        raise NotAGenerator(path=weights, detail=said)


def _weighed(card: ModelCard, weights: Path) -> ModelCard:
    check_folder(weights.parent, card.role)
    size = weights.stat().st_size
    return replace(card, size_bytes=size, memory_bytes=size * _LOADED + _FIXED_BYTES)


def _measured(card: ModelCard, header: Header, context_tokens: int, reserves: list[Reserve]) -> ModelCard:
    """A generator's card: its size, its context, its memory, and whether its own chat template works."""
    form = format_of(header.chat_template, bos="<s>", eos="</s>")
    if form.origin == "plain":
        reserves.append(Reserve("models.reserve_template", {"name": card.name, "detail": form.detail}))
    used = min(context_tokens, header.context_tokens or context_tokens)
    if used < context_tokens:
        said = {"name": card.name, "most": str(header.context_tokens), "wanted": str(context_tokens)}
        reserves.append(Reserve("models.reserve_context", said))
    return replace(
        card,
        architecture=header.architecture,
        quantisation=header.quantisation,
        parameters=header.parameters,
        context_tokens=header.context_tokens,
        size_bytes=header.size_bytes,
        memory_bytes=needed(header, used).total,
        chat_format="plain" if form.origin == "plain" else "template",
    )


def _fitted(card: ModelCard, there: int | None, reserves: list[Reserve]) -> ModelCard:
    if there is None or card.memory_bytes <= there:
        return card
    said = {
        "name": card.name, "needed_mb": str(card.memory_bytes // _MB), "there_mb": str(there // _MB),
    }  # fmt: skip
    reserves.append(Reserve("models.reserve_memory", said))
    return replace(card, fits=False)


def _fingerprinted(card: ModelCard, weights: Path, expected: str, told: Told | None) -> ModelCard:
    try:
        found = sha256_of(weights, told)
    except OSError as error:
        raise BadModelFile(path=weights, detail=error.strerror or error) from error
    if expected and found != expected.strip().lower():
        raise OtherHash(path=weights, expected=expected, found=found)
    return replace(card, sha256=found)


def _to_do(card: ModelCard, data_dir: Path) -> Iterator[Reserve]:
    """An embedder is not put in use behind the archivist's back: every passage must be embedded again."""
    if card.role == "embedder" and embedder_card(registered(data_dir)).name != card.name:
        yield Reserve("models.reserve_embedder", {"name": card.name})
