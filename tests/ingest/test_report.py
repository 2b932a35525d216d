"""What is reported of a run: in report.json and on the page of the interface."""

from __future__ import annotations

import json
import shutil
from functools import partial
from html import escape
from pathlib import Path

import pytest

from app.messages import describe
from app.ui.report_html import quarantine_html, recognition_html, totals_html
from index.records import Source, SourceFacts
from ingest.errors import BrokenFile
from ingest.pipeline import Options, ingest
from ingest.progress import SilentProgress
from ingest.report import Report
from tests import files
from tests.fakes import FakeEmbedder
from tests.makers import open_index

FRENCH = partial(describe, "fr")


def source(path: str, *confidences: float) -> Source:
    pages = tuple(enumerate(confidences, start=1))
    mean = sum(confidences) / len(confidences) if confidences else None
    facts = SourceFacts(confidence=mean, confidences=pages)
    return Source(path, "/corpus", "aa", 1, 1, len(confidences) or 1, 3, facts=facts)


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="needs tesseract (make tools)")
def test_the_confidence_of_each_recognised_page_is_told_by_this_run_and_the_next(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    files.scanned_pdf(tmp_path / "corpus" / "a.pdf", ["Une page de texte.", ["La salle des fêtes."], ["Le budget."]])
    embedder = FakeEmbedder()
    index = open_index(tmp_path / "data", embedder)

    def told() -> tuple[str, list[dict[str, float]]]:
        report = ingest(
            [tmp_path / "corpus"], "essai", index=index, embedder=embedder, progress=SilentProgress(),
            options=Options(workers=1),
        )  # fmt: skip
        (one,) = json.loads(json.dumps(report.as_json(FRENCH)))["files"]
        return one["verdict"], one["page_confidences"]

    first = told()
    assert first[0] == "added"
    assert [one["page"] for one in first[1]] == [2, 3]
    assert all(50 < one["confidence"] <= 100 for one in first[1])
    assert told() == ("unchanged", first[1])


def test_the_page_shows_totals_reasons_remedies_and_each_page_s_confidence() -> None:
    report = Report("essai")
    report.taken(source("bon.pdf", 96.2, 95.9, 41.0, 96.0), "added")
    report.taken(source("<flou>.pdf", 38.0), "added")
    report.taken(source("copie.txt"), "added", duplicate_of="original.txt")
    report.refused("cassé.pdf", "failed", BrokenFile(detail="xref"), "/corpus")
    told = report.as_json(FRENCH)

    totals = totals_html(told, "fr")
    assert '<span class="g-count">3</span> ajoutés' in totals
    assert '<span class="g-count">1</span> en quarantaine' in totals
    assert '<span class="g-count">1</span> doublons' in totals
    quarantine = quarantine_html([one for one in told["files"] if one["verdict"] == "failed"], "fr")
    told_of_it = ("cassé.pdf", "en quarantaine", *FRENCH("ingest.broken_file", {"detail": "xref"}))
    assert all(escape(said) in quarantine for said in told_of_it)
    recognition = recognition_html(told["files"], "fr")
    assert "<strong>bon.pdf</strong> 41 % : p. 3 · 96 % : p. 1–2, 4" in recognition
    assert recognition.index("&lt;flou&gt;.pdf") < recognition.index("bon.pdf")
    assert "copie.txt" not in recognition
    assert recognition_html([one for one in told["files"] if one["path"] == "copie.txt"], "fr") == ""
