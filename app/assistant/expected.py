"""What a question asks for (a number, an amount, a date, a person, a place...), and where a quotation says it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.assistant.sentences import Span
from app.assistant.shapes import GAP, Kind, shapes
from app.assistant.words import content_stems, fold, stem, words


def _which(nouns: str) -> str:
    """'quel est le ...', 'quelles étaient les ...', 'à quel ...' before one of the nouns, plural or not."""
    named = "|".join(nouns.split())
    return (
        r"\bquel(?:le)?s? (?:(?:est|sont|etait|etaient|fut|sera) )?(?:(?:le|la|les) |l')?"
        rf"(?:nom (?:du|de la|des) |\w+ )?(?:{named})[sx]?\b"
    )


# Read in order on the question in lower case without accents: the first that fits says what is asked for.
_ASKS: tuple[tuple[Kind, tuple[str, ...]], ...] = (
    ("time", (_which("heure horaire"), r"\bwhat time\b|\bopening hours\b")),
    (
        "duration",
        (
            r"\bcombien de temps\b|\b(?:depuis|pendant|durant) combien\b|\bdelais?\b",
            r"\bcombien d(?:e |')(?:seconde|minute|heure|jour|semaine|moi|an|annee|siecle)s?\b",
            _which("duree age"),
            r"\bhow long\b|\bhow many (?:minutes|hours|days|weeks|months|years)\b",
        ),
    ),
    ("share", (_which("pourcentage taux part proportion"), r"\bwhat (?:share|percentage|rate)\b")),
    (
        "amount",
        (
            r"\bcombien (?:\S+ ){0,2}?(?:cout|pai|pay|vau[tx]|gagn|touch|rapport|percoi|rembours|s'elev|s'equilibr)",
            r"\ba (?:quel prix|combien (?:s'elev|s'equilibr|est (?:fixe|facture)|revient))",
            _which(
                "montant tarif prix cout loyer redevance salaire budget amende caution indemnite subvention supplement"
                " penalite frais"
            ),
            r"\bvaleur\b.*\b(?:titre|ticket|cheque|bon)\b|\bhow much\b",
        ),
    ),
    (
        "date",
        (
            r"\bquand\b|\bjusqu'a quelle\b|^when\b|\bsince when\b|\b(?:what|which) (?:date|day|year|month)\b",
            _which("date annee epoque periode decennie jour moi siecle"),
        ),
    ),
    (
        "place",
        (
            r"^(?:\w+ )?(?:d'|vers |jusqu')?ou (?!bien)|^where\b",
            r"\ba quel(?:le)? (?:endroit|adresse|lieu|guichet)\b",
            r"\b(?:dans|en|de|a|vers|sur) quel(?:le)?s? (?:salle|rue|batiment|bureau|departement|continent|ile|etat"
            r"|province|quartier|place)s?\b",
            _which("adresse ville pays lieu capitale commune region endroit village"),
        ),
    ),
    (
        "person",
        (
            r"^(?:(?:par|a|avec|de|pour|chez|contre|et|selon|d'apres) )?qui\b(?! est-ce qu)|\b(?:de|par|avec) qui\b",
            r"^whom?\b|\bby whom\b",
            _which(
                "maire president presidente prefet roi reine auteur autrice acteur actrice realisateur directeur"
                " directrice ministre adjoint adjointe fondateur empereur architecte compositeur chanteur chanteuse"
                " personne joueur entraineur ecrivain peintre"
            ),
        ),
    ),
    (
        "number",
        (
            r"\bcombien\b|\bhow many\b",
            _which(
                "nombre superficie surface population hauteur longueur largeur altitude profondeur distance capacite"
                " effectif poids temperature vitesse seuil quorum plafond taille diametre volume puissance densite"
            ),
        ),
    ),
)
_PATTERNS = tuple((kind, re.compile("|".join(patterns))) for kind, patterns in _ASKS)
_COUNTED = re.compile(r"\b(?:combien d(?:e |')|nombre d(?:e |')|how many )(\w+)")
_NEXT_WORD = re.compile(rf"{GAP}(?:de |d['’])?([^\W\d_]+)")
_FAR = 400.0  # characters: further than any quotation is long


@dataclass(frozen=True, slots=True)
class Expected:
    """The kind of answer that a question wants, and the stem of what is counted where it says so ("de conseillers")."""

    kind: Kind
    counted: str = ""


def expected(question: str) -> Expected | None:
    """None for a question that wants a sentence: how, why, what."""
    asked = fold(question).replace("’", "'").strip()
    for kind, pattern in _PATTERNS:
        if pattern.search(asked):
            counted = _COUNTED.search(asked) if kind == "number" else None
            return Expected(kind, stem(counted.group(1)) if counted else "")
    return None


def answering_spans(question: str, wanted: Expected, text: str) -> list[Span]:
    """Spans of the text that may be the answer: of the wanted kind, and not what the question says itself."""
    said = {one.folded for one in words(question)}
    found = [one for one in shapes(wanted.kind, text) if not _said(one.of(text), said)]
    if wanted.counted:
        beside = [counted for one in found if (counted := _with_counted(one, text, wanted.counted)) is not None]
        return beside or found
    return found


def answer_span(question: str, text: str) -> Span | None:
    """The one span of a quotation that answers; None where nothing is asked for, or nothing stands out.

    Of several, the one nearest to the words that quotation and question share; where two are as near, none.
    """
    wanted = expected(question)
    if wanted is None:
        return None
    found = answering_spans(question, wanted, text)
    if len(found) < 2:
        return found[0] if found else None
    stems = set(content_stems(question))
    shared = [one.start for one in words(text) if stem(one.text) in stems]
    (near, _, best), (second, *_), *_ = sorted((_distance(one, shared), one.start, one) for one in found)
    return best if near < second else None


def _said(candidate: str, said: set[str]) -> bool:
    return all(one.folded in said for one in words(candidate))


def _with_counted(span: Span, text: str, counted: str) -> Span | None:
    """'27 conseillers' for '27', where councillors are counted."""
    after = _NEXT_WORD.match(text, span.end)
    return Span(span.start, after.end()) if after and stem(after.group(1)) == counted else None


def _distance(span: Span, shared: list[int]) -> float:
    """Mean distance in characters to the two nearest shared words."""
    outside = [one for one in shared if not span.start <= one < span.end]
    nearest = sorted(min(abs(one - span.start), abs(one - span.end)) for one in outside)[:2]
    return sum(nearest) / len(nearest) if nearest else _FAR
