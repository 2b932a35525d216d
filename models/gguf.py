"""What a GGUF file says of its model: its header as an operator and a registry need it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.errors import BadModelFile
from models.gguf_reading import Container, Items, read_container

_MOST_WORDS = 200  # characters of a name, a licence, a publisher
_WRITES_NOTHING = {"clip", "whisper", "wavtokenizer-dec"}  # besides what ends in "bert" or "encoder"
# llama_ftype of llama.h: how most of the weights are stored.
_FILE_TYPES = {
    0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 7: "Q8_0", 8: "Q5_0", 9: "Q5_1", 10: "Q2_K", 11: "Q3_K_S", 12: "Q3_K_M",
    13: "Q3_K_L", 14: "Q4_K_S", 15: "Q4_K_M", 16: "Q5_K_S", 17: "Q5_K_M", 18: "Q6_K", 19: "IQ2_XXS", 20: "IQ2_XS",
    21: "Q2_K_S", 22: "IQ3_XS", 23: "IQ3_XXS", 24: "IQ1_S", 25: "IQ4_NL", 26: "IQ3_S", 27: "IQ3_M", 28: "IQ2_S",
    29: "IQ2_M", 30: "IQ4_XS", 31: "IQ1_M", 32: "BF16", 36: "TQ1_0", 37: "TQ2_0", 38: "MXFP4",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Header:
    """Empty or 0 where the file does not say."""

    architecture: str
    kind: str  # "model", "adapter", "mmproj"...
    name: str
    licence: str
    publisher: str
    languages: tuple[str, ...]
    quantisation: str
    tokenizer: str
    chat_template: str
    parameters: int
    size_bytes: int
    parts: int  # files that the model is cut into; 1 for a whole one
    tensors: int
    vocabulary: int
    context_tokens: int
    embedding_length: int
    blocks: int
    heads: int
    cache_heads: tuple[int, ...]  # key-value heads of each block; one number where all are alike
    key_length: int  # numbers that a head keeps of a token as key, and as value
    value_length: int

    @property
    def writes(self) -> bool:
        """Whether this is the whole of a model that writes text."""
        encodes = self.architecture.endswith(("bert", "encoder")) or "-bert" in self.architecture
        whole = self.kind == "model" and self.parts <= 1 and self.tensors > 0
        return whole and not encodes and self.architecture not in _WRITES_NOTHING


def read_header(path: Path) -> Header:
    """Raises BadModelFile: no GGUF file, cut short, or one that states what no model has."""
    found = read_container(path)
    said = _Said(path, found)
    architecture = said.words("general.architecture")
    if not architecture:
        raise BadModelFile(path=path, detail="general.architecture")
    heads = said.most(f"{architecture}.attention.head_count")
    embedding = said.most(f"{architecture}.embedding_length")
    head_length = embedding // heads if heads else 0
    cache_heads = said.numbers(f"{architecture}.attention.head_count_kv") or ((heads,) if heads else ())
    return Header(
        architecture=architecture,
        kind=said.words("general.type") or "model",
        name=said.words("general.name"),
        licence=_licence(said),
        publisher=said.words("general.organization") or said.words("general.author"),
        languages=tuple(_plain(one) for one in said.texts("general.languages")),
        quantisation=_FILE_TYPES.get(said.number("general.file_type", -1), ""),
        tokenizer=said.words("tokenizer.ggml.model"),
        chat_template=said.text("tokenizer.chat_template"),
        parameters=found.elements,
        size_bytes=found.size_bytes,
        parts=said.number("split.count", 1),
        tensors=found.tensors,
        vocabulary=said.length("tokenizer.ggml.tokens"),
        context_tokens=said.number(f"{architecture}.context_length"),
        embedding_length=embedding,
        blocks=said.number(f"{architecture}.block_count"),
        heads=heads,
        cache_heads=cache_heads,
        key_length=said.number(f"{architecture}.attention.key_length", head_length),
        value_length=said.number(f"{architecture}.attention.value_length", head_length),
    )


class _Said:
    """The metadata, each value of the type that is asked for."""

    def __init__(self, path: Path, found: Container) -> None:
        self._path = path
        self._metadata = found.metadata

    def text(self, key: str) -> str:
        return str(self._of(key, str, ""))

    def words(self, key: str) -> str:
        return _plain(self.text(key))

    def number(self, key: str, otherwise: int = 0) -> int:
        number = int(self._of(key, int, otherwise))
        if key in self._metadata and number < 0:
            raise BadModelFile(path=self._path, detail=key)
        return number

    def numbers(self, key: str) -> tuple[int, ...]:
        """One number, or one for each block."""
        if not isinstance(self._metadata.get(key), Items):
            return (self.number(key),) if key in self._metadata else ()
        kept = self._metadata[key].kept
        if not all(isinstance(one, int) and one >= 0 for one in kept):
            raise BadModelFile(path=self._path, detail=key)
        return tuple(int(one) for one in kept)

    def most(self, key: str) -> int:
        return max(self.numbers(key), default=0)

    def texts(self, key: str) -> tuple[str, ...]:
        items = self._of(key, Items, Items(0))
        return tuple(one for one in items.kept if isinstance(one, str))

    def length(self, key: str) -> int:
        return int(self._of(key, Items, Items(0)).count)

    def _of(self, key: str, kind: type, otherwise: Any) -> Any:
        value = self._metadata.get(key, otherwise)
        if not isinstance(value, kind):
            raise BadModelFile(path=self._path, detail=key)
        return value


def _licence(said: _Said) -> str:
    """The identifier; where that is "other", the name that stands beside it."""
    identifier = said.words("general.license")
    if identifier.lower() in {"", "other", "unknown"}:
        return said.words("general.license.name")
    return identifier


def _plain(text: str) -> str:
    """One line that a terminal shows as it stands: no control characters, and not without end."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())[:_MOST_WORDS]
