"""Another try at what is in quarantine, in the background: leaving the page does not end it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

from app.bootstrap import House


class Retry:
    """A run over some folders and files, that reads what failed once more."""

    def __init__(self, house: House, collection: str, paths: Sequence[Path]) -> None:
        self.failure: Exception | None = None
        self._work = (house, collection, paths)
        self._thread = threading.Thread(target=self._run, name="retry", daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        return self._thread.is_alive()

    def join(self) -> None:
        """Until it has ended."""
        self._thread.join()

    def _run(self) -> None:
        from app.ingestion import ingest_paths, options_of
        from ingest.progress import SilentProgress

        house, collection, paths = self._work
        try:
            ingest_paths(
                house, paths, collection, options=options_of(house.settings, retry=True), progress=SilentProgress()
            )
        except Exception as failure:
            self.failure = failure
