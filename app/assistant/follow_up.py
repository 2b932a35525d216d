"""A question that leans on the one before, made to stand alone; one that stands alone is never touched.

"Et le samedi ?" asks the question before of another day; "Combien coûte-t-il ?" asks something else of the same thing.
Rules of French grammar, and a few of English: what they do can be read on the page, where the question stands as it
was understood.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.assistant.phrases import Phrase, before_infinitive, inverts, may_be_noun, phrases, takes_verb
from app.assistant.pronouns import contracted, in_brackets, named
from app.assistant.words import Word, fold, frames, is_content, words

_LEAD = re.compile(
    r"(?:(?:et|mais|ou alors|sinon|ok|d['’]accord|alors|and|but)(?:,| ) *)*"
    r"(?:(?:même (?:question|chose)|idem|pareil) (?=pour\b)|(?:what|how) about |qu['’]en est-il (?=d[eu']|pour\b))?",
    re.IGNORECASE,
)
_ASKS = re.compile(  # a verb or an interrogative: the question has a body of its own
    r"\b(?:comment|combien|pourquoi|quand|ou|quels?|quelles?|qui|que|qu|quoi|lequel|laquelle|est|sont|etait|sera|a|ont"
    r"|peut|peuvent|doit|doivent|dois|puis|faut|y a|va|vont|coute|coutent|ouvre|ouvrent|ferme|ferment|dure|existe"
    r"|how|what|when|where|which|who|why|is|are|do|does|can|must|may|has|have)\b"
    r"|\w-(?:t-)?(?:il|elle|on|ils|elles|je|vous|nous)\b"
)
_TO = re.compile(r"\bà\b", re.IGNORECASE)  # without its accent it would be a verb
_INTERROGATIVE = re.compile(r"\b(?:quel(?:le)?s?|qui|quoi|combien|which|what|whom?|how)\b")
_IMPERSONAL = re.compile(
    r"\b(?:y a-t-il|il y a|faut-il|il (?:ne )?faut|faudra-t-il|s'agit-il|il s'agit|existe-t-il|il existe|suffit-il"
    r"|il suffit|pleut|neige|convient-il|reste-t-il|il reste|qu'en est-il|se passe-t-il|s'est-il passe|heure est-il"
    r"|y avait-il|y a t.?il|y-a-t-il|est-il mis|qu'elle est"
    r"|est-il \w+ (?:de|d'|que|qu')|il est \w+ (?:de|d'|que|qu')|is it \w+ to|it is \w+ to)"
)
_POSSESSED = re.compile(
    r"\b(?:quels? (?:est|sont)|quelles? (?:est|sont)|ou (?:est|sont|se trouvent?)|qui (?:est|sont)"
    r"|what (?:is|are)|where (?:is|are)|who (?:is|are)) (son|sa|ses|leurs?|its|their)\b"
)
_RELATIVE = re.compile(r" (?:d[eu']|des|qui|qu[e']|dont|auquel)\b")
_DEFINED = re.compile(r"qu['’ ]?est[ -]ce qu")
_TITLED = re.compile(r"[^?]*\w{4,}[^?]* : ")  # "Vacances à l'étranger : comment être assuré ?"
_THIS = re.compile(r"(?:c'est|est-ce (?!que\b|qu'))")
_PRONOUNS: dict[str, tuple[str, bool | None]] = {  # gender and number; "" and None: either
    "il": ("m", False),
    "elle": ("f", False),
    "ils": ("m", True),
    "elles": ("f", True),
    "celui": ("m", False),
    "celle": ("f", False),
    "ceux": ("m", True),
    "celles": ("f", True),
    "ca": ("", None),
    "cela": ("", None),
    "it": ("", False),
    "they": ("", True),
    "them": ("", True),
}
_CLITICS: dict[str, tuple[str, bool | None]] = {
    "le": ("m", False),
    "la": ("f", False),
    "l": ("", False),
    "les": ("", True),
}
_PREPOSITIONS = frozenset(
    """pour avec sans chez dans en a au aux apres avant depuis entre sur sous par pendant jusqu for with without in on
    at after before during""".split()
)
_PERSONS = frozenset(
    """adulte agent apprenti association bebe collegien commercant conjoint contractuel couple demandeur ecole eleve elu
    employe enfant entreprise etranger etrangere etudiant etudiante famille femme fonctionnaire foyer francais francaise
    groupe habitant handicape homme jeune locataire lyceen majeur menage mineur mineure parent particulier personne
    professionnel proprietaire resident retraite salarie senior stagiaire titulaire touriste usager visiteur adult child
    couple employee family foreigner person resident student visitor""".split()
)
_REMEMBERED = 2  # questions before
_SHORT = 6  # words of a fragment, at most
_TIME = re.compile(
    r"\b(?:le |la |les |on |en |pendant les |l['’])?(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|week-end"
    r"|matin|soir|été|hiver|vacances|jours fériés|monday|tuesday|wednesday|thursday|friday|saturday|sunday)s?"
    r"(?: matin| soir| après-midi| scolaires| morning| evening)?\b",
    re.IGNORECASE,
)


def understood(question: str, history: Sequence[str]) -> str:
    """The question by itself, after the questions before it, oldest first; the same words where it leans on none."""
    context = ""
    for one in (*history[-_REMEMBERED:], question):
        context = _alone(one.strip(), context) if context else one.strip()
    return context if history else question


def own_words(question: str) -> list[str]:
    """What a question that leans names itself, verbs and days aside: nothing that holds none of it answers."""
    return [one.text for one in words(question) if _names(one) and may_be_noun(question, one)]


def asks_of_another(question: str) -> bool:
    """A fragment that puts something else in the place of what the question before asked of: "Et la patinoire ?"."""
    lead = _LEAD.match(question.strip())
    rest = question.strip()[lead.end() :].strip() if lead else question.strip()
    return is_fragment(rest, led=rest != question.strip())


def _alone(question: str, context: str) -> str:
    lead = _LEAD.match(question)
    rest = question[lead.end() :].strip() if lead else question
    led = rest != question
    if not any(words(rest)) or "(" in rest or _TITLED.match(rest):
        return question
    if is_fragment(rest, led=led):
        return _with_circumstance(context, rest)
    pronoun = _pronoun(rest)
    if pronoun is not None:
        return _capital(_spoken_of(rest, context, *pronoun))
    return _about(rest, _topic(context)) if _says_nothing(rest) else question


def is_fragment(text: str, *, led: bool) -> bool:
    """No verb, no interrogative: "le samedi", "pour les enfants".  `led`: after "Et", where any phrase is one.

    Without "Et", what may be a search of its own ("horaires de la piscine") is none.
    """
    plain = fold(_TO.sub("vers", text)).replace("’", "'")
    listed = [word.folded for word in words(text)]
    if not listed or _ASKS.search(plain):
        return False
    if led:
        return len(listed) <= 2 * _SHORT
    content = sum(is_content(word) for word in listed)
    if not text.rstrip().endswith("?") or len(listed) > _SHORT or content > 2:
        return False
    return listed[0] in _PREPOSITIONS or (listed[0] in ("le", "la", "les", "l", "un", "une") and content == 1)


def _pronoun(question: str) -> tuple[str, bool | None] | None:
    """Gender and number of a pronoun that stands for nothing in the question itself."""
    plain = fold(question).replace("’", "'")
    listed = list(words(question))
    held = [one for one in phrases(question) if not one.temporal]
    impersonal = bool(_IMPERSONAL.search(plain))
    for position, word in enumerate(listed):
        which: tuple[str, bool | None] | None = None
        if word.folded in _PRONOUNS and not (impersonal and word.folded in ("il", "it")):
            which = _PRONOUNS[word.folded]
        elif takes_verb(question, listed, position):
            which = _CLITICS[word.folded]
        elif word.folded in ("y", "en") and before_infinitive(question, listed, position):
            which = ("", None)
        if which is None or (word.folded.startswith("ce") and _RELATIVE.match(plain, word.end)):
            continue
        loose = word.folded in ("ca", "cela")
        earlier = [one for one in held if one.start < word.start]
        together = which[1] is True and len(earlier) > 1  # "le maire et l'adjoint peuvent-ils"
        before = together or any(one.agrees(*which) for one in earlier)
        if not before and not _named(question, listed[:position]) and not (loose and _set_off(question, held)):
            return which
    if _POSSESSED.search(plain) or (_THIS.match(plain) and not held):
        return ("", None)
    return None


def _named(question: str, before: Sequence[Word]) -> bool:
    """A proper name before the pronoun: "Où Oliver Sacks a-t-il...", but not the verb of "Ouvre-t-elle"."""
    return any(one.text[0].isupper() and _names(one) and not inverts(question, one) for one in before)


def _set_off(question: str, held: Sequence[Phrase]) -> bool:
    """Something named behind a comma: "Ça coûte combien, un passeport ?"."""
    return any(question[: one.start].rstrip().endswith(",") for one in held)


def _says_nothing(question: str) -> bool:
    """No word that names anything: "Combien de temps ?", "À quel prix ?", "Pourquoi ?"."""
    naming = [one for one in words(question) if _names(one)]
    if not naming:
        return not (_DEFINED.match(fold(question)) and phrases(question))
    short = len(naming) == 1 and naming[0].text.islower() and len(list(words(question))) <= 3
    return short and bool(_INTERROGATIVE.search(fold(question)))


def _spoken_of(question: str, context: str, gender: str, plural: bool | None) -> str:
    """With what its pronoun stands for: the first phrase that agrees, attributes aside; all where none does."""
    agreeing = [one for one in phrases(context) if not one.temporal and one.agrees(gender, plural)]
    best = next((one for one in agreeing if not one.attribute), agreeing[0] if agreeing else None)
    loose = not gender and plural is None
    if best is None:
        return _about(question, _topic(context))
    return named(question, _topic(context) if loose else best.shown(context))


def _topic(context: str) -> str:
    """From the first thing named to the last; the bare words where no determiner shows any."""
    named = [one for one in phrases(context) if not one.temporal]
    first = next((one for one in named if not one.attribute), None)
    if first is not None:
        end = max(one.whole_end for one in named)
        return first.shown(context) + context[first.whole_end : end]
    return " ".join(word.text for word in words(context) if _names(word))


def _names(word: Word) -> bool:
    return is_content(word.text) and not frames(word.text)


def _about(question: str, topic: str) -> str:
    return _capital(in_brackets(question, topic)) if topic else question


def _with_circumstance(context: str, fragment: str) -> str:
    """The question before, asked of another thing, person or day: in its place where it is of the same kind."""
    piece = re.sub(r"(?:,? (?:aussi|alors|too|also|as well))$", "", _parted(fragment)[0], flags=re.IGNORECASE)
    piece = re.sub(
        r"^(?:des?|du) (?=\w)", lambda found: {"des ": "les ", "du ": "le "}.get(found[0].lower(), ""), piece
    )
    first = next(words(piece), None)
    if first is None:  # "Et, aussi ?"
        return context
    if first.folded in _PREPOSITIONS | {"le", "la", "les", "l", "un", "une"}:
        piece = piece[0].lower() + piece[1:]
    bare, end = _parted(context)
    time = _TIME.fullmatch(piece)
    if time and (former := list(_TIME.finditer(bare))):
        return bare[: former[-1].start()] + _article(former[-1][0], piece) + bare[former[-1].end() :] + end
    own = phrases(piece)
    if not time and own and own[0].start == 0:
        return _of_another(bare, piece, own[0], end)
    if first.folded in _PREPOSITIONS:
        return _after_preposition(bare, piece, own, end)
    return f"{bare} {piece}{end}" if time else f"{bare} ({piece}){end}"


def _of_another(bare: str, piece: str, own: Phrase, end: str) -> str:
    if own.attribute:
        return _capital(f"{piece} ({_topic(bare)}){end}")
    alike = [
        one
        for one in phrases(bare)
        if not one.temporal
        and one.indefinite == own.indefinite
        and one.plural == own.plural
        and not (one.attribute and one.whole_end > one.end)
    ]
    if not alike:
        return f"{bare} ({piece}){end}"
    return _replaced(bare, alike[-1], piece) + end


def _after_preposition(bare: str, piece: str, own: list[Phrase], end: str) -> str:
    preposition = next(words(piece)).text
    rest = piece[len(preposition) :].lstrip(" '’")
    for one in reversed(phrases(bare)):
        if fold(bare[: one.start].rstrip()).endswith(" " + fold(preposition)):
            return bare[: one.start] + rest + bare[one.whole_end :] + end
    if fold(preposition) == "pour" and own and own[0].indefinite:
        asked = own[0]
        alike = [one for one in phrases(bare) if one.indefinite and one.plural == asked.plural]
        alike = [one for one in alike if (one.head in _PERSONS) == (asked.head in _PERSONS)]  # no child is a passport
        if alike:
            return _replaced(bare, alike[0], rest, whole=True) + end
    return f"{bare} {piece}{end}"


def _replaced(bare: str, phrase: Phrase, piece: str, *, whole: bool = False) -> str:
    """`piece` in the place of a phrase, with the preposition that its article held: "du conseil", "de la séance"."""
    held = {"du": "de ", "au": "à ", "aux": "à ", "des": "de " if phrase.after_noun else ""}.get(phrase.determiner, "")
    text = bare[: phrase.start] + held + piece + bare[phrase.whole_end if whole else phrase.end :]
    return contracted(text)


def _article(former: str, piece: str) -> str:
    """ "samedi" in the place of "le mardi" is "le samedi"."""
    article = re.match(r"(?:le|on) ", former, re.IGNORECASE)
    return article[0] + piece if article and not re.search(r"\s|['’]", piece) else piece


def _parted(question: str) -> tuple[str, str]:
    """The words of a question and its end, "?" with the space before it."""
    found = re.search(r"[\s\u00a0\u202f]*[?.!…]*\s*$", question)
    assert found is not None
    return question[: found.start()], found[0].rstrip() or ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
