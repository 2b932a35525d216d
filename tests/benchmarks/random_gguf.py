"""`python -m tests.benchmarks.random_gguf 1b|4b FOLDER`: a model of random weights, to measure a size nobody trained.

The shape is a Llama's, the weights are Q4_0 blocks (half-precision scale, thirty-two numbers of four bits), the
tokenizer is the packaged model's.  It writes nonsense at the speed of a real one.
"""

from __future__ import annotations

import argparse
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

from models.registry import packaged_cards
from tests.gguf_files import string, value

_F32, _Q4_0 = 0, 2  # ggml_type
_ALIGNED = 32
_SPREAD = 0.02  # standard deviation of the weights
_NUMBERS = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}  # bytes of a value, by its type
_STRING, _ARRAY = 8, 9


@dataclass(frozen=True, slots=True)
class Shape:
    """Of a Llama; `head` numbers to a head."""

    blocks: int
    embedding: int
    feed_forward: int
    heads: int
    cache_heads: int
    head: int


SHAPES = {"1b": Shape(16, 2048, 8192, 32, 8, 64), "4b": Shape(36, 2560, 9728, 32, 8, 128)}
Tensor = tuple[str, tuple[int, ...], int]


def main() -> None:
    parser = argparse.ArgumentParser(description="A GGUF file of random weights.")
    parser.add_argument("shape", choices=SHAPES)
    parser.add_argument("folder", type=Path)
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    path = asked.folder / f"random-{asked.shape}.gguf"
    write(path, SHAPES[asked.shape], asked.shape)
    print(f"{path}: {path.stat().st_size / 1e9:.2f} GB")


def write(path: Path, shape: Shape, name: str = "random") -> None:
    vocabulary, copied = tokenizer(Path(next(one.path for one in packaged_cards() if one.role == "generator")))
    tensors = list(_tensors(shape, vocabulary))
    metadata = [string(key) + value(one) for key, one in _metadata(shape, name, vocabulary).items()] + copied
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(metadata)) + b"".join(metadata)
    at = 0
    for tensor, dimensions, kind in tensors:
        head += string(tensor) + struct.pack(f"<I{len(dimensions)}Q", len(dimensions), *dimensions)
        head += struct.pack("<IQ", kind, at)
        at += _padded(_bytes(dimensions, kind))
    chance = np.random.default_rng(1)
    with path.open("wb") as file:
        file.write(head + b"\0" * (_padded(len(head)) - len(head)))
        for _, dimensions, kind in tensors:
            raw = _ones(dimensions) if kind == _F32 else _blocks(dimensions, chance)
            file.write(raw + b"\0" * (_padded(len(raw)) - len(raw)))


def tokenizer(path: Path) -> tuple[int, list[bytes]]:
    """Size of a model's vocabulary, and its metadata about the tokenizer, each entry as it stands in the file."""
    copied: list[bytes] = []
    size = 0
    with path.open("rb") as file:
        _, _, _, entries = struct.unpack("<4sIQQ", file.read(24))
        for _ in range(entries):
            start = file.tell()
            key = file.read(_count(file)).decode()
            length = _pass(file, struct.unpack("<I", file.read(4))[0])
            if key.startswith("tokenizer."):
                end = file.tell()
                file.seek(start)
                copied.append(file.read(end - start))
            if key == "tokenizer.ggml.tokens":
                size = length
    return size, copied


def _pass(file: IO[bytes], kind: int) -> int:
    """Move behind a value; the number of its items, for an array."""
    if kind == _STRING:
        file.seek(_count(file), 1)
    elif kind == _ARRAY:
        inner = struct.unpack("<I", file.read(4))[0]
        length = _count(file)
        for _ in range(length):
            _pass(file, inner)
        return length
    else:
        file.seek(_NUMBERS[kind], 1)
    return 1


def _count(file: IO[bytes]) -> int:
    return int(struct.unpack("<Q", file.read(8))[0])


def _metadata(shape: Shape, name: str, vocabulary: int) -> dict[str, Any]:
    return {
        "general.architecture": "llama",
        "general.name": f"random weights, {name}",
        "general.license": "none",
        "general.file_type": 2,
        "llama.context_length": 8192,
        "llama.vocab_size": vocabulary,
        "llama.block_count": shape.blocks,
        "llama.embedding_length": shape.embedding,
        "llama.feed_forward_length": shape.feed_forward,
        "llama.attention.head_count": shape.heads,
        "llama.attention.head_count_kv": shape.cache_heads,
        "llama.attention.key_length": shape.head,
        "llama.attention.value_length": shape.head,
        "llama.attention.layer_norm_rms_epsilon": 1e-5,
        "llama.rope.dimension_count": shape.head,
        "llama.rope.freq_base": 500000.0,
    }


def _tensors(shape: Shape, vocabulary: int) -> Iterator[Tensor]:
    """The output is the embedding, read the other way."""
    wide, cache = shape.heads * shape.head, shape.cache_heads * shape.head
    yield "token_embd.weight", (shape.embedding, vocabulary), _Q4_0
    yield "output_norm.weight", (shape.embedding,), _F32
    for number in range(shape.blocks):
        for name, dimensions in (
            ("attn_norm", (shape.embedding,)),
            ("attn_q", (shape.embedding, wide)),
            ("attn_k", (shape.embedding, cache)),
            ("attn_v", (shape.embedding, cache)),
            ("attn_output", (wide, shape.embedding)),
            ("ffn_norm", (shape.embedding,)),
            ("ffn_gate", (shape.embedding, shape.feed_forward)),
            ("ffn_up", (shape.embedding, shape.feed_forward)),
            ("ffn_down", (shape.feed_forward, shape.embedding)),
        ):
            yield f"blk.{number}.{name}.weight", dimensions, _F32 if len(dimensions) == 1 else _Q4_0


def _ones(dimensions: tuple[int, ...]) -> bytes:
    return np.ones(dimensions, np.float32).tobytes()


def _blocks(dimensions: tuple[int, ...], chance: np.random.Generator) -> bytes:
    """Numbers of four bits, of which eight is zero: a spread of 4.6 before they are scaled."""
    blocks = np.empty(int(np.prod(dimensions)) // 32, np.dtype([("scale", "<f2"), ("numbers", "u1", 16)]))
    blocks["scale"] = _SPREAD / 4.6
    blocks["numbers"] = chance.integers(0, 256, (len(blocks), 16), np.uint8)
    return blocks.tobytes()


def _bytes(dimensions: tuple[int, ...], kind: int) -> int:
    count = int(np.prod(dimensions))
    return count * 4 if kind == _F32 else count // 32 * 18


def _padded(length: int) -> int:
    return -(-length // _ALIGNED) * _ALIGNED


if __name__ == "__main__":
    main()
