"""Which of several folders a name of the collection belongs to."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path

from index.records import Source
from ingest.errors import NameTaken
from ingest.walk import Found


class Names:
    """A document is known by its name in the collection: of two folders with one name, the first keeps it.

    A folder that does not exist any more (renamed, moved) keeps nothing, nor does one whose file went, with the same
    content, to the other folder.
    """

    def __init__(self) -> None:
        self._found: dict[str, str] = {}  # by name: the folder that it was found in, in this run
        self._root: Callable[[str], str] = cache(os.path.realpath)
        self._exists = cache(_exists)

    def root_of(self, source: Source) -> str:
        """Its folder, spelled as those of this run are."""
        return self._root(source.root)

    def claim(self, one: Found, before: Source | None) -> None:
        """Raises NameTaken when another folder has a file of that name."""
        if before is not None and not one.container and self._is_of_another(one, before):
            root = self.root_of(before)
            if self._exists(Path(root)) and _exists(Path(root) / one.name):
                raise NameTaken(folder=root)
        first = self._found.setdefault(one.name, one.root)
        if first != one.root:
            raise NameTaken(folder=first)

    def take_over(self, one: Found, before: Source | None) -> None:
        """Raises NameTaken when another folder still holds the name for other content.  `one` is hashed."""
        if before is None or one.container or not self._is_of_another(one, before):
            return
        if before.sha256 != one.sha256 and self._exists(Path(self.root_of(before))):
            del self._found[one.name]
            raise NameTaken(folder=self.root_of(before))

    def _is_of_another(self, one: Found, before: Source) -> bool:
        return self.root_of(before) != one.root


def _exists(path: Path) -> bool:
    """A folder that is refused or does not answer exists."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True
