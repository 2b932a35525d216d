"""What a question asks for (a number, an amount, a date, a person, a place...), and where a quotation says it."""

from __future__ import annotations

import math
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
            r"\bvaleur\b.*\b(?:titre|ticket|cheque|bon)\b",
            r"\bhow much\b|\bwhat is the (?:\w+ )?(?:fee|price|cost|amount|fine|rent|salary|budget)\b",
        ),
    ),
    (
        "date",
        (
            r"^(?:\S+ ){0,2}(?:(?:depuis|jusqu'a|a partir de) )?quand\b|\bquand\W*$",
            r"^when\b|\bsince when\b|\b(?:what|which) (?:date|day|year|month)\b",
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
_BORDERS = re.compile(r"[\s|;–-]*")
_IS = re.compile(r"\bqui (?:est|sont|etait|etaient|fut) (?:le|la|les|l'|un|une|ce)")
_BY = re.compile(r"\b(?:par|by) (?:le |la |les |l['’])?$")
_ENDS = re.compile(r"\b(?:jusqu|fini|termin|expir|clotur|clos|avant quel|au plus tard|until|end)")
_UNTIL = re.compile(r"\b(?:au|avant le|until|before) $", re.IGNORECASE)
_CLAUSE = re.compile(r"[,;:().]")
_CLAUSE_WIDTH = 30  # characters that the end of a clause is worth
_REACH = 40  # characters at which a word's pull falls to a third
_FURTHEST = 400  # characters from which on it is nothing
_LED_PULL = 0.6  # of "par" before the one who does what "qui" asks about, of "au" before the day when something ends
_BEFORE = 20  # characters that hold the word that leads a span
_CLEAR = 0.85  # pull of the second over that of the first from which on neither stands out
_CLEAR_NAME = 0.6  # the same for persons and places: a name is often another's
_LEAST_PULL = 0.3  # of a name, even where it is the only one
# Fitted on 475 questions of piaf-train and sentences that hold their answer: of what is marked there 78 % is the
# answer, on piaf-dev 81 %; of dates, durations and shares nine in ten.


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
            counted = _COUNTED.search(asked) if kind in ("number", "duration") else None
            return Expected(kind, stem(counted.group(1)) if counted else "")
    return None


def answering_spans(question: str, wanted: Expected, text: str) -> list[Span]:
    """Spans of the text that may be the answer: of the wanted kind, and not what the question says itself."""
    said = {one.folded for one in words(question)}
    found = [one for one in shapes(wanted.kind, text) if not _said(one.of(text), said)]
    if wanted.kind == "number" and wanted.counted:
        return [one for span in found if (one := _with_counted(span, text, wanted.counted))] or found
    if wanted.kind == "duration" and wanted.counted:
        return [one for one in found if wanted.counted in {stem(name.text) for name in words(one.of(text))}] or found
    if wanted.kind == "person" and _IS.search(fold(question)):
        return [one for one in found if one.of(text)[:1].isupper()] or found
    return found


def answer_span(question: str, text: str) -> Span | None:
    """The one span of a quotation that answers; None where nothing is asked for, or nothing stands out.

    Of several, the one to which the words that quotation and question share are nearest, clause by clause.
    """
    wanted = expected(question)
    if wanted is None:
        return None
    stems = set(content_stems(question))
    shared = [(one.start, stem(one.text)) for one in words(text) if stem(one.text) in stems]
    found = answering_spans(question, wanted, text)
    pulls = sorted(((_pull(question, span, text, shared, wanted), span) for span in found), key=lambda one: -one[0])
    if not pulls:
        return None
    most, best = pulls[0]
    if any(_same_row(best, other, text) for other in found):
        return None
    second = pulls[1][0] if len(pulls) > 1 else None
    if wanted.kind in ("person", "place"):
        return best if most >= _LEAST_PULL and (second is None or second < _CLEAR_NAME * most) else None
    return best if second is None or second < _CLEAR * most else None


def _same_row(one: Span, other: Span, text: str) -> bool:
    """Nothing but the borders of a table's columns between them: which one is meant, the heads of the columns say."""
    between = text[min(one.end, other.end) : max(one.start, other.start)]
    return one != other and _BORDERS.fullmatch(between) is not None


def _said(candidate: str, said: set[str]) -> bool:
    return all(one.folded in said for one in words(candidate))


def _with_counted(span: Span, text: str, counted: str) -> Span | None:
    """'27 conseillers' for '27', where councillors are counted."""
    after = _NEXT_WORD.match(text, span.end)
    return Span(span.start, after.end()) if after and stem(after.group(1)) == counted else None


def _pull(question: str, span: Span, text: str, shared: list[tuple[int, str]], wanted: Expected) -> float:
    """Of each word that question and quotation share, the less the further it stands."""
    pulls: dict[str, float] = {}
    for start, name in shared:
        distance = min(abs(start - span.start), abs(start - span.end))
        if distance > _FURTHEST:
            continue
        first, last = min(start, span.end), max(start, span.start)
        if span.start <= start < span.end or ("\n" in text[first:last] and " | " in text):  # a table's other rows
            continue
        pull = math.exp(-(distance + _CLAUSE_WIDTH * len(_CLAUSE.findall(text, first, last))) / _REACH)
        pulls[name] = max(pulls.get(name, 0.0), pull)
    return sum(pulls.values()) + (_LED_PULL if _led(question, span, text, wanted) else 0.0)


def _led(question: str, span: Span, text: str, wanted: Expected) -> bool:
    """Does the word before the span say that it is the one?"""
    asked = fold(question)
    if wanted.kind == "person":
        return _BY.search(text, max(0, span.start - _BEFORE), span.start) is not None and not _IS.search(asked)
    return (
        wanted.kind == "date"
        and _ENDS.search(asked) is not None
        and _UNTIL.search(text, max(0, span.start - _BEFORE), span.start) is not None
    )
