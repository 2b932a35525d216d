"""Words of French and English text, made comparable: folded, stemmed, stop words told apart."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal, Protocol, cast

Language = Literal["fr", "en"]

_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W_]+", re.UNICODE)

_FRENCH_STOP = """
a afin ai aie ainsi alors apres as au aucun aucune aupres auquel aura aurait aussi autre autres aux auxquelles
auxquels avait avant avec avez avoir avons ayant bien c ca car ce ceci cela celle celles celui cependant ces
cet cette ceux chaque chez ci combien comme comment contre d dans de dedans dehors deja depuis des desquels
dessous dessus deux donc dont du duquel durant elle elles en encore entre est et etaient etait etant ete etes
etre eu eux faire fait faut font fut hors ici il ils j je jusqu l la laquelle le lequel les lesquelles
lesquels leur leurs lors lorsque lui m ma mais me meme memes mes mien moi moins mon n ne ni nos notre nous on
ont or ou par parce pas pendant peu peut peuvent plus plusieurs plutot pour pourquoi pourra pouvez puis
puisque qu quand que quel quelle quelles quels qui quoi s sa sans se sera serait ses si sien soi soit sommes
son sont sous suis sur t ta tandis te tel telle tes toi ton tous tout toute toutes tres tu un une vers via
voici voila vos votre vous y est-ce quel doit doivent quelqu
""".split()
_ENGLISH_STOP = """
a about after all also an and any are as at be been before but by can could did do does for from had has have
he her his how i if in into is it its may me more most must my no nor not of on or our out shall she should so
some such than that the their them then there these they this those to under until up us was we were what when
where which who whom whose why will with would you your
""".split()
# Words that frame a question and do not name its subject: what kind of answer is wanted, or a verb that fits any.
_FRAMING = """
actuel actuellement ancien appelle appelé appeler appellent aujourd hui bon celle commence commencent
commencer commencé concerne consiste correspond coûte coûtent coûter coût date dates demander dernier dernière
désigne donne donner dure durer durée duree exact existe existent façon finit gros grosse grand grande garde
garder heure heures jour jours maximum maximal minimum minimal mois moment montant mot nom nombre nomme nommé
nouveau nouvelle numéro obtenir obtient paie paient paye payer permet permis permise petit petite précis
premier première prend prendre prévu raison reçoit recevoir respecter sait savoir sert servir signifie situe
situé situer temps termine terminer touche toucher trouve trouver type veut vouloir amount cost costs date day
days get gets long many much name number pay time today type use used
""".split()
STOP_WORDS: frozenset[str] = frozenset(_FRENCH_STOP) | frozenset(_ENGLISH_STOP)


SPELLED_NUMBERS = {
    word: str(number)
    for number, group in enumerate(
        (
            "zero",
            "",
            "deux two",
            "trois three",
            "quatre four",
            "cinq five",
            "six",
            "sept seven",
            "huit eight",
            "neuf nine",
            "dix ten",
            "onze eleven",
            "douze twelve",
            "treize thirteen",
            "quatorze fourteen",
            "quinze fifteen",
            "seize sixteen",
        )
    )
    for word in group.split()
} | {
    "vingt": "20",
    "twenty": "20",
    "trente": "30",
    "thirty": "30",
    "quarante": "40",
    "cinquante": "50",
    "soixante": "60",
}


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    start: int
    end: int

    @property
    def folded(self) -> str:
        return fold(self.text)


def fold(text: str) -> str:
    """Lower case without accents: 'Été' -> 'ete', 'cœur' -> 'coeur'."""
    lowered = text.lower().replace("œ", "oe").replace("æ", "ae")
    return "".join(c for c in unicodedata.normalize("NFD", lowered) if not unicodedata.combining(c))


def words(text: str) -> Iterator[Word]:
    """The words of a text with their spans; an apostrophe or a hyphen ends a word, a decimal comma does not."""
    for match in _WORD.finditer(text):
        yield Word(match.group(), match.start(), match.end())


def content_stems(text: str) -> list[str]:
    """Stems of the words that carry meaning, in order, repeats kept."""
    return [stem(word.text) for word in words(text) if is_content(word.text)]


def is_content(word: str) -> bool:
    return fold(word) not in STOP_WORDS and (len(word) > 1 or word.isdigit())


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """French Snowball stem, then folded: forms typed without accents meet those with them most of the time."""
    return fold(_french_stemmer().stemWord(word.lower()))


def frames(word: str) -> bool:
    """Does the word frame a question rather than name its subject?"""
    return stem(word) in _framing_stems()


def detect_language(text: str) -> Language:
    """French unless English function words outnumber French ones."""
    folded = [word.folded for word in words(text)]
    only_french = set(_FRENCH_STOP) - set(_ENGLISH_STOP)
    only_english = set(_ENGLISH_STOP) - set(_FRENCH_STOP)
    french = sum(word in only_french for word in folded)
    english = sum(word in only_english for word in folded)
    return "en" if english > french else "fr"


@cache
def _framing_stems() -> frozenset[str]:
    return frozenset(stem(word) for word in _FRAMING)


class _Stemmer(Protocol):
    def stemWord(self, word: str) -> str: ...  # noqa: N802 (the library's own name)


@cache
def _french_stemmer() -> _Stemmer:
    import Stemmer

    return cast("_Stemmer", Stemmer.Stemmer("french"))
