"""How the neural libraries are loaded: offline, in silence, and by no more threads than they are given."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

TURNS_BEFORE_SLEEP = "10000"  # of a waiting OpenMP thread: its default turns on while others need the core
OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "DO_NOT_TRACK": "1"}


@contextmanager
def loading(threads: int) -> Iterator[None]:
    """Import sentence-transformers, and read weights, within this."""
    os.environ.update(OFFLINE)
    os.environ.setdefault("GOMP_SPINCOUNT", TURNS_BEFORE_SLEEP)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # deprecations inside the libraries are not the archivist's business
        from transformers.utils import logging

        logging.set_verbosity_error()  # type: ignore[no-untyped-call]
        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        use(threads)
        yield


def use(threads: int) -> None:
    """By the calling thread: torch keeps the number for each thread that calls it."""
    import torch

    torch.set_num_threads(threads)
