"""Headers of GGUF files: what they say is read, what they lie about ends at once."""

from __future__ import annotations

import os
import struct
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.errors import BadModelFile
from models.gguf import read_header
from models.gguf_reading import Items, read_container
from models.registry import packaged_cards
from tests.gguf_files import METADATA, gguf_bytes, gguf_file, string, value

KEYS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=20)
NUMBERS = st.integers(0, 2**64 - 1) | st.integers(-(2**63), -1)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=60)
VALUES = st.booleans() | NUMBERS | st.floats(width=32, allow_nan=False) | TEXTS | st.lists(TEXTS, max_size=5)
QUIET = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@contextmanager
def soon_and_small(seconds: float = 1.0, megabytes: float = 20) -> Iterator[None]:
    tracemalloc.start()
    began = time.process_time()
    try:
        yield
        assert time.process_time() - began < seconds * 5  # tracing makes it slower
        assert tracemalloc.get_traced_memory()[1] < megabytes * 1e6
    finally:
        tracemalloc.stop()


def test_the_header_of_the_packaged_generator_is_read() -> None:
    card = next(one for one in packaged_cards() if one.role == "generator")
    header = read_header(Path(card.path))
    assert (header.architecture, header.quantisation, header.tokenizer) == ("llama", "Q4_1", "gpt2")
    assert (header.licence, header.publisher, header.languages) == ("apache-2.0", "HuggingFaceTB", ("en",))
    assert header.parameters == 134_515_008
    assert (header.context_tokens, header.blocks, header.heads, header.cache_heads) == (8192, 30, 9, (3,))
    assert (header.embedding_length, header.key_length, header.value_length) == (576, 64, 64)
    assert header.vocabulary == 49_152
    assert header.writes


@pytest.mark.parametrize("version", [2, 3])
def test_what_is_written_is_read(tmp_path: Path, version: int) -> None:
    path = tmp_path / "m.gguf"
    path.write_bytes(gguf_bytes(version=version))
    header = read_header(path)
    assert header.name == "Essai 1B"
    assert header.quantisation == "Q4_K_M"
    assert header.parameters == 192
    assert header.cache_heads == (2,)
    assert header.chat_template == METADATA["tokenizer.chat_template"]


def test_heads_may_differ_from_block_to_block(tmp_path: Path) -> None:
    header = read_header(gguf_file(tmp_path / "m.gguf", {"llama.attention.head_count_kv": [0, 2, 0, 4]}))
    assert header.cache_heads == (0, 2, 0, 4)


def test_a_licence_named_other_is_the_one_that_stands_beside_it(tmp_path: Path) -> None:
    said = {"general.license": "other", "general.license.name": "gemma"}
    assert read_header(gguf_file(tmp_path / "m.gguf", said)).licence == "gemma"
    assert read_header(gguf_file(tmp_path / "m.gguf", {"general.license": "other"})).licence == ""


def test_words_of_a_header_cannot_drive_a_terminal(tmp_path: Path) -> None:
    said = {"general.name": "Bon\x1b]0;modèle\x07\n" + "x" * 500}
    name = read_header(gguf_file(tmp_path / "m.gguf", said)).name
    assert name.startswith("Bon ]0;modèle xxx")
    assert len(name) == 200


@pytest.mark.parametrize(
    "said",
    [
        {"general.architecture": "bert"},
        {"general.architecture": "nomic-bert-moe"},
        {"general.architecture": "t5encoder"},
        {"general.type": "adapter"},
        {"general.type": "mmproj"},
        {"split.count": 3},
    ],
)
def test_what_writes_nothing_is_known(tmp_path: Path, said: dict[str, Any]) -> None:
    assert not read_header(gguf_file(tmp_path / "m.gguf", said)).writes


def test_a_file_without_weights_is_read_and_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "vocabulary.gguf"
    path.write_bytes(gguf_bytes(tensors=()).rstrip(b"\0"))
    assert not read_header(path).writes


@pytest.mark.parametrize("least", [3, 11, 40, 200, 700])
def test_a_file_that_is_cut_short_is_refused(tmp_path: Path, least: int) -> None:
    whole = gguf_bytes()
    for end in (least, len(whole) - 1):
        (tmp_path / "m.gguf").write_bytes(whole[:end])
        with pytest.raises(BadModelFile) as refused:
            read_header(tmp_path / "m.gguf")
        assert refused.value.exit_code == 2


HEAD = b"GGUF" + struct.pack("<IQQ", 3, 0, 1)
FIRST = HEAD + string("general.architecture")
HUGE = 2**64 - 1


