"""Drafts are cut from the stream as sentences complete; a draft stands only on a source that bears it out."""

from hypothesis import given
from hypothesis import strategies as st

from app.assistant.support import Draft, drafts, find_support
from tests.app.assistant.makers import hit

FEES = hit("Tarifs 2026. Le repas est facturé 3,85 €. Le goûter est facturé 1,10 €.", passage_id=1, start=40)
HOURS = hit("La mairie ouvre à 9 heures. Elle ferme à 17 heures.", passage_id=2)


def test_markers_are_read_before_or_after_the_full_stop() -> None:
    written = "Le repas est facturé 3,85 € [1]. La mairie ouvre à 9 heures. [2] Elle ferme à 17 heures [1, 2]."
    assert list(drafts([written])) == [
        Draft("Le repas est facturé 3,85 €.", (1,)),
        Draft("La mairie ouvre à 9 heures.", (2,)),
        Draft("Elle ferme à 17 heures.", (1, 2)),
    ]


@given(st.lists(st.integers(1, 30), max_size=8))
def test_however_the_stream_is_cut_the_sentences_are_the_same(cuts: list[int]) -> None:
    written = "Le repas est facturé 3,85 € [1]. La mairie ouvre à 9 heures [2]. Voir l'art. L. 123-4 du code [1]."
    pieces, rest = [], written
    for cut in cuts:
        pieces.append(rest[:cut])
        rest = rest[cut:]
    assert list(drafts([*pieces, rest])) == list(drafts([written]))


def test_an_unfinished_last_sentence_is_dropped() -> None:
    assert [draft.text for draft in drafts(["Le repas est facturé 3,85 €. La mairie ouvre à"])] == [
        "Le repas est facturé 3,85 €."
    ]


def test_a_sentence_comes_out_before_the_stream_ends() -> None:
    def pieces():  # type: ignore[no-untyped-def]
        yield "Le repas est facturé 3,85 €. La mairie"
        raise AssertionError("asked for more before giving the first sentence")

    assert next(drafts(pieces())).text == "Le repas est facturé 3,85 €."


def test_support_is_the_sentence_that_certifies_with_its_span_on_the_page() -> None:
    support = find_support(Draft("Le goûter est facturé 1,10 €.", (1,)), [FEES, HOURS])
    assert support is not None
    assert support.hit is FEES
    assert FEES.text[support.start - FEES.start : support.end - FEES.start] == "Le goûter est facturé 1,10 €."


def test_a_wrong_marker_is_mended_from_the_other_passages() -> None:
    support = find_support(Draft("La mairie ouvre à 9 heures.", (1,)), [FEES, HOURS])
    assert support is not None
    assert support.hit is HOURS


def test_a_sentence_that_joins_two_passages_falsely_has_no_support() -> None:
    assert find_support(Draft("Le repas est facturé 9 €.", ()), [FEES, HOURS]) is None
    assert find_support(Draft("Le goûter est facturé 3,85 €.", (1,)), [FEES]) is None


def test_a_marker_that_does_not_exist_is_harmless() -> None:
    assert find_support(Draft("Le maire est absent.", (99, 0)), [FEES]) is None


def test_what_a_pronoun_stands_for_is_looked_for_further_back() -> None:
    text = "Le poste de commandement est à la mairie. S'il est inaccessible, il se replie. Il est activé par le maire."
    support = find_support(Draft("Le poste de commandement est activé par le maire.", (1,)), [hit(text)])
    assert support is not None
    assert (support.start, support.end) == (0, len(text))


def test_a_neighbour_lends_no_negation() -> None:
    text = "L'accès est gratuit. Il n'est pas limité. La réservation est obligatoire."
    assert find_support(Draft("La réservation n'est pas obligatoire.", (1,)), [hit(text)]) is None


def test_a_question_supports_nothing() -> None:
    assert (
        find_support(Draft("La demande de copie est faite.", (1,)), [hit("Comment est faite la demande de copie ?")])
        is None
    )


def test_headings_may_name_the_subject() -> None:
    amiante = hit("L'amiante n'est pas accepté.", heading=("Guide des déchets", "Déchèterie"))
    assert find_support(Draft("À la déchèterie, l'amiante n'est pas accepté.", (1,)), [amiante]) is not None
    assert find_support(Draft("L'amiante est accepté par la déchèterie.", (1,)), [amiante]) is None
