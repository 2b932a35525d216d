"""GGUF files as small as a test needs them: any metadata, a few tensors."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

CHATML = (
    "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n'}}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
METADATA: dict[str, Any] = {
    "general.architecture": "llama",
    "general.name": "Essai 1B",
    "general.license": "apache-2.0",
    "general.organization": "Commune d'essai",
    "general.languages": ["fr", "en"],
    "general.file_type": 15,
    "llama.context_length": 4096,
    "llama.embedding_length": 64,
    "llama.block_count": 2,
    "llama.attention.head_count": 4,
    "llama.attention.head_count_kv": 2,
    "tokenizer.ggml.model": "gpt2",
    "tokenizer.ggml.tokens": ["a", "b", "c"],
    "tokenizer.chat_template": CHATML,
}
Tensor = tuple[str, Sequence[int], int]  # name, dimensions, type


def gguf_bytes(
    metadata: Mapping[str, Any] = METADATA,
    tensors: Sequence[Tensor] = (("token_embd.weight", (64, 3), 0),),
    *,
    version: int = 3,
    weights: bool = True,
) -> bytes:
    """A whole file, F32 tensors of zeros; without `weights` their table alone."""
    head = b"GGUF" + struct.pack("<IQQ", version, len(tensors), len(metadata))
    head += b"".join(string(key) + value(one) for key, one in metadata.items())
    at = 0
    for name, dimensions, kind in tensors:
        head += string(name) + struct.pack(f"<I{len(dimensions)}Q", len(dimensions), *dimensions)
        head += struct.pack("<IQ", kind, at)
        at += -(-size_of(dimensions) // 32) * 32
    return head + b"\0" * (-len(head) % 32 + at) if weights else head


def gguf_file(path: Path, changed: Mapping[str, Any] | None = None) -> Path:
    """A file of `METADATA` with some of it changed, or left out where None."""
    wanted = {**METADATA, **(changed or {})}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gguf_bytes({key: one for key, one in wanted.items() if one is not None}))
    return path


def string(text: str) -> bytes:
    raw = text.encode()
    return struct.pack("<Q", len(raw)) + raw


def value(one: Any) -> bytes:
    """Type and value: bool, int (u32, u64, i64), float, str, lists of one type."""
    if isinstance(one, list):
        kind = value(one[0])[:4] if one else struct.pack("<I", 4)
        return struct.pack("<I", 9) + kind + struct.pack("<Q", len(one)) + b"".join(value(item)[4:] for item in one)
    if isinstance(one, bool):
        return struct.pack("<IB", 7, one)
    if isinstance(one, int):
        if one < 0:
            return struct.pack("<Iq", 11, one)
        return struct.pack("<II", 4, one) if one < 1 << 32 else struct.pack("<IQ", 10, one)
    if isinstance(one, float):
        return struct.pack("<If", 6, one)
    return struct.pack("<I", 8) + string(one)


def size_of(dimensions: Sequence[int]) -> int:
    size = 4
    for one in dimensions:
        size *= one
    return size
