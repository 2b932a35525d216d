"""Citations of one answer: each span is numbered once, and cut from the stored page."""

from __future__ import annotations

from collections.abc import Sequence

from app.assistant.events import CertifiedSentence, Citation
from app.assistant.evidence import Evidence
from index.records import Hit
from index.store import Index


class Register:
    """Numbers the cited spans of one answer, in order of first use.

    A quotation is copied from the stored page, never from what searching returned: a span whose page is gone
    (erased a moment ago) yields no citation.
    """

    def __init__(self, index: Index) -> None:
        self._index = index
        self._citations: dict[tuple[str, str, int, int, int], Citation] = {}

    @property
    def citations(self) -> tuple[Citation, ...]:
        return tuple(self._citations.values())

    def cite(self, hit: Hit, start: int, end: int) -> Citation | None:
        """The citation of `page.text[start:end]` on the hit's page, or None when that page is no longer held."""
        key = (hit.document.collection, hit.document.sha256, hit.page, start, end)
        if key not in self._citations:
            source = self._index.source_page(
                hit.document.collection, hit.document.sha256, hit.page, start=hit.start, quote=hit.text
            )
            if source is None:
                return None
            self._citations[key] = Citation(
                marker=len(self._citations) + 1,
                document=hit.document,
                page=hit.page,
                label=source.page.label,
                start=start,
                end=end,
                quote=source.page.text[start:end],
                heading=hit.heading,
            )
        return self._citations[key]

    def quote(self, evidence: Sequence[Evidence]) -> tuple[CertifiedSentence, ...]:
        """The evidence as quotations, each its own citation."""
        cited = [(self.cite(one.hit, one.start, one.end), one) for one in evidence]
        return tuple(
            CertifiedSentence(one.quote, (one.marker,), "quotation", quoted.mark if one.quote == quoted.text else None)
            for one, quoted in cited
            if one is not None
        )
