"""Files whose pages can be drawn, kept by content: a citation opens on its page also after the file has changed."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from index.disk import copy_hashed, full_disk_told, sha256_of, sync_folder
from index.errors import BadOriginal


class Originals:
    """`<folder>/ab/abcd...`: named by sha256, written aside, flushed, renamed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256

    def find(self, sha256: str) -> Path | None:
        path = self.path(sha256)
        return path if path.exists() else None

    def keep(self, source: Path, sha256: str) -> None:
        """Raises BadOriginal when the file is no longer the one that was read."""
        target = self.path(sha256)
        if target.exists():
            return
        with full_disk_told(self._folder):
            target.parent.mkdir(parents=True, exist_ok=True)
            aside = target.with_name(f".{sha256}.{os.getpid()}")
            try:
                if copy_hashed(source, aside) != sha256:
                    raise BadOriginal(path=source)
                aside.replace(target)
            finally:
                aside.unlink(missing_ok=True)
            sync_folder(target.parent)

    def changed(self, wanted: Iterable[str]) -> list[str]:
        """Those of the wanted files that are missing or no longer have their name for a hash."""
        return [one for one in wanted if (path := self.find(one)) is None or sha256_of(path) != one]
