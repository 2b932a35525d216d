"""Lists of files of the page of ingestion: names are shown as they are, long lists are folded."""

from __future__ import annotations

from lxml import html

from app.ui.file_lists import files_html, ignored_html, missing_html, warned_html
from app.ui.report_html import quarantine_html

HOSTILE = "<img src=x onerror=alert(1)>.pdf"


def failed(path: str, code: str, root: str = "/corpus", **parameters: str) -> dict[str, object]:
    return {"path": path, "root": root, "code": code, "parameters": parameters, "warning_codes": ()}


def test_names_are_never_rendered() -> None:
    shown = "".join(
        [
            quarantine_html(
                [failed(HOSTILE, "ingest.encrypted", HOSTILE), failed("b.pdf", "ingest.no_text", pages="3")], "fr"
            ),
            warned_html([{"path": HOSTILE, "warning_codes": ("ingest.page_without_text:2",)}], "fr"),
            missing_html([{"path": HOSTILE}], "fr"),
            ignored_html([{"path": HOSTILE}, {"path": f"a.{HOSTILE}x"}], "fr"),
        ]
    )
    parsed = html.fragment_fromstring(shown, create_parent="div")
    assert {one.tag for one in parsed.iterdescendants()} <= {
        "section", "h2", "p", "figure", "blockquote", "figcaption", "strong", "ul", "li", "span", "details",
        "summary", "br",
    }  # fmt: skip
    assert parsed.text_content().count(HOSTILE) >= 5


def test_a_long_list_is_folded_and_says_how_long_it_is() -> None:
    shown = html.fragment_fromstring(files_html((f"{number}.pdf" for number in range(700)), "fr"), create_parent="div")
    (folded,) = shown.findall("details")
    assert folded.findtext("summary") == "Afficher 694 de plus"
    assert len(shown.findall("ul/li")) == 6
    assert folded.findall("ul/li")[-1].text == "Non affichés : 200."
    assert "details" not in files_html(["a.pdf"], "fr")


def test_files_of_one_cause_stand_together_the_most_frequent_first() -> None:
    shown = html.fragment_fromstring(
        quarantine_html(
            [
                failed("vide.txt", "ingest.empty_file"),
                failed("a.pdf", "ingest.broken_file", detail="xref"),
                failed("b.pdf", "ingest.broken_file", detail="EOF"),
            ],
            "fr",
        )
    )
    first, second = shown.findall("figure")
    assert [one.findtext("strong") for one in first.iter("li")] == ["a.pdf", "b.pdf"]
    assert "(xref)" in first.text_content()
    assert second.findtext("blockquote/strong") == "Le fichier est vide (0 octet)."
    assert shown.findtext("h2") == "En quarantaine (3)"
