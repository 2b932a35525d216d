"""Many passages out of few: real texts repeated with changes, vectors around their real ones."""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.sample.source import DOCUMENTS
from index.catalogue import Embeddings
from index.records import NewDocument, Page, Passage
from models.protocols import Embedder

_PER_DOCUMENT = 200
_SPREAD = 0.5  # length of the noise beside that of a unit vector: cosines of some 0.9 to the real one
_BETWEEN_SENTENCES = re.compile(r"(?<=[.;!?])\s+")
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Seeds:
    """Real passages, their vectors of shape (len(texts), dimensions), and every sentence in them."""

    texts: Sequence[str]
    vectors: NDArray[np.float32]
    sentences: Sequence[str]


def real_passages(folder: Path, most: int) -> list[str]:
    """Up to `most` paragraphs of a folder's Markdown files, some 400 to 1,200 characters each, by a fixed choice."""
    texts = []
    for path in sorted(folder.rglob("*.md")):
        gathered = ""
        for paragraph in re.split(r"\n\s*\n", path.read_text("utf-8")):
            gathered = f"{gathered} {' '.join(paragraph.split())}".strip()
            if len(gathered) >= 400:
                texts.append(gathered[:1200])
                gathered = ""
    random.Random(7).shuffle(texts)
    return texts[:most]


def seeds(folder: Path | None, embedder: Embedder, most: int) -> Seeds:
    """Of a folder of Markdown files, else of the sample corpus."""
    texts = real_passages(folder or DOCUMENTS, most)
    sentences = [one for text in texts for one in _BETWEEN_SENTENCES.split(text)]
    return Seeds(texts, embedder.embed(texts), sentences)


def documents(collection: str, count: int, real: Seeds) -> Iterator[tuple[NewDocument, Embeddings]]:
    """`count` passages in documents of 200; the same for the same arguments."""
    chance, noise = random.Random(11), np.random.default_rng(13)
    for first in range(0, count, _PER_DOCUMENT):
        size = min(_PER_DOCUMENT, count - first)
        chosen = [chance.randrange(len(real.texts)) for _ in range(size)]
        texts = [changed(real.texts[one], real.sentences, chance) for one in chosen]
        document = _document(collection, f"{first:08}.md", texts)
        yield document, _embeddings(document, around(real.vectors[chosen], noise))


def changed(text: str, sentences: Sequence[str], chance: random.Random) -> str:
    """Other numbers, and one sentence of another text in place of one of its own."""
    own = _BETWEEN_SENTENCES.split(text)
    own[chance.randrange(len(own))] = chance.choice(sentences)
    return _NUMBER.sub(lambda _: str(chance.randrange(1, 3000)), " ".join(own))


def around(vectors: NDArray[np.float32], noise: np.random.Generator) -> NDArray[np.float32]:
    """Unit vectors near the given ones."""
    moved = vectors + noise.normal(0, _SPREAD / vectors.shape[1] ** 0.5, vectors.shape)
    near: NDArray[np.float32] = (moved / np.linalg.norm(moved, axis=1, keepdims=True)).astype(np.float32)
    return near


def _document(collection: str, path: str, texts: Sequence[str]) -> NewDocument:
    text, passages, start = "\n\n".join(texts), [], 0
    for position, one in enumerate(texts):
        passages.append(Passage(position, 1, start, start + len(one), (), one))
        start += len(one) + 2
    sha256 = hashlib.sha256(f"{path}\n{text}".encode()).hexdigest()
    page = Page(1, "1", text)
    return NewDocument(collection, path, "/banc", sha256, len(text), 1, path, "text/markdown", (page,), tuple(passages))


def _embeddings(document: NewDocument, vectors: NDArray[np.float32]) -> Embeddings:
    return dict(zip((one.digest for one in document.passages), vectors, strict=True))
