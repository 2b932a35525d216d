"""Sentences of a document that speak to a language model: they order, they do not inform."""

from __future__ import annotations

import re
import unicodedata

from app.assistant.words import fold
from app.shown import shown

_FORMER = r"(?:precedente?s?|anterieure?s?|ci-dessus|initiales?|previous|prior|above|earlier|preceding|system|systeme)"
_RULES = r"(?:instructions?|consignes?|directives?|ordres|regles|prompts?|rules|guidelines|messages?)"
_FORGET = r"\b(?:ignor|oubli|neglig|disregard|forget|overrid|bypass|contourn|outrepass)\w*\b"
_WRITE = r"(?:reponds?|repondez|answer|reply|respond|ecri[st]|ecrivez|output|print|say|affichez?|dis|repetez?|repeat)"
_ONLY = r"(?:uniquement|seulement|toujours|only|always|exactly|exactement|que|that|with|par)"
_WRITER = r"(?:l'|the |le |tout )?(?:ia|ai|assistant|modele|model|chatbot|llm)"
_ORDERS = re.compile(
    "|".join(
        (
            # "ignore all previous instructions", "oubliez vos consignes"
            rf"{_FORGET}.{{0,40}}\b{_RULES}\b.{{0,30}}\b{_FORMER}\b|{_FORGET}.{{0,40}}\b{_FORMER}\b.{{0,20}}\b{_RULES}\b",
            rf"{_FORGET}.{{0,20}}\b(?:tes|vos|your|toutes les|all(?: the)?) {_RULES}\b",
            r"\b(?:nouvelles? (?:instruction|consigne)s?|new instructions?) ?:",
            r"\b(?:system prompt|(?:prompt|invite) systeme)\b",
            # whom it speaks to, who that would be
            r"\b(?:tu es|(?:vous etes|you are) (?:desormais|maintenant|now|no longer)|you are)(?: \w+){0,2}"
            r" (?:assistant|chatbot|ia|ai|modele|model|robot|jailbroken)\b",
            r"\b(?:en tant qu'(?:ia|assistant|modele)|as an ai|(?:chere?|dear) (?:ia|ai|assistant|modele|model))\b",
            rf"\b(?:note|message|attention|avis|consigne|instruction)s?,? (?:a|pour|au|to|for) {_WRITER}\b",
            # what to write, what not to
            rf"(?:^|[.!:;] *){_WRITE}\b(?: \w+){{0,2}} ?(?::|\b{_ONLY}\b)",
            rf"\b(?:tu dois|vous devez|you must)\b.{{0,30}}\b(?:repondre|respond|answer|reply)\b.{{0,20}}\b{_ONLY}\b",
            r"(?:\b(?:do not|don't|never)|(?:^|[.!:;] *)ne) (?:mention|cit|certif|verif|reveal|revel)\w*\b.{0,30}"
            r"\b(?:sources?|passages?|citations?|instructions?|consignes?|prompt)\b",
            r"^\s*(?:system|assistant|user|human|ai) ?: ",
        )
    )
)
# The marks of a conversation, as models are taught them: what follows would be another speaker's words.
_TURNS = re.compile(
    r"<\|\w+\|?>|\[/?INST\]|<</?SYS>>|</?(?:s|system|assistant|user|human|tool_call)>"
    r"|(?<!#)#{2,}[ \t]*(?:System|Instruction|Response|Assistant)",
    re.IGNORECASE,
)
_LOOKS_LIKE = str.maketrans("аеорсухіѕјԁɡαεορτυνικ", "aeopcyxisjdgaeoptuvik")  # Cyrillic, IPA, Greek


def speaks_to_model(text: str, start: int = 0, end: int | None = None) -> bool:
    """Is `text[start:end]` an order to whoever would write from it, or part of a conversation that the text feigns?

    In French and English, also in letters that look alike.  A guard beside the others, not in their place: what it does
    not know is certified and escaped like anything else.
    """
    if _TURNS.search(text, 0, len(text) if end is None else end):
        return True
    plain = unicodedata.normalize("NFKC", shown(text[start:end])).replace("’", "'")
    return _ORDERS.search(" ".join(fold(plain).translate(_LOOKS_LIKE).split())) is not None
