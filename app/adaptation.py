"""`greffier adapt`: the embedder taught on a collection, judged on what it did not learn, put in use only if it won."""

from __future__ import annotations

import random
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.assistant.words import is_content, stem, words
from app.errors import CannotKeep, NothingToUndo, TooLittleText
from app.evaluation import Asked
from index.errors import Busy
from index.records import Passage
from models.adapt.adapting import Adaptation, Lesson, Outcome
from models.adapt.pairs import Pair, Text, pairs_of

if TYPE_CHECKING:
    from app.bootstrap import House
    from app.settings import Settings
    from index.store import Index
    from models.protocols import ModelCard

_HELD = 5  # one document in so many is held out; one passage in so many where there are few documents
_FEW_DOCUMENTS = 10
_LEAST_LEARNT, _LEAST_HELD, _MOST_HELD = 64, 20, 400
_MOST_OTHERS = 2_000
_SEED = 20261125
_TAUGHT = ", taught on "  # in the note of an embedder that was made here, and of no other
_BUSY_PAUSE = 5.0  # seconds before another try at a lock that an ingestion holds

Told = Callable[[str, float], None]
Held = Sequence[tuple[str, Passage]]  # the path of its document, and a passage


@dataclass(frozen=True, slots=True)
class Adapted:
    """What a run came to.  `model` is the name of the new embedder, or empty: the one before stays."""

    model: str
    outcome: Outcome
    by_questions: bool

    def as_json(self) -> dict[str, Any]:
        compared = self.outcome.comparison
        return {
            "activated": bool(self.model),
            "model": self.model,
            "measured_on": "questions" if self.by_questions else "held_out",
            "queries": compared.queries,
            "mrr@10": {"before": round(compared.before, 4), "after": round(compared.after, 4)},
            "standard_error": round(compared.error, 4),
            "pairs": self.outcome.pairs,
        }


def adapt(house: House, collection: str, asked: Sequence[Asked], *, minutes: float, told: Told) -> Adapted:
    """Learn for so many minutes at most.  The embedder in use serves all the while; an ingestion is waited for.

    Raises TooLittleText, and CannotKeep before anything is learnt.
    """
    from models.registry import embedder_card, registered

    lesson, by_questions = lesson_of(house.index.passages(collection), asked)
    if len(lesson.learnt) < _LEAST_LEARNT or len(lesson.held) < _LEAST_HELD:
        raise TooLittleText(collection=collection, learnt=len(lesson.learnt), held=len(lesson.held))
    settings = house.settings
    _check_room(settings.data_dir / "models")
    present = embedder_card(registered(settings.data_dir))
    name = f"{collection}-{time.strftime('%Y%m%d-%H%M%S')}"
    folder = settings.data_dir / "models" / name
    run = Adaptation(Path(present.path).parent, settings.threads, told, seconds=minutes * 60)
    try:
        outcome = run.run(lesson, folder)
        if outcome.folder is None:
            return Adapted("", outcome, by_questions)
        card = _card(name, outcome, present, collection)
        _put_in_use(settings, card, told, lambda: _register(settings, card), patient=True)
    except BaseException:  # an interruption as well: what is not on record would never be deleted
        if not any(one.name == name for one in registered(settings.data_dir)):
            shutil.rmtree(folder, ignore_errors=True)
        raise
    return Adapted(name, outcome, by_questions)


def undo(settings: Settings, told: Told) -> str:
    """Back to the embedder before the last adaptation; its embeddings are still held.  The name of the one in use.

    Raises NothingToUndo, also where the embedder in use is one that the operator has added; Busy.
    """
    from models.registry import embedder_card, registered, unregister

    cards = registered(settings.data_dir)
    last = embedder_card(cards)
    if _TAUGHT not in last.note:
        raise NothingToUndo
    before = embedder_card([one for one in cards if one.name != last.name])
    _put_in_use(settings, before, told, lambda: unregister(settings.data_dir, last.name))
    shutil.rmtree(settings.data_dir / "models" / last.name, ignore_errors=True)
    return before.name


