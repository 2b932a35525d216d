"""An embedder taught on one corpus: pairs in, and new weights out if they find more than the old ones."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.adapt.measure import Comparison, compare, reciprocal_ranks
from models.adapt.pairs import Pair
from models.adapt.training import Batch, Options, Trainer, batches_of, blended, layers_of
from models.errors import CannotTeach

_SHARES = (1.0, 0.5)  # of what was learnt, tried in this order
_NEAREST = 8  # passages, among which those of other keys stand against a query
_MOST_PASSAGES = 4_000  # that negatives are looked for among


@dataclass(frozen=True, slots=True)
class Lesson:
    """What to learn, and what to be judged by: no key is in both."""

    learnt: Sequence[Pair]
    held: Sequence[Pair]
    others: Sequence[str] = ()  # passages that stand beside the held-out ones


@dataclass(frozen=True, slots=True)
class Outcome:
    """`folder` holds the new model, or is None: then the one before found as much."""

    comparison: Comparison
    pairs: int
    folder: Path | None


@dataclass(slots=True)
class Adaptation:
    """One run.  `told` gets the name of a step and the share of it that is done."""

    source: Path
    threads: int
    told: Callable[[str, float], None]
    options: Options = field(default_factory=Options)
    seconds: float = 1200.0

    def run(self, lesson: Lesson, folder: Path) -> Outcome:
        """Train, measure, and write the model into `folder` if it won.  Raises CannotTeach."""
        model = _load(self.source, self.threads, self.options.seed)
        if not layers_of(model[0].auto_model):
            raise CannotTeach(path=self.source, detail=type(model[0].auto_model).__name__)
        embed = _embed_with(model, self.options)
        self.told("measure", 0.0)
        before = reciprocal_ranks(lesson.held, lesson.others, embed)
        old = _state(model)
        batches = self._batches(lesson.learnt, embed)
        seen = Trainer(model, self.options).run(batches, lambda done, _: self.told("train", done), self.seconds)
        new = _state(model)
        tried = []
        for share in _SHARES:
            self.told("measure", 1.0)
            model[0].auto_model.load_state_dict(blended(old, new, share))
            tried.append((compare(before, reciprocal_ranks(lesson.held, lesson.others, embed)), share))
        best, share = max(tried, key=lambda one: one[0].after)
        if not best.won:
            return Outcome(best, seen, None)
        model[0].auto_model.load_state_dict(blended(old, new, share))
        save_at_half_precision(model, folder)
        return Outcome(best, seen, folder)

    def _batches(self, pairs: Sequence[Pair], embed: Any) -> list[Batch]:
        """Each pair with one passage that the present model takes for its own."""
        chance = random.Random(self.options.seed)  # noqa: S311 - no secret
        plain = batches_of(pairs, self.options.batch, chance)
        passages = list(dict.fromkeys(one.passage for one in pairs))[:_MOST_PASSAGES]
        keys = {one.passage: one.key for one in pairs}
        self.told("mine", 0.0)
        vectors = embed(passages, "document")
        return [Batch(one.pairs, _nearest_others(one.pairs, passages, vectors, keys, embed, chance)) for one in plain]


def save_at_half_precision(model: Any, folder: Path) -> None:
    """A sentence-transformers folder: half the bytes; loaded in single precision, it gives the same vectors to 1e-3."""
    import torch

    model.to(torch.float16).save(str(folder), create_model_card=False)
    model.to(torch.float32)


def _nearest_others(
    pairs: Sequence[Pair],
    passages: Sequence[str],
    vectors: NDArray[np.float32],
    keys: dict[str, str],
    embed: Any,
    chance: random.Random,
) -> list[str]:
    nearest = np.argsort(-(embed([one.query for one in pairs], "query") @ vectors.T), axis=1)[:, :_NEAREST]
    own = {one.key for one in pairs}
    found = []
    for row in nearest:
        strange = [passages[one] for one in row if keys[passages[one]] not in own]
        found.append(chance.choice(strange) if strange else chance.choice(passages))
    return found


def _load(source: Path, threads: int, seed: int) -> Any:
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(threads)
    torch.manual_seed(seed)
    return SentenceTransformer(
        str(source), device="cpu", local_files_only=True, model_kwargs={"dtype": "float32"}
    ).eval()


def _embed_with(model: Any, options: Options) -> Any:
    """As the trained model reads: questions and passages cut to the lengths of training."""

    def embed(texts: Sequence[str], prompt: str) -> NDArray[np.float32]:
        model.max_seq_length = options.query_tokens if prompt == "query" else options.passage_tokens
        prefix = model.prompts.get(prompt, "")
        found: NDArray[np.float32] = model.encode(
            [prefix + one for one in texts], batch_size=32, show_progress_bar=False, normalize_embeddings=True
        )
        model.max_seq_length = 256
        return found

    return embed


def _state(model: Any) -> dict[str, Any]:
    return {name: one.detach().clone() for name, one in model[0].auto_model.state_dict().items()}
