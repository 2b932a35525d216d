"""Durable writing: flushed to the disk before it is named, and a full disk told as such."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import DiskFull

_BLOCK = 1 << 20


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync_file(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(folder: Path) -> None:
    """Every file and every folder below, then the folder itself."""
    for parent, _, names in os.walk(folder):
        for name in names:
            sync_file(Path(parent) / name)
        sync_folder(Path(parent))


def write_whole(path: Path, content: bytes) -> None:
    """Write aside, flush, rename: the name is there with the whole content, or not at all."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with aside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    sync_folder(path.parent)


def copy_hashed(source: Path, target: Path) -> str:
    """Copy and flush; the sha256 of what was really copied."""
    digest = hashlib.sha256()
    with source.open("rb") as reading, target.open("wb") as writing:
        while block := reading.read(_BLOCK):
            digest.update(block)
            writing.write(block)
        writing.flush()
        os.fsync(writing.fileno())
    return digest.hexdigest()


@contextmanager
def full_disk_told(folder: Path) -> Iterator[None]:
    """Raise DiskFull in the place of the operating system's, SQLite's or an engine's own words for it."""
    try:
        yield
    except Exception as error:
        if is_full_disk(error):
            raise DiskFull(path=folder, free_mb=free_megabytes(folder)) from error
        raise


def is_full_disk(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
            return True
        words = str(error).lower()
        if "database or disk is full" in words or "no space left on device" in words:
            return True
        error = error.__cause__ or getattr(error, "orig", None)
    return False


def free_megabytes(folder: Path) -> int:
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free >> 20
