"""Files that hold files: archives, and messages with attachments."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from ingest.documents import Container
from ingest.errors import Unsupported

_MODULES = {".zip": "archive", ".eml": "mail", ".msg": "outlook"}
CONTAINERS = frozenset(_MODULES)
DOCUMENTS_TOO = frozenset({".eml", ".msg"})  # they have a text of their own beside what they hold
DEEPEST = 5  # containers within containers


def container_for(path: Path) -> Container:
    """Raises Unsupported for a suffix that holds no files."""
    module = _MODULES.get(path.suffix.lower())
    if module is None:
        raise Unsupported(suffix=path.suffix or "?")
    container: Container = import_module(f"ingest.containers.{module}").CONTAINER
    return container