def nested(depth: int) -> bytes:
    return struct.pack("<I", 9) + struct.pack("<IQ", 9, 1) * depth


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "cut short"),
        (b"PK\x03\x04" + bytes(400), "no GGUF"),
        (b"GGUF" + struct.pack(">IQQ", 3, 0, 1), "big-endian"),
        (b"GGUF" + struct.pack("<III", 1, 0, 1), "version 1"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, HUGE) + bytes(1000), "entries"),
        (b"GGUF" + struct.pack("<IQQ", 3, HUGE, 0) + bytes(1000), "tensors"),
        (HEAD + struct.pack("<Q", HUGE) + bytes(1000), "key"),
        (FIRST + struct.pack("<IQ", 8, HUGE) + bytes(1000), "general.architecture"),
        (FIRST + struct.pack("<IIQ", 9, 8, HUGE) + bytes(1000), "general.architecture"),
        (FIRST + struct.pack("<IIQ", 9, 0, HUGE) + bytes(1000), "general.architecture"),
        (FIRST + nested(1) + bytes(1000), "array of type 9"),
        (FIRST + nested(10_000), "array of type 9"),
        (FIRST + struct.pack("<I", 77) + bytes(1000), "type 77"),
        (FIRST + value(5) + bytes(100), "general.architecture"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 2) + 2 * (string("a") + value(1)), "twice"),
        (gguf_bytes({"general.alignment": 0}), "alignment"),
        (gguf_bytes(tensors=[("x", (2**63, 2**63, 2**63, 2**63), 200)], weights=False), "parameters"),
        (
            b"GGUF" + struct.pack("<IQQ", 3, 1, 0) + string("x") + struct.pack("<I", HUGE >> 32) + bytes(99),
            "dimensions",
        ),
    ],
)
def test_a_hostile_file_ends_at_once(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "m.gguf"
    path.write_bytes(content)
    with soon_and_small(), pytest.raises(BadModelFile, match=said):
        read_header(path)


def sparse(path: Path, head: bytes, size: int) -> Path:
    """A file of any size that takes no room: what follows its head reads as zeros."""
    path.write_bytes(head)
    os.truncate(path, size)
    return path


@pytest.mark.parametrize(
    "head",
    [
        FIRST + struct.pack("<IIQ", 9, 8, 2**30),
        FIRST + struct.pack("<IIQ", 9, 8, 2**21),
        FIRST + struct.pack("<IIQ", 9, 0, 2**35),
        FIRST + struct.pack("<IQ", 8, 2**30),
        b"GGUF" + struct.pack("<IQQ", 3, 2**17, 0),
        b"GGUF" + struct.pack("<IQQ", 3, 2**40, 0),
        b"GGUF" + struct.pack("<IQQ", 3, 0, 2**16),
    ],
)
def test_a_terabyte_of_nothing_is_not_read(tmp_path: Path, head: bytes) -> None:
    path = sparse(tmp_path / "m.gguf", head, 2**40)
    with soon_and_small(4), pytest.raises(BadModelFile):
        read_header(path)


def test_many_texts_are_not_all_kept(tmp_path: Path) -> None:
    path = tmp_path / "m.gguf"
    path.write_bytes(gguf_bytes({f"k{number}": "x" * 1_000_000 for number in range(12)}))
    with soon_and_small(megabytes=25), pytest.raises(BadModelFile, match="texts beyond"):
        read_header(path)


def test_many_long_arrays_are_not_all_passed_over(tmp_path: Path) -> None:
    many = [""] * 1_100_000
    path = tmp_path / "m.gguf"
    path.write_bytes(gguf_bytes({"a": many, "b": many}))
    with pytest.raises(BadModelFile, match="items"):
        read_header(path)


def test_what_is_no_regular_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "m.gguf")
    for path in (tmp_path / "m.gguf", tmp_path, tmp_path / "absent"):
        with pytest.raises(BadModelFile):
            read_header(path)


@QUIET
@given(metadata=st.dictionaries(KEYS.filter(lambda key: key != "general.alignment"), VALUES, max_size=8))
def test_any_metadata_comes_back_as_it_was_written(tmp_path: Path, metadata: dict[str, Any]) -> None:
    path = tmp_path / "m.gguf"
    path.write_bytes(gguf_bytes(metadata))
    read = read_container(path).metadata
    assert {key: list(one.kept) if isinstance(one, Items) else one for key, one in read.items()} == metadata


@QUIET
@given(data=st.data())
def test_a_damaged_file_is_read_or_refused_and_nothing_else(tmp_path: Path, data: st.DataObject) -> None:
    content = bytearray(gguf_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=9))
    path = tmp_path / "m.gguf"
    path.write_bytes(bytes(content))
    try:
        header = read_header(path)
    except BadModelFile:
        return
    assert header.architecture


@QUIET
@given(content=st.binary(max_size=400))
def test_noise_behind_the_magic_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "m.gguf"
    path.write_bytes(b"GGUF\x03\0\0\0" + content)
    with pytest.raises(BadModelFile):
        read_header(path)
