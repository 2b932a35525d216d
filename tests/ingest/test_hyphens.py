"""Hyphens at line ends: a cut word is joined, a compound keeps its hyphen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.readers.hyphens import hyphenated_words, joined_line_end

COMPOUNDS = """peut-/être porte-/parole sous-/préfet Grand-/Est rendez-/vous procès-/verbal chef-/lieu vice-/président
non-/respect après-/midi avant-/projet demi-/heure semi-/public contre-/expertise contre-/indication grand-/mère
c'est-/à-dire c'est-à-/dire arc-/en-ciel arc-en-/ciel vis-/à-vis a-t-/il a-/t-il peut-/il est-/ce celui-/ci celles-/là
eux-/mêmes lui-/même ci-/joint ci-/dessous au-/delà là-/bas chef-/d'œuvre main-/d’œuvre COVID-/19 Seine-/Saint-Denis
Saint-Germain-/en-Laye dix-/huit mi-/temps sous-/traitance en-/tête e-/mail SOUS-/PRÉFET rez-/de-chaussée""".split()

CUTS = """délibé-/ration com-/mune admi-/nistration mi-/nistre ci-/toyens ser-/vice servi-/ce mer-/ci voi-/là
sur-/veillance sous-/cription sous-/signé sous-/traction porte-/feuille contre-/partie contre-/venant entre-/prise
inter-/communal quasi-/ment libre-/ment ex-/amen DÉLIBÉ-/RATION l'admi-/nistration sous-en-/tendu sous-préfec-/ture
nou-/velle nouv-/elle avant-/age l'é-/cole cel-/le-ci mal-/heur toute-/fois bien-/veillance en-/fant""".split()


@pytest.mark.parametrize("word", COMPOUNDS)
def test_a_compound_keeps_its_hyphen(word: str) -> None:
    before, after = word.split("/")
    assert joined_line_end(before, after) == joined_line_end(before[:-1], after) == before + after


@pytest.mark.parametrize("word", CUTS)
def test_a_cut_word_is_joined(word: str) -> None:
    before, after = word.split("/")
    assert joined_line_end(before, after) == joined_line_end(before[:-1], after) == before[:-1] + after


def test_a_compound_that_stands_elsewhere_in_the_document_is_known() -> None:
    known = hyphenated_words("Le lave‑linge et le Socio-Éducatif.\nUn mot cou-\npé, 3-4.")
    assert known == {"lave-linge", "socio-éducatif"}
    assert joined_line_end("lave-", "linge,", known) == "lave-linge,"
    assert joined_line_end("(Socio", "éducatif)", known) == "(Socio-éducatif)"
    assert joined_line_end("lave", "linge") == "lavelinge"


def test_a_soft_hyphen_always_marks_a_cut() -> None:
    assert joined_line_end("sous\u00ad", "préfet") == "souspréfet"


def test_what_is_no_word_keeps_its_hyphen() -> None:
    assert joined_line_end("2019-", "2020") == "2019-2020"
    assert joined_line_end("mi-", "« temps »") == "mi-« temps »"


@given(st.text(max_size=12), st.text(max_size=12))
def test_nothing_but_the_hyphen_is_ever_lost(before: str, after: str) -> None:
    bare = before.rstrip("-\u00ad\u2010\u2011")
    assert joined_line_end(before, after) in {bare + after, f"{bare}-{after}"}
