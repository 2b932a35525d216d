"""Bounded reading of the container: metadata and the table of tensors of a GGUF file, and nothing of its weights.

After the specification "GGUF" of ggml (docs/gguf.md), versions 2 and 3, little-endian.  Every number that the file
states is held against what is left of the file and against a limit before anything is read or kept for it.
"""

from __future__ import annotations

import math
import stat
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from models.errors import BadModelFile

_MOST_HEADER_BYTES = 128 << 20
_MOST_ENTRIES = 1 << 16
_MOST_TENSORS = 1 << 17
_MOST_KEY_BYTES = 1 << 10
_MOST_TEXT_BYTES = 1 << 20  # of a value that is kept: chat templates are tens of kilobytes
_MOST_KEPT_ITEMS = 1 << 10  # of an array that is kept: languages, heads of each layer
_MOST_KEPT_BYTES = 8 << 20  # of all values together
_MOST_ITEMS = 1 << 21  # passed over: vocabularies are hundreds of thousands
_MOST_ELEMENTS = 1 << 48
_MOST_DIMENSIONS = 4

_STRING, _ARRAY, _BOOL = 8, 9, 7
_NUMBERS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<B", 10: "<Q", 11: "<q", 12: "<d"}
# Elements and bytes of a block, by tensor type (ggml.h).  A type that is not here is taken to need no bytes.
_BLOCKS = {
    0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34), 10: (256, 84),
    11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210), 16: (256, 66), 17: (256, 74), 18: (256, 98),
    19: (256, 50), 20: (32, 18), 21: (256, 110), 22: (256, 82), 23: (256, 136), 29: (256, 56), 30: (1, 2), 39: (32, 17),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Items:
    """An array: how many items it has; the items too where they are few and of a plain kind."""

    count: int
    kept: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Container:
    """What the file says of itself."""

    version: int
    size_bytes: int
    tensors: int
    elements: int  # of all tensors together: the parameters
    metadata: dict[str, Any]  # numbers, bool, str, Items


def read_container(path: Path) -> Container:
    """Raises BadModelFile when it is no GGUF file, is cut short, or states more than a model would."""
    try:
        state = path.stat()
        if not stat.S_ISREG(state.st_mode):
            raise BadModelFile(path=path, detail="not a regular file")
        with path.open("rb") as file:
            return _Reading(path, file, state.st_size).container()
    except OSError as error:
        raise BadModelFile(path=path, detail=error.strerror or error) from error


