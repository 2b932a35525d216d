"""What the catalogue tells of documents that are held already."""

from __future__ import annotations

from dataclasses import dataclass

from index.records import DocumentRef, Source
from index.store import Index
from ingest.documents import ExtractedPage
from ingest.recognise import RecognisedPages


@dataclass(frozen=True, slots=True)
class Held:
    """Reading only: any thread may ask."""

    index: Index
    collection: str

    def title(self, source: Source) -> str:
        """Empty when nothing of that content is held."""
        document = self._document(source)
        return document.title if document else ""

    def metadata(self, source: Source) -> dict[str, str]:
        """Title included."""
        document = self._document(source)
        return {**document.metadata, "title": document.title} if document else {}

    def lend_recognised(self, source: Source, kept: RecognisedPages) -> None:
        """Pages that were recognised in this content before need no recognition when it is read again."""
        for number, confidence in source.facts.confidences:
            if kept.find(source.sha256, number) is None:
                found = self.index.source_page(self.collection, source.sha256, number)
                if found is not None:
                    page = found.page
                    kept.keep(
                        source.sha256,
                        ExtractedPage(number, page.label, page.text, boxes=page.boxes, confidence=confidence),
                    )

    def _document(self, source: Source) -> DocumentRef | None:
        page = self.index.source_page(self.collection, source.sha256, 1)
        return page.document if page else None
