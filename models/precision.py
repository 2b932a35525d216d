"""Single or brain-float precision: whichever this machine runs better, as long as the vectors stay the same."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Precision = Literal["fp32", "bf16"]
Encode = Callable[[Any, Sequence[str]], NDArray[np.float32]]

_GAIN = 1.2  # bf16 must be this much faster
_BRAIN_FLOAT = frozenset({"amx_bf16", "avx512_bf16"})  # elsewhere bf16 is emulated, and far slower than fp32
_COSINE = 0.995  # and each of its vectors this close to the fp32 one
_TRIALS = 3
_SAMPLE = (
    "La mairie est ouverte du lundi au vendredi.",
    "Quel est le délai pour contester une décision implicite de rejet ?",
    "Le conseil municipal, après en avoir délibéré, fixe les tarifs de la restauration scolaire pour l'année 2026. "
    * 4,
    "Les agents à temps partiel bénéficient des congés annuels au prorata de leur durée de service. " * 7,
) * 4


def chosen_precision(model: Any, encode: Encode, sha256: str, threads: int, cache_file: Path) -> Precision:
    """Set `model` to the better precision and name it.  Measured once a machine, then remembered."""
    key = f"{sha256[:16]} {instruction_set()} threads={threads} torch={_torch_version()}"
    remembered = _read(cache_file)
    chosen: Precision
    if key in remembered:
        chosen = "bf16" if remembered[key] == "bf16" else "fp32"
    else:
        chosen = _measured(model, encode) if runs_brain_floats() else "fp32"
        _write(cache_file, {**remembered, key: chosen})
    _set(model, chosen)
    return chosen


@cache
def instruction_set() -> str:
    """The widest vector instructions of this processor that matter here."""
    with suppress(OSError):
        flags = set(Path("/proc/cpuinfo").read_text(encoding="utf-8").split())
        for name in ("amx_bf16", "avx512_bf16", "avx512f", "avx2"):
            if name in flags:
                return name
    return "generic"


def runs_brain_floats() -> bool:
    """Does this processor compute in them, or would they be emulated?"""
    return instruction_set() in _BRAIN_FLOAT


def _measured(model: Any, encode: Encode) -> Precision:
    encode(model, _SAMPLE[:4])  # the first call pays for allocations
    exact, slow = _timed(model, encode)
    _set(model, "bf16")
    encode(model, _SAMPLE[:4])
    near, quick = _timed(model, encode)
    _set(model, "fp32")
    close = float((exact * near).sum(axis=1).min())
    return "bf16" if slow / quick >= _GAIN and close >= _COSINE else "fp32"


def _timed(model: Any, encode: Encode) -> tuple[NDArray[np.float32], float]:
    """Vectors of the sample, and the best of some times, in seconds."""
    best = float("inf")
    for _ in range(_TRIALS):
        started = time.perf_counter()
        vectors = encode(model, _SAMPLE)
        best = min(best, time.perf_counter() - started)
    return vectors, best


def _set(model: Any, precision: Precision) -> None:
    import torch

    model.to(torch.bfloat16 if precision == "bf16" else torch.float32)


def _torch_version() -> str:
    import torch

    return str(torch.__version__)


def _read(path: Path) -> dict[str, str]:
    try:
        saved = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return saved if isinstance(saved, dict) else {}


def _write(path: Path, choices: dict[str, str]) -> None:
    """A cache that cannot be written is measured again next time."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_suffix(".aside")
        aside.write_text(json.dumps(choices, indent=1), encoding="utf-8")
        aside.replace(path)