class _Reading:
    def __init__(self, path: Path, file: IO[bytes], size: int) -> None:
        self._path = path
        self._file = file
        self._size = size
        self._at = 0
        self._kept_bytes = 0
        self._passed = 0

    def container(self) -> Container:
        if self._take(4) != b"GGUF":
            raise self._bad("no GGUF file")
        version = int(self._number("<I"))
        if version not in (2, 3):
            raise self._bad("big-endian" if version & 0xFFFF == 0 else f"version {version}")
        tensors = self._count("<Q", _MOST_TENSORS, 24, "tensors")
        entries = self._count("<Q", _MOST_ENTRIES, 13, "entries")
        metadata: dict[str, Any] = {}
        for _ in range(entries):
            key = self._text(_MOST_KEY_BYTES, "key")
            if key in metadata:
                raise self._bad(f"{key} twice")
            metadata[key] = self._value(int(self._number("<I")), key)
        alignment = metadata.get("general.alignment", 32)
        if not isinstance(alignment, int) or alignment <= 0 or alignment > 1 << 16:
            raise self._bad("general.alignment")
        elements = self._tensors(tensors, alignment)
        if self._at > self._size:
            raise self._bad("cut short")
        return Container(version, self._size, tensors, elements, metadata)

    def _tensors(self, count: int, alignment: int) -> int:
        """Elements of all tensors.  The file must hold each of them to its last byte."""
        elements, end = 0, 0
        for _ in range(count):
            name = self._text(_MOST_KEY_BYTES, "tensor")
            dimensions = int(self._number("<I"))
            if dimensions > _MOST_DIMENSIONS:
                raise self._bad(f"{dimensions} dimensions of {name}")
            own = math.prod(int(self._number("<Q")) for _ in range(dimensions))
            kind = int(self._number("<I"))
            offset = int(self._number("<Q"))
            items, size = _BLOCKS.get(kind, (1, 0))
            elements += own
            end = max(end, offset + -(-own // items) * size)
        start = -(-self._at // alignment) * alignment
        if elements > _MOST_ELEMENTS:
            raise self._bad(f"{elements} parameters")
        if count and start + end > self._size:
            raise self._bad(f"cut short: {self._size} of {start + end} bytes")
        return elements

    def _value(self, kind: int, key: str) -> Any:
        if kind == _STRING:
            return self._text(_MOST_TEXT_BYTES, key)
        if kind == _ARRAY:
            return self._items(key)
        return self._plain(kind, key)

    def _plain(self, kind: int, key: str) -> Any:
        if kind not in _NUMBERS:
            raise self._bad(f"type {kind} of {key}")
        number = self._number(_NUMBERS[kind])
        return bool(number) if kind == _BOOL else number

    def _items(self, key: str) -> Items:
        kind = int(self._number("<I"))
        if kind == _STRING:
            count = self._count("<Q", _MOST_ITEMS, 8, key)
            if count <= _MOST_KEPT_ITEMS:
                return Items(count, tuple(self._text(_MOST_TEXT_BYTES, key) for _ in range(count)))
            self._pass_over_texts(count, key)
            return Items(count)
        if kind not in _NUMBERS:  # arrays of arrays are in the specification, and in no model
            raise self._bad(f"array of type {kind} in {key}")
        width = struct.calcsize(_NUMBERS[kind])
        count = self._count("<Q", _MOST_ITEMS, width, key)
        if count <= _MOST_KEPT_ITEMS:
            return Items(count, tuple(self._plain(kind, key) for _ in range(count)))
        self._pass_over(count * width)
        return Items(count)

    def _count(self, form: str, most: int, least_bytes: int, what: str) -> int:
        """A number of things to come: no more than `most`, nor than what is left of the file can hold."""
        count = int(self._number(form))
        if count > most or count * least_bytes > self._size - self._at:
            raise self._bad(f"{count} {what}")
        return count

    def _text(self, most: int, what: str) -> str:
        count = self._count("<Q", most, 1, what)
        self._kept_bytes += count
        if self._kept_bytes > _MOST_KEPT_BYTES:
            raise self._bad(f"texts beyond {_MOST_KEPT_BYTES} bytes")
        return self._take(count).decode("utf-8", errors="replace")

    def _number(self, form: str) -> int | float:
        (number,) = struct.unpack(form, self._take(struct.calcsize(form)))
        return number  # type: ignore[no-any-return]

    def _take(self, count: int) -> bytes:
        self._advance(count)
        taken = self._file.read(count)
        if len(taken) < count:
            raise self._bad("cut short")
        return taken

    def _pass_over_texts(self, count: int, key: str) -> None:
        self._passed += count
        if self._passed > _MOST_ITEMS:
            raise self._bad(f"{self._passed} items up to {key}")
        read, length_of = self._file.read, struct.Struct("<Q").unpack
        for _ in range(count):
            raw = read(8)
            (length,) = length_of(raw) if len(raw) == 8 else (_MOST_TEXT_BYTES + 1,)
            if length > _MOST_TEXT_BYTES:
                raise self._bad(f"{length} bytes in {key}")
            self._advance(8 + length)
            read(length)

    def _pass_over(self, count: int) -> None:
        self._advance(count)
        self._file.seek(count, 1)

    def _advance(self, count: int) -> None:
        self._at += count
        if self._at > _MOST_HEADER_BYTES:
            raise self._bad(f"header beyond {_MOST_HEADER_BYTES} bytes")

    def _bad(self, detail: str) -> BadModelFile:
        return BadModelFile(path=self._path, detail=detail)
