"""Hyphens at line ends: of a word that was cut ("délibé-/ration"), or of a compound ("peut-/être")."""

from __future__ import annotations

import re

HYPHENS = "-\u00ad\u2010\u2011"
_SOFT = "\u00ad"  # marks a cut, by definition
_PLAIN = str.maketrans("\u2010\u2011", "--")
_LETTERS = r"[^\W\d_]+"
_HYPHENATED = re.compile(rf"{_LETTERS}(?:[-\u2010\u2011]{_LETTERS})+")
_LAST = re.compile(rf"(?:{_LETTERS}[-\u2010\u2011])*({_LETTERS})$")
_FIRST = re.compile(rf"({_LETTERS})(?:[-\u2010\u2011]{_LETTERS})*")

# Words that stand first in compounds and with which no other word begins, save those of _ONE_WORD.
_FIRST_PARTS = frozenset(
    "peut porte sous vice avant après non demi semi quasi grand grands grande grandes rendez procès chef chefs là"
    " hors nord sud haut garde gardes compte comptes état états aide aides ayant ayants sapeur sapeurs assurance"
    " crédit timbre trop quote savoir faire laissez court courts maître saint sainte arrière quelques dix vingt"
    " trente quarante cinquante soixante quatre libre libres lieutenant plus moins chèque chèques titres coffre"
    " petit petits petite petites saisie sages dommages".split()
)
_ONE_WORD = re.compile(
    r"portefeuille|portemanteau|portefaix|sous(?:cri|sign|tra(?:c|y|ire|it[es]{0,2}$))|nonobstant|nonchal|nonante"
    r"|grand(?:eur|i[rst]|iloq)|avantag|hautbois|dixième|vingtaine"
    r"|trentenaire|cinquantenaire|(?:port|compt|gard|aid)er(?:ai|as|ez|on)"
)
# First parts with which other words begin ("mi-nistre", "ci-toyen"), each with what follows them after a hyphen.
_COMPOUNDS = re.compile(
    r"""ci-(?:après|avant|joint|dessus|dessous|annex|contre|devant|inclus|présent)
    | (?:au|par)-(?:delà|dessus|dessous|devant|devers)  |  contre-[aeiouyéèêœ]
    | contre-(?:mesure|performance|pied|productif|productiv|projet|proposition|jour|courant|valeur|visite)
    | mi-(?:temps|chemin|parcours|carême|année|journée|mandat|janvier|février|mars|avril|mai|juin|juillet|août
           |septembre|octobre|novembre|décembre)
    | entre-(?:temps|deux)  |  en-tête  |  outre-mer  |  bien-(?:être|fondé)  |  mal-(?:être|log)  |  mots?-cl[eé]
    | nouveau-n  |  fac-simil  |  post-scriptum  |  week-end  |  ex-(?:æquo|aequo|ante\b|post\b)
    | tout-petit  |  toute-puissan  |  arc-bout  |  sur-le-champ  |  sur-mesure\b
    | arc-en-ciel  |  hors-la-loi  |  rez-de-chaussée  |  va-et-vient""",
    re.VERBOSE,
)
_ENCLITICS = re.compile(
    r"""\w+-(?:mêmes?|vous|nous|je)  |  \w*[td]-(?:il|ils|elle|elles|on)  |  (?:est|sont|était|serait|fût)-ce
    | (?:celui|celle|celles|ceux|mois|jour|jours)-ci  |  (?!(?:voi|de|ho)-)\w+-là  |  quelques-un[es]+""",
    re.VERBOSE,
)
_INNER = re.compile(r"\w-[àtl]$|(?<![\w’'])[eyt]$")  # "c'est-à-/dire", "a-t-/il", "e-/mail"
_NEXT = re.compile(r"[àt][-\u2010\u2011]|[dl]['’]|\w+[-\u2010\u2011][^\W\d_a-zà-ÿœ]")  # "à-dire", "d'œuvre", "en-Laye"


def joined_line_end(before: str, after: str, known: frozenset[str] = frozenset()) -> str:
    """A line's last word and the next line's first one, as one word: "délibération", or "peut-être".

    `before` comes with its hyphen or without.  `known`: words with a hyphen that the document has elsewhere, as
    `hyphenated_words` gives them.
    """
    bare = before.rstrip(HYPHENS)
    if before.endswith(_SOFT) or not keeps_hyphen(bare, after, known):
        return bare + after
    return f"{bare}-{after}"


def keeps_hyphen(before: str, after: str, known: frozenset[str] = frozenset()) -> bool:
    """Whether a hyphen between two parts (`before` without it) belongs to the word, wherever the line ends."""
    last, first = _LAST.search(before), _FIRST.match(after)
    if last is None or first is None:  # a figure, or nothing that a word could go on with
        return True
    in_capitals = len(before) > 1 and before.isupper() and first[0].isupper()  # they tell nothing of a name
    if first[0][0].isupper() and not in_capitals:
        return True
    one, other = last[1].lower(), first[1].lower()
    whole = f"{last[0]}-{first[0]}".translate(_PLAIN).lower()
    pair = f"{one}-{other}"
    if whole in known or pair in known:
        return True
    if _INNER.search(before.lower()) or _NEXT.match(after.lower() if in_capitals else after):
        return True
    if _COMPOUNDS.match(whole) or _COMPOUNDS.match(pair) or _ENCLITICS.fullmatch(pair):
        return True
    return one in _FIRST_PARTS and other != "ment" and not _ONE_WORD.match(one + other)


def hyphenated_words(text: str) -> frozenset[str]:
    """Words with a hyphen that stand within a line of the text, in lower case."""
    return frozenset(one.translate(_PLAIN).lower() for one in _HYPHENATED.findall(text))
