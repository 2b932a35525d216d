"""True sentences, each in its passage: of folders of Markdown, cut as when ingested, and of the sample corpus."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.assistant.sentences import sentence_spans
from app.sample.source import SOURCES, read_source
from app.sample.web import write_markdown
from index.records import DocumentRef, Hit
from ingest.readers.markdown import MarkdownReader
from ingest.split import split
from tests.benchmarks.french import NAME


@dataclass(frozen=True, slots=True)
class Corpus:
    """Passages by document, and the sentences that can be tried, in an order that the seed gives."""

    documents: tuple[tuple[Hit, ...], ...]
    names: tuple[str, ...]
    foreign: tuple[str, ...]
    sentences: tuple[tuple[int, int, str], ...]  # document, passage, sentence


def read_folder(folder: Path, seed: int, most_files: int = 300) -> Corpus:
    """As many of the folder's Markdown files, drawn by the seed."""
    paths = sorted(folder.rglob("*.md"))
    paths = sorted(random.Random(seed).sample(paths, min(most_files, len(paths))))
    return corpus_of([hits for number, path in enumerate(paths) if (hits := passages(path, number))], seed)


def read_sample(seed: int) -> Corpus:
    return corpus_of(list(sample_passages().values()), seed)


def corpus_of(documents: Sequence[tuple[Hit, ...]], seed: int) -> Corpus:
    found = [
        (document, place, sentence)
        for document, hits in enumerate(documents)
        for place, hit in enumerate(hits)
        for sentence in true_sentences(hit.text)
    ]
    found = list({sentence: (document, place, sentence) for document, place, sentence in found}.values())
    random.Random(seed).shuffle(found)
    ordinary = {word for _, _, text in found for word in text.split() if word.islower()}
    capitals = {one.group() for _, _, text in found[:4000] for one in NAME.finditer(text)}
    names = sorted(one for one in capitals if one.lower() not in ordinary and not one.isupper())
    return Corpus(tuple(documents), tuple(names), tuple(text for _, _, text in found[:400]), tuple(found))


def passages(path: Path, number: int) -> tuple[Hit, ...]:
    document = DocumentRef(number, path.name, path.stem, "banc", f"{number:064x}")
    return tuple(
        Hit(
            passage_id=number * 100_000 + one.position, score=1.0, document=document, page=one.page, start=one.start,
            end=one.end, position=one.position, heading=one.heading, text=one.text, found_by=("keywords",),
        )
        for one in split(MarkdownReader().read(path))
    )  # fmt: skip


def true_sentences(text: str) -> Iterator[str]:
    """Whole sentences that can be read alone: neither headings, nor items, nor what announces a list."""
    for span in sentence_spans(text):
        sentence = " ".join(span.of(text).split())
        if (
            7 <= len(sentence.split()) <= 60
            and sentence[0].isupper()
            and sentence[-1] == "."
            and sentence.count("\n") == 0
        ):
            yield sentence


def sample_passages() -> dict[str, tuple[Hit, ...]]:
    """The sample corpus as Markdown, whatever the format of its documents: document name to passages."""
    with tempfile.TemporaryDirectory() as folder:
        found = {}
        for number, path in enumerate(sorted(SOURCES.glob("*.md"))):
            source = read_source(path)
            write_markdown(source, Path(folder) / f"{number}.md")
            found[source.name] = passages(Path(folder) / f"{number}.md", number)
        return found
