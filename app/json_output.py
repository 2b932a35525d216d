"""The JSON of the command line: the contract of `search` and `ask`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from app.assistant.events import CertifiedSentence, Citation, Finished
from index.records import DocumentRef, Hit

_VALIDITY = ("in_force_from", "in_force_until")


def document_json(document: DocumentRef) -> dict[str, Any]:
    """The fields of the design; a period of validity only for a document that states one."""
    return {
        "id": document.id,
        "path": document.path,
        "title": document.title,
        "collection": document.collection,
        "sha256": document.sha256,
        **_validity_json(document),
    }


def _validity_json(document: DocumentRef) -> dict[str, Any]:
    stated = {name: document.metadata[name] for name in _VALIDITY if name in document.metadata}
    return {**stated, "in_force": document.in_force(date.today())} if stated else {}


def hits_json(hits: Iterable[Hit]) -> list[dict[str, Any]]:
    return [
        {
            "rank": rank,
            "score": round(hit.score, 6),
            "document": document_json(hit.document),
            "page": hit.page,
            "heading": " > ".join(hit.heading),
            "passage_id": hit.passage_id,
            "text": hit.text,
        }
        for rank, hit in enumerate(hits, start=1)
    ]


def search_json(question: str, collections: Iterable[str], elapsed_ms: float, hits: Sequence[Hit]) -> dict[str, Any]:
    return {
        "question": question,
        "collections": sorted(collections),
        "elapsed_ms": round(elapsed_ms, 1),
        "hits": hits_json(hits),
    }


def answer_json(answer: Finished) -> dict[str, Any]:
    return {
        "question": answer.question.text,
        "kind": answer.kind,
        "sentences": [_sentence_json(one) for one in answer.sentences],
        "citations": [_citation_json(one) for one in answer.citations],
        "hits": hits_json(answer.hits),
        "model": answer.model,
        "withheld": answer.withheld,
        "marks": _marks_json(answer.sentences),
        "timings_ms": dict(answer.timings_ms),
    }


def _sentence_json(sentence: CertifiedSentence) -> dict[str, Any]:
    return {"text": sentence.text, "markers": list(sentence.markers), "certified_by": sentence.certified_by}


def _marks_json(sentences: Sequence[CertifiedSentence]) -> list[dict[str, int]]:
    """What answers, as a span of a sentence's text; sentences are counted from 0."""
    marked = [(number, one.mark) for number, one in enumerate(sentences) if one.mark]
    return [{"sentence": number, "start": start, "end": end} for number, (start, end) in marked]


def _citation_json(citation: Citation) -> dict[str, Any]:
    return {
        "marker": citation.marker,
        "document": document_json(citation.document),
        "page": citation.page,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
    }
