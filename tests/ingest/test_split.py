"""Passages tile their page: joined, they give it back; none is blank, none is too long, each knows its headings."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ingest.documents import ExtractedDocument, ExtractedPage, Heading, Table
from ingest.split import MOST, split

PATH_MOST, HEADER_MOST = 300, 240  # characters of a heading path that its passage makes room for; of a table's header


@st.composite
def pages(draw: st.DrawFn) -> ExtractedPage:
    """Any text, with headings and tables anywhere in it, tables apart from each other."""
    text = draw(st.text(alphabet=st.sampled_from("ab. \n;É-"), max_size=400)) * draw(st.integers(1, 9))
    offsets = draw(st.lists(st.integers(0, max(0, len(text) - 1)), max_size=4, unique=True))
    headings = [Heading(offset, draw(st.integers(1, 3)), text[offset : offset + 3]) for offset in sorted(offsets)]
    edges = sorted(draw(st.lists(st.integers(0, len(text)), max_size=6, unique=True)))
    tables = [
        Table(start, end, draw(st.sampled_from(["", "Rue | Quartier"])))
        for start, end in zip(edges[::2], edges[1::2], strict=False)
    ]
    return ExtractedPage(1, "1", text, tuple(headings), tuple(tables))


@st.composite
def laid_out_pages(draw: st.DrawFn) -> ExtractedPage:
    """What readers give: headings, paragraphs and tables one below the other, short or far too long."""
    text = ""
    headings: list[Heading] = []
    tables: list[Table] = []
    lines = st.builds(
        lambda word, count: " ".join([word] * count), st.sampled_from(["mairie", "É.", "délibération;"]),
        st.sampled_from([1, 9, 40, 300]),
    )  # fmt: skip
    for kind in draw(st.lists(st.sampled_from(["heading", "paragraph", "table"]), max_size=8)):
        text += draw(st.sampled_from(["", "\n", "\n\n"])) if text else ""
        start = len(text)
        if kind == "table":
            rows = draw(st.lists(lines, min_size=1, max_size=30))
            text += "\n".join(f"{row} | {row}" for row in rows)
            tables.append(Table(start, len(text), draw(st.sampled_from(["", rows[0]]))))
        else:
            text += draw(lines)
            if kind == "heading":
                headings.append(Heading(start, draw(st.integers(1, 3)), text[start:]))
    return ExtractedPage(1, "1", text, tuple(headings), tuple(tables))


@given(st.lists(pages() | laid_out_pages(), min_size=1, max_size=3))
def test_joined_passages_give_each_page_back(listed: list[ExtractedPage]) -> None:
    numbered = tuple(replace(page, number=number, label=str(number)) for number, page in enumerate(listed, start=1))
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


@given(
    st.sampled_from(["", "Règlement", "Règlement intérieur du conseil municipal de la commune " * 4]), laid_out_pages()
)
def test_no_passage_is_longer_than_what_the_embedder_reads(title: str, page: ExtractedPage) -> None:
    """White space at its ends is the only thing that may lengthen a passage: it is not searched."""
    for one in split(ExtractedDocument(title, "text/plain", (page,))):
        assert len(one.text.strip()) <= MOST
        assert len(one.searchable) <= MOST + PATH_MOST + HEADER_MOST


def test_a_passage_makes_room_for_its_heading_path_and_rows_carry_their_header() -> None:
    heading = "Chapitre premier, dispositions relatives aux marchés publics de la commune et de ses établissements"
    header = "Rue | Quartier | " + "Observations du service de la voirie " * 6
    rows = "\n".join(f"Rue {number} | Nord | Rien à signaler" for number in range(100))
    text = f"{heading}\n\n{header}\n{rows}"
    start = len(heading) + 2
    page = ExtractedPage(1, "1", text, (Heading(0, 1, heading),), (Table(start, len(text), header),))
    passages = split(ExtractedDocument("Règlement", "text/plain", (page,)))
    assert len(passages) > 3
    assert all(len(one.text.strip()) <= MOST - len("Règlement" + heading) for one in passages)
    assert [one.heading[2][:14] for one in passages[1:]] == [header[:14]] * (len(passages) - 1)
    assert all(one.text.startswith("Rue ") for one in passages[1:])


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


def test_a_table_that_fits_stays_whole_and_a_long_heading_path_leaves_it_less_room() -> None:
    rows = "\n".join(f"Rue {number:02} | Nord | Rien" for number in range(42))
    assert MOST - 100 < len(rows) < MOST
    heading = "Chapitre premier, dispositions relatives aux marchés publics de la commune et de ses établissements"
    alone = ExtractedPage(1, "1", rows, (), (Table(0, len(rows)),))
    below = ExtractedPage(
        1,
        "1",
        f"{heading}\n{rows}",
        (Heading(0, 1, heading),),
        (Table(len(heading) + 1, len(heading) + 1 + len(rows)),),
    )
    assert len(split(ExtractedDocument("", "text/plain", (alone,)))) == 1
    parted = split(ExtractedDocument("Règlement", "text/plain", (below,)))
    assert len(parted) > 1
    assert all(len(one.searchable) <= MOST + len(" > \n") for one in parted)


def test_a_long_paragraph_is_cut_between_sentences() -> None:
    sentence = "Le conseil municipal fixe les tarifs de la restauration scolaire pour l'année."
    text = " ".join([sentence] * 30)
    passages = split(ExtractedDocument("", "text/plain", (ExtractedPage(1, "1", text),)))
    assert len(passages) > 2
    assert all(one.text.strip().endswith(".") for one in passages)
