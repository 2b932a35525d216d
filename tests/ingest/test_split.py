"""Passages tile their page: joined, they give it back; none is blank, none is too long, each knows its headings."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.documents import ExtractedDocument, ExtractedPage, Heading
from ingest.split import MOST, split


@st.composite
def pages(draw: st.DrawFn) -> ExtractedPage:
    text = draw(st.text(alphabet=st.sampled_from("ab. \n;É-"), max_size=400)) * draw(st.integers(1, 9))
    offsets = draw(st.lists(st.integers(0, max(0, len(text) - 1)), max_size=4, unique=True))
    headings = [Heading(offset, draw(st.integers(1, 3)), text[offset : offset + 3]) for offset in sorted(offsets)]
    return ExtractedPage(1, "1", text, tuple(headings))


@given(st.lists(pages(), min_size=1, max_size=3))
def test_joined_passages_give_each_page_back(listed: list[ExtractedPage]) -> None:
    numbered = tuple(
        ExtractedPage(number, str(number), page.text, page.headings) for number, page in enumerate(listed, start=1)
    )
    passages = split(ExtractedDocument("Titre", "text/plain", numbered))
    assert [one.position for one in passages] == list(range(len(passages)))
    for page in numbered:
        own = [one for one in passages if one.page == page.number]
        for one in own:
            assert one.text == page.text[one.start : one.end]
            assert one.text.strip()
        if page.text.strip():
            assert "".join(one.text for one in own) == page.text
        else:
            assert own == []


@given(st.text(alphabet=st.sampled_from("ab. \né"), max_size=3000))
def test_no_passage_is_longer_than_what_the_embedder_reads(text: str) -> None:
    document = ExtractedDocument("", "text/plain", (ExtractedPage(1, "1", text),))
    # White space that no passage can start with is the only thing that may lengthen one.
    assert all(len(one.text.strip()) <= MOST for one in split(document))


def test_a_passage_carries_its_heading_path_over_pages() -> None:
    first = "Chapitre 1\n\nArticle 1\n\nLe conseil se réunit."
    second = "Suite de l'article.\n\nArticle 2\n\nLe maire convoque."
    document = ExtractedDocument(
        "Règlement",
        "application/pdf",
        (
            ExtractedPage(1, "1", first, (Heading(0, 1, "Chapitre 1"), Heading(12, 2, "Article 1"))),
            ExtractedPage(2, "2", second, (Heading(second.index("Article 2"), 2, "Article 2"),)),
        ),
    )
    assert [(one.heading, one.text) for one in split(document)] == [
        (("Règlement", "Chapitre 1", "Article 1"), first),
        (("Règlement", "Chapitre 1", "Article 1"), "Suite de l'article.\n\n"),
        (("Règlement", "Chapitre 1", "Article 2"), "Article 2\n\nLe maire convoque."),
    ]


def test_a_long_paragraph_is_cut_between_sentences() -> None:
    sentence = "Le conseil municipal fixe les tarifs de la restauration scolaire pour l'année."
    text = " ".join([sentence] * 30)
    passages = split(ExtractedDocument("", "text/plain", (ExtractedPage(1, "1", text),)))
    assert len(passages) > 2
    assert all(one.text.strip().endswith(".") for one in passages)
