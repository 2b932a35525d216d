"""The HTML of an answer.  Every word of a document, a question or a model is escaped: nothing they say is markup."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

from app.api.links import citation_link, source_link
from app.assistant.events import CertifiedSentence, Citation, Finished
from app.messages import describe, text
from app.ui.asking import View
from app.validity import validity_notice


def view_html(view: View, question: str, language: str) -> str:
    """The answer so far: quotations first, then what is written, then how it ended."""
    parts = [f'<h2 class="g-question">{escape(question)}</h2>']
    if view.failure is not None:
        parts.append(_failure(view.failure, language))
    elif view.finished is not None:
        parts.append(_finished(view.finished, language))
    else:
        parts.append(_in_progress(view, language))
    return f'<section class="g-answer" lang="{language}" aria-live="polite">{"".join(parts)}</section>'


def _in_progress(view: View, language: str) -> str:
    parts = []
    if view.quoted is not None:
        citations = {one.marker: one for one in view.quoted.citations}
        if view.written:
            cited = {one.marker: one for sentence in view.written for one in sentence.citations}
            parts.append(_kind("generated", language))
            parts.append(_written((one.sentence for one in view.written), cited, language))
        parts.append(_quotations(view.quoted.sentences, citations, language))
    key = "ui.searching" if view.found is None else "ui.waiting" if view.waiting else "ui.writing"
    parts.append(f'<p class="g-status" role="status">{escape(text(language, key, position=view.waiting))}</p>')
    return "".join(parts)


def _finished(answer: Finished, language: str) -> str:
    citations = {one.marker: one for one in answer.citations}
    parts = [_kind(answer.kind, language)]
    if answer.kind == "generated":
        parts.append(_written(answer.sentences, citations, language))
        parts.append(_sources(answer.citations, language))
    elif answer.kind == "quoted":
        parts.append(_quotations(answer.sentences, citations, language))
    else:
        parts.append(_refused(answer, language))
    if answer.withheld:
        parts.append(f'<p class="g-note">{escape(text(language, "ui.withheld", count=answer.withheld))}</p>')
    return "".join(parts)


def _kind(kind: str, language: str) -> str:
    return f'<p class="g-kind g-{kind}">{escape(text(language, f"ui.kind_{kind}"))}</p>'


def _written(sentences: Iterable[CertifiedSentence], citations: Mapping[int, Citation], language: str) -> str:
    shown = " ".join(f"{escape(one.text)}{_markers(one, citations, language)}" for one in sentences)
    return f'<p class="g-written">{shown}</p>'


def _markers(sentence: CertifiedSentence, citations: Mapping[int, Citation], language: str) -> str:
    return "".join(
        f'<a class="g-marker" href="{escape(citation_link(citations[marker], language))}" target="_blank"'
        f' title="{escape(_place(citations[marker], language))}">[{marker}]</a>'
        for marker in sentence.markers
        if marker in citations
    )


def _quotations(sentences: Iterable[CertifiedSentence], citations: Mapping[int, Citation], language: str) -> str:
    return "".join(
        f'<figure class="g-quotation"><blockquote>{_lines(one.text)}</blockquote>'
        f"<figcaption>{_reference(citations[one.markers[0]], language)}</figcaption></figure>"
        for one in sentences
        if one.markers and one.markers[0] in citations
    )


def _sources(citations: Iterable[Citation], language: str) -> str:
    return "".join(
        f'<figure class="g-quotation"><blockquote>{_lines(one.quote)}</blockquote>'
        f"<figcaption>{_reference(one, language)}</figcaption></figure>"
        for one in citations
    )


def _reference(citation: Citation, language: str) -> str:
    address = escape(citation_link(citation, language))
    notice = validity_notice(citation.document, language)
    warned = f'<span class="g-validity">{escape(notice)}</span>' if notice else ""
    return (
        f'<span class="g-number">[{citation.marker}]</span> <span>{escape(_place(citation, language))}</span>'
        f' <a class="g-open" href="{address}" target="_blank">{escape(text(language, "ui.open_page"))}</a>'
        f"{warned}"
    )


def _place(citation: Citation, language: str) -> str:
    page = text(language, "ui.page", label=citation.label)
    return f"{citation.document.title}, {page} ({citation.document.collection})"


def _refused(answer: Finished, language: str) -> str:
    searched = ", ".join(sorted(answer.question.collections)) or "–"
    parts = [f"<p>{escape(text(language, 'ui.searched', collections=searched))}</p>"]
    closest = {hit.document.id: hit for hit in reversed(answer.hits[:6])}
    if closest:
        parts.append(f"<p>{escape(text(language, 'ui.closest'))}</p><ul>")
        for hit in sorted(closest.values(), key=lambda one: -one.score)[:3]:
            address = escape(source_link(hit.document.collection, hit.document.sha256, hit.page, language))
            parts.append(f'<li><a href="{address}" target="_blank">{escape(hit.document.title)}</a></li>')
        parts.append("</ul>")
    return "".join(parts)


def _failure(failure: Exception, language: str) -> str:
    code = getattr(failure, "code", "app.failure")
    reason, remedy = describe(language, code, getattr(failure, "parameters", {}))
    return f'<p class="g-kind g-failed">{escape(reason)}</p><p>{escape(remedy)}</p>'


def _lines(quotation: str) -> str:
    """The quotation's own line ends, where they are those of a list or a table; others are a page's margins."""
    shown: list[str] = []
    for line in quotation.splitlines():
        bare = " ".join(line.split())
        if shown and (bare.startswith(("-", "•", "–")) or " | " in bare or shown[-1].endswith((":", ";"))):
            shown.append(bare)
        elif shown:
            shown[-1] = f"{shown[-1]} {bare}"
        else:
            shown.append(bare)
    return "<br>".join(escape(line) for line in shown)
