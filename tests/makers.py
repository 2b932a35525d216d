"""Documents and indexes for tests."""

from __future__ import annotations

import hashlib
from pathlib import Path

from index.records import NewDocument, Page, Passage
from index.store import Index
from tests.fakes import FakeEmbedder


def document(
    text: str, *, path: str = "a.md", collection: str = "essai", title: str = "A", original: Path | None = None
) -> NewDocument:
    """One page; a passage for each paragraph, tiling the page."""
    passages, position = [], 0
    for part in text.split("\n\n"):
        end = min(len(text), position + len(part) + 2)
        passages.append(Passage(len(passages), 1, position, end, (title,), text[position:end]))
        position = end
    sha256 = hashlib.sha256(original.read_bytes() if original else text.encode()).hexdigest()
    return NewDocument(
        collection, path, "/root", sha256, len(text), 1, title, "text/markdown", (Page(1, "1", text),), tuple(passages),
        original=original,
    )  # fmt: skip


def open_index(data_dir: Path, embedder: FakeEmbedder | None = None) -> Index:
    return Index.open(data_dir, (embedder or FakeEmbedder()).model)


def hold(index: Index, *documents: NewDocument, embedder: FakeEmbedder | None = None, publish: bool = True) -> None:
    """Store documents with their embeddings, and publish."""
    embedder = embedder or FakeEmbedder()
    with index.writer():
        for one in documents:
            texts = {passage.digest: passage.searchable for passage in one.passages}
            index.replace(one, dict(zip(texts, embedder.embed(list(texts.values())), strict=True)))
        if publish:
            index.publish()


def found_texts(index: Index, question: str, collections: set[str] | None = None, k: int = 10) -> list[str]:
    vector = FakeEmbedder().embed([question])[0]
    wanted = {"essai"} if collections is None else collections
    return [hit.text.strip() for hit in index.search(question, vector, collections=wanted, k=k)]
