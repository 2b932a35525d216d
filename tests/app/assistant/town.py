"""A town of fifty services, each with its secret, and what a user may see of it, worked out over plain lists."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cache

from index.records import ALL, Filter, NewDocument, Passage
from index.store import Index
from tests.fakes import FakeEmbedder
from tests.makers import document, hold

COLLECTIONS = 50
WORDS = (
    "budget cantine voirie école piscine marché arrêté tarif salle mairie terrain permis parking jardin"
    " musée tram eau bruit fête cimetière"
).split()
MEDIA_TYPES = ("text/markdown", "application/pdf", "text/html")
SERVICES = ("Voirie", "VOIRIE", "État civil", "ÉTAT CIVIL", "Finances")
AUTHORS = ("Dupont", "Élise Martin", "DUPONT Jean")
LANGUAGES = ("fr", "en", "FR")
MENTIONS = ("Public", "interne", "Restreint")
DAYS = ("2019-01-01", "2021-06-15", "2021-06-15T08:30:00", "2023-12-31", "2026-03-01")
SHARED_PATH = "commun/note.md"  # every service has a document of this path
SHARED_TEXT = "Circulaire : budget de la cantine, tarif de la salle."  # and this text, embedded once for all
_SECRET = re.compile(r"zq\d\dkx")


@dataclass(frozen=True, slots=True)
class Held:
    """A document in search."""

    collection: str
    document: NewDocument


def secret(number: int) -> str:
    """A word that nothing of another service holds: it stands in name, paths, titles, texts and metadata."""
    return f"zq{number:02}kx"


def name_of(number: int) -> str:
    return f"fonds-{secret(number)}"


def secrets_in(shown: str) -> set[str]:
    return set(_SECRET.findall(shown))


def build_town(index: Index, collections: int) -> list[Held]:
    """The first `collections` services: the same rows, ids included, however many services come after them."""
    held: dict[tuple[str, str], Held] = {}
    for number in range(collections):
        _build_service(index, number, held)
    with index.writer():
        index.publish()
    return list(held.values())


def seen(town: list[Held], readable: Collection[str], only: Filter) -> list[tuple[NewDocument, Passage]]:
    """Every passage that a reader of `readable` may see at all under a filter."""
    return [
        (one.document, passage)
        for one in town
        if one.collection in readable and _fits(one.document, only)
        for passage in one.document.passages
    ]


def holds_any(passage: Passage, asked: Collection[str]) -> bool:
    return not _words(" ".join((*passage.heading, passage.text))).isdisjoint(asked)


def rarity(town: list[Held], readable: Collection[str], word: str) -> float:
    """The lowest inverse document frequency of a word among the readable collections; 0.0 where there is none."""
    passages: dict[str, list[Passage]] = {one.collection: [] for one in town if one.collection in readable}
    for one, passage in seen(town, readable, ALL):
        passages[one.collection].append(passage)
    weights = []
    for held in passages.values():
        holding = sum(holds_any(passage, {word}) for passage in held)
        weights.append(math.log(1 + (len(held) - holding + 0.5) / (holding + 0.5)))
    return min(weights, default=0.0)


def _build_service(index: Index, number: int, held: dict[tuple[str, str], Held]) -> None:
    chance = random.Random(number)
    name, own = name_of(number), secret(number)
    paths = [SHARED_PATH, *(f"{own}/{chance.choice(WORDS)}-{one}.md" for one in range(4))]
    versions = [_document(chance, name, own, path) for path in paths]
    superseded = replace(_document(chance, name, own, paths[1]), metadata={"service": "Finances"})
    removed = _document(chance, name, own, f"{own}/retiré.md")
    hold(index, superseded, removed, *versions, embedder=FakeEmbedder(), publish=False)
    with index.writer():
        index.remove(name, removed.path)
    held |= {(name, one.path): Held(name, one) for one in versions}


def _document(chance: random.Random, collection: str, own: str, path: str) -> NewDocument:
    paragraphs = [_paragraph(chance, own) for _ in range(chance.randint(1, 3))]
    if path == SHARED_PATH:
        paragraphs.append(SHARED_TEXT)
    stated = {
        "service": chance.choice([*SERVICES, f"Service {own}"]),
        "author": chance.choice([*AUTHORS, f"Agent {own}"]),
        "language": chance.choice(LANGUAGES),
        "confidentiality": chance.choice(MENTIONS),
        "reference": f"ref-{own}",
        "date": chance.choice(DAYS),
        "in_force_from": chance.choice(DAYS)[:10],
        "in_force_until": chance.choice(DAYS)[:10],
    }
    metadata = {name: value for name, value in stated.items() if chance.random() < 0.7}
    made = document("\n\n".join(paragraphs), path=path, collection=collection, title=f"Titre {own}")
    return replace(made, media_type=chance.choice(MEDIA_TYPES), metadata=metadata)


def _paragraph(chance: random.Random, own: str) -> str:
    return f"Le {' '.join(chance.choices(WORDS, k=chance.randint(3, 9)))} de {own}."


@cache
def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text.casefold()))


def _fits(one: NewDocument, only: Filter) -> bool:
    stated = one.metadata
    return (
        (not only.documents or one.path in only.documents)
        and (not only.media_types or one.media_type in only.media_types)
        and all(
            not getattr(only, name) or stated.get(name, "").casefold() == getattr(only, name).casefold()
            for name in ("service", "confidentiality", "language", "reference")
        )
        and (not only.author or only.author.casefold() in stated.get("author", "").casefold())
        and (not only.dated_from or ("date" in stated and stated["date"] >= only.dated_from))
        and (not only.dated_until or ("date" in stated and stated["date"][:10] <= only.dated_until))
        and (not only.in_force_on or stated.get("in_force_from", "") <= only.in_force_on)
        and (not only.in_force_on or stated.get("in_force_until", "9999") >= only.in_force_on)
    )
