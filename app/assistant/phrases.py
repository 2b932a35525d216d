"""Noun phrases of a question, as far as determiners show them: enough to see what a pronoun stands for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.assistant.words import Word, fold, is_content, words

_MASCULINE = frozenset("le un du au ce cet".split())
_FEMININE = frozenset("la une cette".split())
_EITHER = frozenset("l mon ma ton ta notre votre chaque the a an my your this".split())
_PLURAL = frozenset(
    "les des aux ces mes tes nos vos deux trois quatre plusieurs certains certaines these those".split()
)
_DETERMINERS = _MASCULINE | _FEMININE | _EITHER | _PLURAL
_INDEFINITE = frozenset("un une a an".split())
_LINKS = frozenset("de d en of".split())
# Verbs that follow a subject, or that a subject follows: they end a phrase.
_VERBS = frozenset(
    """accepte accueille acheter aller arrive applique appliquent beneficie beneficier commence coute coutent couter
    court debute delivre demander depose deposer dispose donne dure durent existe existent faire ferme ferment fermer
    fermee ferme finit fonctionne gere habite inscrire obtenir ouvre ouvrent ouvrir ouvert ouverte ouverts ouvertes
    paie paient passe payer peuvent prend propose recoit rembourse rembourser renouveler reste restent se siege signe
    situe situee termine touche trouve trouver vaut verse vote cost costs close closes open opens last lasts take takes
    get renew happen happens""".split()
)
_TEMPORAL = frozenset(
    """lundi mardi mercredi jeudi vendredi samedi dimanche matin midi soir nuit weekend week semaine mois jour jours an
    annee ete hiver printemps automne vacances fetes feries monday tuesday wednesday thursday friday saturday sunday
    morning evening night summer winter holidays""".split()
)
# What may be asked of anything: the phrase that is meant is then what it is asked of.
_ATTRIBUTES = frozenset(
    """adresse age conditions cout date dates delai delais demarche demarches documents duree formalites formulaire
    heure heures horaires jours justificatifs lieu modalites montant nombre numero pieces plafond prix procedure
    sanctions tarif tarifs taux telephone address deadline fee fees hours price prices""".split()
)
_INVERTED = re.compile(r"-(?:t-)?(?:il|elle|on|ils|elles|je|tu|vous|nous|ce)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Phrase:
    """`text[start:end]` of the question, from its determiner on; `whole_end` is where its complements end."""

    start: int
    end: int
    whole_end: int
    determiner: str  # folded
    head: str  # folded
    after_noun: bool  # a complement of the phrase before

    @property
    def plural(self) -> bool:
        return self.determiner in _PLURAL

    @property
    def indefinite(self) -> bool:
        return self.determiner in _INDEFINITE or (self.determiner == "des" and not self.after_noun)

    @property
    def temporal(self) -> bool:
        return is_temporal(self.head)

    @property
    def attribute(self) -> bool:
        return self.head in _ATTRIBUTES

    def agrees(self, gender: str, plural: bool | None) -> bool:
        """With a pronoun of that gender ("m", "f" or "" for either) and number (None: either)."""
        if plural is not None and plural != self.plural:
            return False
        if self.plural or not gender or self.determiner in _EITHER:
            return True
        return self.determiner in (_MASCULINE if gender == "m" else _FEMININE)

    def shown(self, text: str, *, whole: bool = True) -> str:
        """The phrase on its own: "du conseil" is "le conseil" of which something was said."""
        said = text[self.start : self.whole_end if whole else self.end]
        first, rest = said[: len(self.determiner)], said[len(self.determiner) :]
        alone = {"du": "le", "au": "le", "aux": "les"} | ({"des": "les"} if self.after_noun else {})
        return alone.get(self.determiner, first) + rest


def is_temporal(folded: str) -> bool:
    return folded in _TEMPORAL


def may_be_noun(text: str, word: Word) -> bool:
    """No known verb, nor one before its pronoun, nor a day."""
    return word.folded not in _VERBS | _TEMPORAL and not inverts(text, word)


def phrases(text: str) -> list[Phrase]:
    """In order; a complement that has a determiner of its own is a phrase too."""
    listed = list(words(text))
    found: list[Phrase] = []
    spans: list[tuple[int, int]] = []  # positions of words
    at = 0
    while at < len(listed):
        end = _extent(text, listed, at)
        if end > at:
            spans.append((at, end))
            at = end
        else:
            at += 1
    for number, (first, last) in enumerate(spans):
        whole = last
        for following, beyond in spans[number + 1 :]:
            if following - whole > 1 or not _links(text, listed, whole, following):
                break
            whole = beyond
        after_noun = number > 0 and spans[number - 1][1] == first and _touch(text, listed[first - 1], listed[first])
        found.append(
            Phrase(
                listed[first].start,
                listed[last - 1].end,
                listed[whole - 1].end,
                listed[first].folded,
                listed[first + 1].folded,
                after_noun,
            )
        )
    return found


def _links(text: str, listed: list[Word], end: int, following: int) -> bool:
    """Is the phrase at `following` a complement of the one that ends at `end`: "du", "de la", "à la", "d'un"?"""
    if not _touch(text, listed[end - 1], listed[end]):
        return False
    if following == end:
        return listed[following].folded in ("du", "des", "au", "aux")
    return listed[end].folded in ("de", "d", "a", "of") and _touch(text, listed[end], listed[following])


def _extent(text: str, listed: list[Word], at: int) -> int:
    """Position after the phrase whose determiner is at `at`, complements without determiner included; `at` if none."""
    if listed[at].folded not in _DETERMINERS or listed[at].text in ("à", "À") or at + 1 >= len(listed):
        return at
    if not _names(text, listed, at, at + 1) or takes_verb(text, listed, at):
        return at
    if listed[at].folded == "ce" and at and listed[at - 1].folded in ("est", "sont", "etait"):  # "est-ce gratuit"
        return at
    end = at + 2
    while end < len(listed):
        if _names(text, listed, end - 1, end):
            end += 1
        elif listed[end].folded in _LINKS and end + 1 < len(listed) and _names(text, listed, end, end + 1, bound=True):
            end += 2
        else:
            break
    return end


def _names(text: str, listed: list[Word], before: int, at: int, *, bound: bool = False) -> bool:
    """May the word at `at` go on with a phrase?  `bound`: after "de", where an infinitive may stand."""
    word = listed[at]
    if not _touch(text, listed[before], word) or not (is_content(word.text) or word.folded in ("nom", "jours")):
        return False
    if inverts(text, word):
        return False
    return bound or word.folded not in _VERBS


def inverts(text: str, word: Word) -> bool:
    """Is it a verb before its pronoun: "ouvre-t-elle"?"""
    return bool(_INVERTED.match(text, word.end))


def takes_verb(text: str, listed: list[Word], at: int) -> bool:
    """Is the word at `at` no article but a pronoun before an infinitive: "l'obtenir", "la renouveler"?"""
    if listed[at].folded not in ("le", "la", "les", "l"):
        return False
    return before_infinitive(text, listed, at)


def before_infinitive(text: str, listed: list[Word], at: int) -> bool:
    """Does the word at `at` stand between a word that asks or allows and an infinitive?"""
    if not at or at + 1 >= len(listed) or listed[at - 1].folded not in _BEFORE_PRONOUN:
        return False
    following = listed[at + 1]
    if at + 2 < len(listed) and (listed[at + 2].folded in _FINITE or inverts(text, listed[at + 2])):
        return False  # "quand le maire est absent", "où le pompier reçoit-il"
    return following.text.islower() and is_infinitive(following.folded) and _touch(text, listed[at], following)


# Before a pronoun and its infinitive: "comment le déposer", "peut-on la refuser", "pour les obtenir"
_BEFORE_PRONOUN = frozenset(
    """comment ou quand pourquoi qui on il elle ils elles je vous nous pour sans faire peut peuvent doit doivent dois
    puis peux faut""".split()
)
_FINITE = frozenset("est sont etait sera a ont avait aura peut peuvent doit doivent va vont".split())
_ENDS_VERB = re.compile(
    r"(?:(?<!i)er|(?<!f)fier|(?<!o)ir|(?:voi|loi|seoi)r|[dl]ire|crire|uire|ffire|dre|mettre|battre|suivre|vivre"
    r"|aitre)$"
)
_VERBS_ALIKE = frozenset(  # of an ending that is a noun's otherwise: "le maire", "le dossier", "le territoire"
    """allier apprecier associer beneficier concilier confier copier crier dissocier etudier expedier incendier initier
    licencier lier marier negocier nier oublier parier photocopier plier publier radier relier remedier remercier
    renegocier replier resilier supplier trier varier abstraire boire complaire contrefaire croire defaire deplaire
    distraire extraire faire plaire refaire rire satisfaire soustraire sourire taire traire""".split()
)
_NOUNS = frozenset(
    """pouvoir devoir avenir cuir desir loisir plaisir souvenir tir berger boucher boulanger cancer clocher
    coucher danger dejeuner diner enfer etranger foyer gouter horloger leader lever loyer manager maraicher
    menager mer messager passager plancher potager rocher souper usager verger ver viager cadre cedre cendre
    cylindre desordre encadre foudre gendre moindre ordre poudre tendre contremaitre maitre traitre delire
    tirelire""".split()
)


def is_infinitive(word: str) -> bool:
    """By its ending; what has the other kind's ending is listed."""
    plain = fold(word)
    if len(plain) <= 3 or plain in _NOUNS:
        return False
    return plain in _VERBS_ALIKE or bool(_ENDS_VERB.search(plain))


def _touch(text: str, one: Word, other: Word) -> bool:
    """Nothing but a space, an apostrophe or a hyphen stands between them."""
    return text[one.end : other.start].strip(" \u00a0'’-") == ""