def lesson_of(passages: Held, asked: Sequence[Asked]) -> tuple[Lesson, bool]:
    """What to learn and what to be judged by: the questions, where there are enough, else what passages hold.

    Of the questions every second one is learnt from, the others judge; one that is asked twice counts once.
    """
    chance = random.Random(_SEED)  # noqa: S311 - no secret
    once = {_plain(one.question): one for one in asked}.values()
    questions = [pair for one in once if (pair := _pair_of(one, passages))]
    by_questions = len(questions) >= 2 * _LEAST_HELD
    kept, held_out = _parted(passages)
    learnt = list(pairs_of([_text(one) for _, one in (passages if by_questions else kept)], chance))
    if by_questions:
        judged = questions[1::2]
        learnt += [one for one in questions[::2] for _ in range(2)]
    else:
        judged = [_cloze(pairs) for one in held_out if (pairs := list(pairs_of([_text(one[1])], chance, a_passage=1)))]
        learnt += questions
    judging = {one.key for one in judged}
    held = chance.sample(judged, min(_MOST_HELD, len(judged)))
    others = [one.searchable for _, one in passages if one.searchable not in judging]
    return Lesson(
        [one for one in learnt if by_questions or one.key not in judging],
        held,
        chance.sample(others, min(_MOST_OTHERS, len(others))),
    ), by_questions


def _parted(passages: Held) -> tuple[Held, Held]:
    """What is learnt from, and what is held out: whole documents, where there are enough."""
    paths = sorted({path for path, _ in passages})
    if len(paths) >= _FEW_DOCUMENTS:
        chosen = set(paths[::_HELD])
        return [one for one in passages if one[0] not in chosen], [one for one in passages if one[0] in chosen]
    return [one for number, one in enumerate(passages) if number % _HELD], list(passages[::_HELD])


def _cloze(pairs: Sequence[Pair]) -> Pair:
    """The hardest kind of query that a passage gives of itself: the last, words typed as into a search box, is not."""
    return next((one for one in pairs if one.passage != one.key), pairs[0])


def _text(passage: Passage) -> Text:
    return Text("collection", passage.heading, passage.text)


def _pair_of(asked: Asked, passages: Held) -> Pair | None:
    """The question with the passage that answers it: one that holds an answer, else one with most of its words."""
    among = [one for path, one in passages if path in asked.documents]
    if not among:
        return None
    answers = [_plain(one) for one in asked.answers]
    wanted = _stems(asked.question)
    best = max(
        among, key=lambda one: (any(gold in _plain(one.text) for gold in answers), len(wanted & _stems(one.searchable)))
    )
    return Pair("questions", asked.question, best.searchable, best.searchable)


def _plain(text: str) -> str:
    return " ".join(text.lower().split())


def _stems(text: str) -> set[str]:
    return {stem(word.text) for word in words(text) if is_content(word.text)}


def _put_in_use(
    settings: Settings, card: ModelCard, told: Told, register: Callable[[], None], *, patient: bool = False
) -> None:
    """Embed what is held, publish a generation, and only then name the embedder: the one before serves until then."""
    from app.bootstrap import open_index
    from ingest.embedding import embed_what_is_missing
    from models.embedder import load_embedder

    embedder = load_embedder(card, threads=settings.threads, cache_dir=settings.data_dir / "models")
    embedder.prepare()
    index = open_index(settings, embedder)
    with _writing(index, told, patient=patient):
        total, done = max(1, len(index.unembedded())), 0

        def count(passages: int) -> None:
            nonlocal done
            done += passages
            told("embed", done / total)

        embed_what_is_missing(index, embedder, count)
        index.rebuild()
        register()


@contextmanager
def _writing(index: Index, told: Told, *, patient: bool) -> Iterator[None]:
    """The write lock.  Who is patient waits for it: what was learnt is not thrown away for an ingestion."""
    with ExitStack() as stack:
        while True:
            try:
                stack.enter_context(index.writer())
                break
            except Busy:
                if not patient:
                    raise
            told("wait", 0.0)
            time.sleep(_BUSY_PAUSE)
        yield


def _check_room(folder: Path) -> None:
    """Whether a model can be kept: better known before twenty minutes of learning than after.  Raises CannotKeep."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise CannotKeep(path=folder, detail=error.strerror or error) from error


def _register(settings: Settings, card: ModelCard) -> None:
    from models.registry import register

    register(settings.data_dir, card)


def _card(name: str, outcome: Outcome, present: ModelCard, collection: str) -> ModelCard:
    from dataclasses import replace

    from models.fingerprint import sha256_of

    if outcome.folder is None:
        raise ValueError(name)
    path = outcome.folder / "model.safetensors"
    compared = outcome.comparison
    return replace(
        present,
        name=name,
        path=str(path.absolute()),
        sha256=sha256_of(path),
        note=f"{present.name}{_TAUGHT}{collection}: {outcome.pairs} pairs, seed {_SEED}; "
        f"MRR@10 {compared.before:.3f} -> {compared.after:.3f} on {compared.queries} held-out queries.",
    )
