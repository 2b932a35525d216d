"""Rows stand under the row that names the columns, items under the sentence that announces them."""

import pytest

from app.assistant.heads import head_of, table_end
from app.assistant.sentences import sentence_spans

TABLE = "Les tarifs sont votés.\n\nPrestation | Tarif\nCantine | 3 €\nGarderie | 2 €\n\nAutre | Prix\nSalle | 250 €"
LIST = "Le dossier comprend :\n- un acte. Il a moins de trois mois ;\n- une photo.\n\nIl est gratuit.\n\n- rien"


def head(text: str, sentence: str) -> str:
    spans = sentence_spans(text)
    position = next(number for number, span in enumerate(spans) if span.of(text).startswith(sentence))
    return spans[head_of(text, spans, position)].of(text)


@pytest.mark.parametrize(
    ("text", "sentence", "expected"),
    [
        (TABLE, "Garderie", "Prestation | Tarif"),
        (TABLE, "Prestation", "Prestation | Tarif"),
        (TABLE, "Salle", "Autre | Prix"),
        (TABLE, "Les tarifs", "Les tarifs sont votés."),
        (LIST, "- une photo", "Le dossier comprend :"),
        (LIST, "- un acte", "Le dossier comprend :"),
        (LIST, "Il est gratuit", "Il est gratuit."),
        (LIST, "- rien", "- rien"),
        ("- seul", "- seul", "- seul"),
    ],
)
def test_the_head(text: str, sentence: str, expected: str) -> None:
    assert head(text, sentence) == expected


def test_a_table_ends_at_a_blank_line() -> None:
    spans = sentence_spans(TABLE)
    assert spans[table_end(TABLE, spans, 1)].of(TABLE) == "Garderie | 2 €"
