"""The HTML of an answer.  Every word of a document, a question or a model is escaped: nothing they say is markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from app.api.links import citation_link, source_link
from app.assistant.events import CertifiedSentence, Citation, Finished, Quoted
from app.messages import describe, text
from app.shown import shown_html
from app.ui.asking import View
from app.validity import validity_notice


def view_html(view: View, question: str, language: str) -> str:
    """The answer so far: quotations first, then what is written, then how it ended."""
    parts = [f'<h2 class="g-question">{shown_html(question)}</h2>']
    if view.failure is not None:
        parts.append(failure_html(view.failure, language))
    elif view.finished is not None:
        parts.append(_finished(view.finished, view.quoted, language))
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
    parts.append(f'<p class="g-status" role="status">{shown_html(text(language, key, position=view.waiting))}</p>')
    return "".join(parts)


def _finished(answer: Finished, quoted: Quoted | None, language: str) -> str:
    citations = {one.marker: one for one in answer.citations}
    parts = [_kind(answer.kind, language)]
    if answer.kind == "generated":
        parts.append(_written(answer.sentences, citations, language))
        parts.append(_sources(answer.citations, language))
        parts.append(_beside(answer, quoted, language))
    elif answer.kind == "quoted":
        parts.append(_quotations(answer.sentences, citations, language))
    else:
        parts.append(_refused(answer, language))
    if answer.withheld:
        parts.append(note_html(text(language, "ui.withheld", count=answer.withheld)))
    return "".join(parts)


def _beside(answer: Finished, quoted: Quoted | None, language: str) -> str:
    others = answer.beside(quoted)
    if others is None:
        return ""
    citations = {one.marker: one for one in others.citations}
    return _kind("quoted", language) + _quotations(others.sentences, citations, language)


def _kind(kind: str, language: str) -> str:
    return f'<p class="g-kind g-{kind}">{shown_html(text(language, f"ui.kind_{kind}"))}</p>'


def _written(sentences: Iterable[CertifiedSentence], citations: Mapping[int, Citation], language: str) -> str:
    shown = " ".join(f"{shown_html(one.text)}{_markers(one, citations, language)}" for one in sentences)
    return f'<p class="g-written">{shown}</p>'


def _markers(sentence: CertifiedSentence, citations: Mapping[int, Citation], language: str) -> str:
    return "".join(
        f'<a class="g-marker" href="{shown_html(citation_link(citations[marker], language))}" target="_blank"'
        f' title="{shown_html(_place(citations[marker], language))}">[{marker}]</a>'
        for marker in sentence.markers
        if marker in citations
    )


def _quotations(sentences: Iterable[CertifiedSentence], citations: Mapping[int, Citation], language: str) -> str:
    return "".join(
        f'<figure class="g-quotation"><blockquote>{_lines(one.text, one.mark)}</blockquote>'
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
    address = shown_html(citation_link(citation, language))
    notice = validity_notice(citation.document, language)
    warned = f'<span class="g-validity">{shown_html(notice)}</span>' if notice else ""
    return (
        f'<span class="g-number">[{citation.marker}]</span> <span>{shown_html(_place(citation, language))}</span>'
        f' <a class="g-open" href="{address}" target="_blank">{shown_html(text(language, "ui.open_page"))}</a>'
        f"{warned}"
    )


def _place(citation: Citation, language: str) -> str:
    page = text(language, "ui.page", label=citation.label)
    return f"{citation.document.title}, {page} ({citation.document.collection})"


def _refused(answer: Finished, language: str) -> str:
    searched = ", ".join(sorted(answer.question.collections)) or "–"
    parts = [f"<p>{shown_html(text(language, 'ui.searched', collections=searched))}</p>"]
    closest = {hit.document.id: hit for hit in reversed(answer.hits[:6])}
    if closest:
        parts.append(f"<p>{shown_html(text(language, 'ui.closest'))}</p><ul>")
        for hit in sorted(closest.values(), key=lambda one: -one.score)[:3]:
            address = shown_html(source_link(hit.document.collection, hit.document.sha256, hit.page, language))
            parts.append(f'<li><a href="{address}" target="_blank">{shown_html(hit.document.title)}</a></li>')
        parts.append("</ul>")
    return "".join(parts)


def note_html(words: str) -> str:
    """A line beside an answer; names of files and questions stand in it."""
    return f'<p class="g-note">{shown_html(words)}</p>'


def failure_html(failure: Exception, language: str) -> str:
    """What is broken, and the remedy, in the reader's language."""
    code = getattr(failure, "code", "app.failure")
    reason, remedy = describe(language, code, getattr(failure, "parameters", {}))
    return f'<p class="g-kind g-failed">{shown_html(reason)}</p><p>{shown_html(remedy)}</p>'


def _lines(quotation: str, mark: tuple[int, int] | None = None) -> str:
    """The quotation's own line ends, where they are those of a list or a table; others are a page's margins.

    `quotation[start:end]` of `mark` is what the question asks for.
    """
    parts: list[str] = []
    former = ""
    for line in re.finditer(r"[^\s].*", quotation):
        bare = line.group().rstrip()
        if parts:
            own = bare.startswith(("-", "•", "–")) or " | " in bare or former.endswith((":", ";"))
            parts.append("<br>" if own else " ")
        parts.append(_marked(quotation, line.start(), line.start() + len(bare), mark))
        former = bare
    return "".join(parts)


def _marked(quotation: str, start: int, end: int, mark: tuple[int, int] | None) -> str:
    first, last = (max(start, mark[0]), min(end, mark[1])) if mark else (start, start)
    if first >= last:
        return _words(quotation[start:end])
    return f"{_words(quotation[start:first])}<mark>{_words(quotation[first:last])}</mark>{_words(quotation[last:end])}"


def _words(part: str) -> str:
    return re.sub(r"\s+", " ", shown_html(part))
