"""What a collection could not take, as the catalogue remembers it, and what to read again to try once more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from index.records import Source


@dataclass(frozen=True, slots=True)
class Quarantine:
    """Files of a collection that want a look: `failed` could not be read, `ignored` are of a format that is not,
    `warned` were taken, with a reserve."""

    failed: tuple[Source, ...]
    ignored: tuple[Source, ...]
    warned: tuple[Source, ...]


def quarantine_of(sources: Iterable[Source]) -> Quarantine:
    from ingest.report import verdict_of

    known = sorted(sources, key=lambda one: one.path)
    return Quarantine(
        failed=tuple(one for one in known if one.failure and verdict_of(one.failure) == "failed"),
        ignored=tuple(one for one in known if one.failure and verdict_of(one.failure) == "skipped"),
        warned=tuple(one for one in known if not one.failure and one.facts.warnings),
    )


def paths_to_retry(failed: Iterable[Source], known: Mapping[str, Source], last_paths: Sequence[str] = ()) -> list[Path]:
    """The folders and files to ingest so that each of `failed` is tried again, under the name that it has.

    A name is relative to the folder that was ingested.  So a file right below that folder, or the archive there that
    holds it, is tried alone; one further down is tried with its folder, which was ingested whole.  `last_paths` are
    those of the last run.  Where nothing is left to read, the folders that are gone are returned: ingesting them says
    which.
    """
    walked = {one.root for one in known.values() if _top(one).is_dir()} | set(last_paths)
    wanted: set[Path] = set()
    gone: set[Path] = set()
    for one in failed:
        top, root = _top(one), Path(one.root)
        if top.is_file():
            wanted.add(top)
        elif not root.is_dir():
            gone.add(root)
        elif one.root in walked:
            wanted.add(root)
        else:
            gone.add(top)
    alone = {path for path in wanted if path.parent not in wanted}
    return sorted(alone or gone)


def _top(source: Source) -> Path:
    """What stands right below the ingested folder: the file itself, the archive or the folder that holds it."""
    return Path(source.root) / PurePosixPath(source.path).parts[0]
