"""Small records for the assistant's tests."""

from __future__ import annotations

from index.records import DocumentRef, Hit


def hit(text: str, *, passage_id: int = 1, score: float = 1.0, start: int = 0, heading: tuple[str, ...] = ()) -> Hit:
    document = DocumentRef(passage_id, f"doc{passage_id}.md", f"Document {passage_id}", "essai", f"{passage_id:064x}")
    return Hit(
        passage_id=passage_id,
        score=score,
        document=document,
        page=1,
        start=start,
        end=start + len(text),
        position=0,
        heading=heading,
        text=text,
        found_by=("keywords",),
    )
