"""Shapes and words of French that altering a sentence needs: dates, figures, verbs with their participles."""

from __future__ import annotations

import re

from app.assistant.words import SPELLED_NUMBERS

MONTHS = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()
_MONTH = "|".join(MONTHS)
DATE = re.compile(rf"\b(1er|\d{{1,2}})\s+({_MONTH})(?:\s+(\d{{4}}))?\b|\b({_MONTH})\s+(\d{{4}})\b")
YEAR = re.compile(r"\b(?:en|de|depuis|dès|vers) (1\d{3}|20\d{2})\b")
REFERENCE = re.compile(
    r"(?:articles?|art\.|n°|[LRDA]\.?)\s*\*?\s?[\d-]+(?:\s*(?:,|et|à|ou)\s*[LRDA]?\.?\s?[\d-]+)*", re.IGNORECASE
)
_ALONE = r"(?<![\w,.°/-])"  # no part of a longer figure, a reference or a date
FIGURE = re.compile(
    rf"{_ALONE}\d{{1,3}}(?:[ \u00a0\u202f]\d{{3}})+(?:,\d+)?(?![\d°/])|{_ALONE}\d+(?:,\d+)?(?![\w°/-]|,\d)"
)
_LETTERS = "|".join(one for one in SPELLED_NUMBERS if one not in {"zero", "six"})
SPELLED = re.compile(rf"(?<![\w-])({_LETTERS})(?![\w-])")
# A unit and another one, that the same figure makes another quantity of.
UNITS = dict(
    pair.split(":")
    for pair in """jours:mois jour:mois mois:ans ans:mois années:semaines semaines:mois heures:jours minutes:heures
    euros:% €:% %:€ mètres:kilomètres km:m kilomètres:mètres m²:hectares tonnes:kilogrammes hectares:m² kg:tonnes
    litres:hectolitres degrés:mètres""".split()
)
_UNIT = "|".join(map(re.escape, UNITS))
MEASURED = re.compile(rf"(?:\d|\b(?:{_LETTERS}))[ \u00a0\u202f]?({_UNIT})(?!\w)(?!\s*\d)")
NAME = re.compile(
    r"(?<![.!?:«»\w'’-] )(?<!^)\b[A-ZÉÈÎÀ][a-zà-ÿ]{2,}(?:[- ](?:de |du |d'|la |des |en |sur )?[A-ZÉÈÎÀ][a-zà-ÿ]+)*\b"
)
_FINITE = """est sont peut peuvent doit doivent sera seront était étaient fixe fixent prévoit prévoient permet
permettent bénéficie bénéficient comprend comprennent reçoit reçoivent exerce exercent adresse verse délivre transmet
détermine constitue constituent donne donnent entraîne""".split()
FINITE = re.compile(rf"(?<![\w'’-])({'|'.join(_FINITE)})(?![\w'’-])")
DENIAL = re.compile(r"\b(ne |n['’])(\S+(?: \S+)?) (pas|plus|jamais)\b ?")
BARE_DENIAL = re.compile(r"\b(ne) (peut|peuvent|doit|doivent|saurait) (?!pas|plus|jamais|que|qu['’]|en aucun|aucun|ni)")
EXCEPTION = re.compile(
    r",? ?\b(?:sauf|hormis|excepté|à l['’]exception d|sous réserve d|à moins (?:que|qu|de|d)|à l['’]exclusion d)"
    r"[^,.;:()]*",
    re.IGNORECASE,
)
_MODALS = """peut:doit peuvent:doivent pourra:devra pourront:devront pouvait:devait pouvaient:devaient
obligatoire:facultatif obligatoires:facultatifs obligatoirement:facultativement facultative:obligatoire""".split()
MODALS = dict(pair.split(":") for pair in _MODALS) | dict(pair.split(":")[::-1] for pair in _MODALS)
MODAL = re.compile(rf"(?<![\w'’-])({'|'.join(MODALS)})(?![\w'’-])")
SUBORDINATE = re.compile(
    r", ((?:lorsque|lorsqu['’]|qui|après|afin|dans|pour|sous|selon|pendant|grâce|avec|en|par|car|ce qui) ?"
    r"[^,;:()\d]{18,90})[,.]"
)
# Participles, each with third persons of its verb: who acts is not who is acted upon.
_ACTIONS = """
    abrité: abrite; accordé: accorde; adopté: adopte adopta adoptent; adressé: adresse; approuvé: approuve;
    arrêté: arrête; assuré: assure assurent; attaqué: attaqua attaque; autorisé: autorise; battu: battit bat;
    choisi: choisit; communiqué: communique; composé: compose composent; compris: comprend comprennent;
    compté: compte comptent; conclu: concluent; conquis: conquit; constaté: constate;
    construit: construisit construit; contenu: contient contiennent; contrôlé: contrôle; convoqué: convoque;
    couvert: couvre couvrent; créé: créa crée; demandé: demande; dirigé: dirige dirigea; dominé: domine;
    découvert: découvre; défini: définit; délivré: délivre; dépassé: dépasse; désigné: désigne désignait désignent;
    détenu: détient; déterminé: détermine déterminent; développé: développe; entraîné: entraîne; examiné: examine;
    exercé: exerce exercent; fixé: fixe fixent; fondé: fonde fonda; formé: forme forment; gagné: gagne;
    garanti: garantit; géré: gère; indiqué: indique; influencé: influence; informé: informe; menacé: menace;
    mentionné: mentionne; nommé: nomme nomma; notifié: notifie; obtenu: obtient; occupé: occupe;
    organisé: organise; ouvert: ouvre; payé: paie; perdu: perd; permis: permet; possédé: possède;
    pris: prit prend prennent; produit: produisent produit; prononcé: prononce; proposé: propose; protégé: protège;
    provoqué: provoque; précisé: précise; préparé: prépare; présenté: présente; présidé: préside;
    publié: publia publie; quitté: quitte; rejoint: rejoint; remboursé: rembourse; remis: remet;
    remplacé: remplaça remplace; remporté: remporte; représenté: représente représentent; reçu: reçoit reçut;
    saisi: saisit; signé: signe; soutenu: soutient; suivi: suit; transmis: transmet transmettent;
    traversé: traverse; utilisé: utilise utilisent; vaincu: vainquit; versé: verse; élu: élisent;
    épousé: épousa épouse; établi: établit établissent
"""
ACTIONS = {
    form: participle.strip()
    for entry in _ACTIONS.split(";")
    for participle, forms in [entry.split(":")]
    for form in forms.split()
}
_DETERMINED = r"(?i:(?:le|la|les|un|une|son|sa|ses|leur|leurs|cette|ce|ces|chaque|tout|toute) |l['’])"
_NAMED = r"[A-ZÉ][a-zé]{3,}(?: [A-ZÉ][a-zé]+)*"
_NO_NOUN = "".join(f"(?<! {word})" for word in ("sa", "la", "le", "de", "à", "une", "un"))  # what follows is no verb
_GOES_ON = """à au aux en dans par pour sur sous avec lorsque si selon après avant afin lors pendant depuis chez comme
entre vers contre""".split()
_DONE = "|".join(sorted({participle + ending for participle in ACTIONS.values() for ending in ("", "e", "s", "es")}))
_ENDING = rf"(?= (?:{'|'.join(_GOES_ON)})\b|,|\.$)"
_FIRST = rf"({_DETERMINED}[^,;:()\d]{{3,70}}?|{_NAMED}){_NO_NOUN}"
_SECOND = rf"({_DETERMINED}[^,;:()\d.]+?|{_NAMED}){_ENDING}"
ENDS = re.compile(rf"^{_FIRST} ({'|'.join(ACTIONS)}) {_SECOND}")
ENDS_DONE = re.compile(rf"^{_FIRST} ((?:a|ont|avait|avaient) (?:{_DONE})) {_SECOND}")
ENDS_PASSIVE = re.compile(
    rf"^{_FIRST} ((?:est|sont|fut|furent|était|étaient|sera|seront|a été|ont été) (?:{_DONE}) par) {_SECOND}"
)
NOT_PLAIN = re.compile(
    r"\b(?:qui|que|qu|dont|où|se|ne|n|et|ou|en|dernier|dernière|suivante?s?|notamment|lui-même)\b|prévu|mentionné"
)
