"""Connections to the catalogue: one that writes, under the lock, and read-only ones that never checkpoint.

SQLite before 3.51.3 can corrupt a write-ahead log when two connections write and checkpoint at once.  A connection
opened with mode=ro does neither.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.pool import NullPool

from index.disk import is_full_disk
from index.errors import BrokenCatalogue, DiskFull

_MIGRATIONS = Path(__file__).parent / "migrations"


def writing_engine(path: Path) -> Engine:
    """Transactions begin IMMEDIATE, schema changes included; each commit is on the disk when it returns."""
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def reading_engine(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///file:{path}?mode=ro&uri=true", pool_size=8, max_overflow=32)

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _: Any) -> None:
        connection.create_function("folded", 1, lambda text: None if text is None else folded(text), deterministic=True)
        connection.execute("PRAGMA query_only=ON")
        connection.execute("PRAGMA busy_timeout=10000")

    return engine


def folded(text: str) -> str:
    """For comparisons without regard to case, accents kept; in SQL too, where SQLite's lower() knows only ASCII."""
    return unicodedata.normalize("NFC", text).casefold()


def migrate(engine: Engine) -> None:
    """Bring the schema to the newest revision; nothing to do is the usual case."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    with engine.connect() as connection:
        # A table that is made anew must not take the rows below it along; within a transaction this has no effect.
        connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
        with connection.begin():
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


@contextmanager
def broken_catalogue_told(path: Path) -> Iterator[None]:
    """Raise our own errors in the place of the driver's."""
    try:
        yield
    except (DatabaseError, OperationalError) as error:
        if is_full_disk(error):
            from index.disk import free_megabytes

            raise DiskFull(path=path, free_mb=free_megabytes(path)) from error
        raise BrokenCatalogue(path=path, detail=error.orig) from error
