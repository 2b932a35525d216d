"""Generations: complete, immutable states of the search structures, one shard a collection.

A shard a collection is how rights are applied inside retrieval: the shards of other collections are never opened.
"""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from index.compressed_vectors import CANDIDATES, COMPRESSED_BEYOND, CompressedVectors
from index.disk import full_disk_told, sha256_of, sync_file, sync_folder, sync_tree
from index.errors import CorruptGeneration
from index.keywords import TantivyKeywords
from index.records import EmbeddingModel
from index.vectors import FaissVectors, VectorIndex

LAYOUT = 3  # of the files of a shard: another one is written anew from the catalogue
_ASIDE = ".building-"
_VECTORS = "vectors.faiss"
_KEPT = 2  # the current generation and the one before, which readers may still have open

WriteShard = Callable[[Path], None]


@dataclass(frozen=True, slots=True)
class ShardRecord:
    """What the manifest says of one shard: its files, by path below the shard's folder, with their sha256."""

    collection: str
    changed: int  # the catalogue's counter at the collection's last change
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Manifest:
    stamp: int
    model: EmbeddingModel
    shards: Mapping[str, ShardRecord]  # by folder name: the collection's id
    layout: int = LAYOUT


@dataclass(slots=True)
class Shard:
    """One collection's search structures, checked against their hashes when first opened."""

    folder: Path
    record: ShardRecord
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _opened: tuple[VectorIndex, TantivyKeywords] | None = None

    @property
    def vectors(self) -> VectorIndex:
        return self._open()[0]

    @property
    def keywords(self) -> TantivyKeywords:
        return self._open()[1]

    def _open(self) -> tuple[VectorIndex, TantivyKeywords]:
        with self._lock:
            if self._opened is None:
                self.verify()
                # The manifest says which files are sound, hence also which kind of vectors this is.
                kind = CompressedVectors if CANDIDATES in self.record.files else FaissVectors
                self._opened = (kind.load(self.folder / _VECTORS), TantivyKeywords(self.folder / "keywords"))
            return self._opened

    def verify(self) -> None:
        """Raises CorruptGeneration naming the first file that is gone or changed."""
        for name, sha256 in self.record.files.items():
            path = self.folder / name
            if not path.exists() or sha256_of(path) != sha256:
                raise CorruptGeneration(path=path)


@dataclass(frozen=True, slots=True)
class Generation:
    folder: Path
    manifest: Manifest
    shards: Mapping[str, Shard]  # by collection name


class Generations:
    """The folder of all generations.  `current` may be called from any thread; the rest needs the write lock."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._loaded: Generation | None = None
        self._lock = threading.Lock()

    def current(self) -> Generation | None:
        """The newest complete generation, loaded anew only when there is a newer one."""
        newest = max(self._numbers(), default=None)
        if newest is None:
            return None
        with self._lock:
            if self._loaded is None or self._loaded.manifest.stamp != newest or not self._loaded.folder.exists():
                self._loaded = _load(self._path(newest))
            return self._loaded

    def holds(self, stamp: int) -> bool:
        """Whether there is a generation of this stamp, sound or not."""
        return self._path(stamp).exists()

    def publish(self, stamp: int, model: EmbeddingModel, wanted: Mapping[str, tuple[str, int, WriteShard]]) -> None:
        """Write the generation `stamp`; `wanted` gives, by shard name, collection, last change and how to write it.

        Shards of unchanged collections are linked from the current generation.
        """
        self._clear_aside()
        before = self.current_or_none()
        aside = self._folder / f"{_ASIDE}{stamp}-{os.getpid()}"
        with full_disk_told(self._folder):
            try:
                aside.mkdir(parents=True)
                records = {
                    name: self._shard(aside / name, collection, changed, write, before, model)
                    for name, (collection, changed, write) in wanted.items()
                }
                _write_manifest(aside / "manifest.json", Manifest(stamp, model, records))
                sync_tree(aside)
                aside.replace(self._path(stamp))
                sync_folder(self._folder)
            finally:
                shutil.rmtree(aside, ignore_errors=True)
        self._remove_old()

    def current_or_none(self) -> Generation | None:
        """The current generation, or None where its manifest cannot be read: then everything is written anew."""
        try:
            return self.current()
        except CorruptGeneration:
            return None

    def _shard(
        self,
        folder: Path,
        collection: str,
        changed: int,
        write: WriteShard,
        before: Generation | None,
        model: EmbeddingModel,
    ) -> ShardRecord:
        old = before.shards.get(collection) if before else None
        if before and old and old.record.changed == changed and _same_model(before.manifest.model, model):
            _link(old, folder)
            return old.record
        folder.mkdir()
        write(folder)
        files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(".lock"))
        return ShardRecord(
            collection, changed, {path.relative_to(folder).as_posix(): sha256_of(path) for path in files}
        )

    def _numbers(self) -> list[int]:
        try:
            return [int(entry.name) for entry in os.scandir(self._folder) if entry.name.isdigit()]
        except FileNotFoundError:
            return []

    def _path(self, stamp: int) -> Path:
        return self._folder / f"{stamp:012}"

    def _clear_aside(self) -> None:
        """What a killed run left half written."""
        for left in self._folder.glob(f"{_ASIDE}*"):
            shutil.rmtree(left, ignore_errors=True)

    def _remove_old(self) -> None:
        for number in sorted(self._numbers())[:-_KEPT]:
            shutil.rmtree(self._path(number), ignore_errors=True)


def write_shard(folder: Path, vectors: FaissVectors, texts: Any, *, compressed_beyond: int = COMPRESSED_BEYOND) -> None:
    """A shard's files: vectors, and keywords from (id, version, searchable text) triples.

    More vectors than `compressed_beyond` are searched by candidates: their file comes beside that of the vectors.
    """
    wanted = CompressedVectors.of(vectors) if len(vectors) > compressed_beyond else vectors
    wanted.save(folder / _VECTORS)
    TantivyKeywords.write(folder / "keywords", texts)


def _same_model(one: EmbeddingModel, other: EmbeddingModel) -> bool:
    return (one.name, one.sha256) == (other.name, other.sha256)


def _link(old: Shard, folder: Path) -> None:
    for name in old.record.files:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        os.link(old.folder / name, target)


def _write_manifest(path: Path, manifest: Manifest) -> None:
    path.write_text(json.dumps(asdict(manifest), ensure_ascii=False, indent=1), encoding="utf-8")
    sync_file(path)


def _load(folder: Path) -> Generation:
    path = folder / "manifest.json"
    try:
        saved = json.loads(path.read_text(encoding="utf-8"))
        manifest = Manifest(
            saved["stamp"],
            EmbeddingModel(**saved["model"]),
            {name: ShardRecord(**record) for name, record in saved["shards"].items()},
            saved["layout"],
        )
        if manifest.layout != LAYOUT:
            raise ValueError
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CorruptGeneration(path=path) from error
    shards = {record.collection: Shard(folder / name, record) for name, record in manifest.shards.items()}
    return Generation(folder, manifest, shards)
