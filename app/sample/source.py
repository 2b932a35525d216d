"""Sources of the sample corpus: Markdown with a few lines of facts before it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

SOURCES = Path(__file__).parent / "sources"
DOCUMENTS = Path(__file__).parent / "documents"


@dataclass(frozen=True, slots=True)
class Block:
    """`rows` for a table, `text` for the rest; `level` for headings."""

    kind: Literal["heading", "paragraph", "item", "table"]
    text: str = ""
    level: int = 0
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class SampleSource:
    name: str  # of the document, with its suffix
    title: str
    columns: int
    footer: str
    blocks: tuple[Block, ...]


def read_source(path: Path) -> SampleSource:
    """`path` is named after the document: 'reglement.pdf.md' becomes 'reglement.pdf'."""
    head, _, body = path.read_text(encoding="utf-8").partition("\n---\n")
    facts = dict(line.split(": ", 1) for line in head.splitlines() if ": " in line)
    blocks = tuple(_block(part) for section in body.split("\n\n") for part in _parts(section.strip()))
    return SampleSource(path.stem, facts["title"], int(facts.get("columns", "1")), facts.get("footer", ""), blocks)


def _parts(section: str) -> list[str]:
    """A table is one part; each list item is one; a paragraph is one."""
    if section.startswith("- "):
        return section.split("\n")
    return [section] if section else []


def _block(part: str) -> Block:
    if part.startswith("#"):
        marks, _, text = part.partition(" ")
        return Block("heading", text.strip(), len(marks))
    if part.startswith("- "):
        return Block("item", part[2:].strip())
    if part.startswith("|"):
        lines = [line for line in part.split("\n") if not set(line) <= set("|-: ")]
        return Block("table", rows=tuple(tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines))
    return Block("paragraph", " ".join(part.split()))
