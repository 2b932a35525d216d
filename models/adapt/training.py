"""Contrastive training on the processor: the upper layers of an embedder learn which passage answers which query.

The loss is the symmetric InfoNCE of in-batch and hard negatives (van den Oord, Li and Vinyals, 2018) over cosines.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from models.adapt.pairs import Pair


@dataclass(frozen=True, slots=True)
class Options:
    """What a training run may be asked: sizes in pairs and tokens, the rate of AdamW, the part that stays as it is."""

    batch: int = 32
    rate: float = 5e-5
    warm_up: float = 0.1  # share of the steps
    temperature: float = 0.02
    query_tokens: int = 40
    passage_tokens: int = 104
    frozen_layers: int = 6  # from the bottom, with the embeddings of the pieces: half the work, and less is forgotten
    seed: int = 20261125


@dataclass(frozen=True, slots=True)
class Batch:
    """`negatives` are passages that answer none of the queries, one a pair, or none at all."""

    pairs: Sequence[Pair]
    negatives: Sequence[str] = ()


def batches_of(pairs: Sequence[Pair], size: int, chance: random.Random) -> list[Batch]:
    """Batches of one source each, no key twice in one, in random order; less than half a batch is left out."""
    by_source: dict[str, list[Pair]] = {}
    for pair in pairs:
        by_source.setdefault(pair.source, []).append(pair)
    found: list[Batch] = []
    for listed in by_source.values():
        chance.shuffle(listed)
        found += [Batch(one) for one in _apart(listed, size)]
    chance.shuffle(found)
    return found


def _apart(pairs: Sequence[Pair], size: int) -> Iterator[list[Pair]]:
    waiting = list(pairs)
    while len(waiting) >= size // 2:
        taken: dict[str, Pair] = {}
        left: list[Pair] = []
        for number, pair in enumerate(waiting):
            if len(taken) == size:
                left += waiting[number:]
                break
            if pair.key in taken:
                left.append(pair)
            else:
                taken[pair.key] = pair
        if len(taken) < size // 2:
            return
        yield list(taken.values())
        waiting = left


class Trainer:
    """One embedder in training: a sentence-transformers model whose first module is a transformer, mean-pooled."""

    def __init__(self, model: Any, options: Options) -> None:
        import torch

        self._transformer = model[0].auto_model
        self._tokenizer = model.tokenizer
        self._prompts: dict[str, str] = model.prompts
        self._options = options
        learnt = _thawed(self._transformer, options.frozen_layers)
        self._optimiser = torch.optim.AdamW(learnt, lr=options.rate, weight_decay=0.01)

    def run(self, batches: Sequence[Batch], told: Callable[[float, float], None], seconds: float = math.inf) -> int:
        """Learn from the batches, or from as many as fit into the time; pairs seen.

        `told` gets the share that is done, 0 to 1, and the loss.  The rate falls to nothing as the end comes near.
        """
        self._transformer.train()
        started, seen, done = time.monotonic(), 0, 0.0
        for step, batch in enumerate(batches):
            done = max(step / len(batches), (time.monotonic() - started) / seconds)
            if done >= 1:
                break
            self._set_rate(done)
            loss = self._learn(batch)
            seen += len(batch.pairs)
            told(done, loss)
        self._transformer.eval()
        return seen

    def _set_rate(self, done: float) -> None:
        options = self._options
        factor = min(1.0, (done + 0.01) / options.warm_up) * 0.5 * (1 + math.cos(math.pi * done))
        for group in self._optimiser.param_groups:
            group["lr"] = options.rate * factor

    def _learn(self, batch: Batch) -> float:
        import torch

        options, count = self._options, len(batch.pairs)
        queries = self._embed([one.query for one in batch.pairs], "query", options.query_tokens)
        texts = [*(one.passage for one in batch.pairs), *batch.negatives]
        scores = queries @ self._embed(texts, "document", options.passage_tokens).T / options.temperature
        due = torch.arange(count)
        loss = torch.nn.functional.cross_entropy(scores, due)
        loss = loss + torch.nn.functional.cross_entropy(scores[:, :count].T, due)
        self._optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self._transformer.parameters(), 1.0)
        self._optimiser.step()
        return loss.item() / 2

    def _embed(self, texts: Sequence[str], prompt: str, most_tokens: int) -> Any:
        """Unit vectors, of texts cut to `most_tokens`."""
        import torch

        prefix = self._prompts.get(prompt, "")
        features = self._tokenizer(
            [prefix + one for one in texts], padding=True, truncation=True, max_length=most_tokens, return_tensors="pt"
        )
        states = self._transformer(**features).last_hidden_state
        mask = features["attention_mask"].unsqueeze(-1).to(states.dtype)
        return torch.nn.functional.normalize((states * mask).sum(1) / mask.sum(1), dim=1)


def layers_of(transformer: Any) -> list[Any]:
    """From the bottom, where they are those of a BERT; none of another kind of model."""
    return list(getattr(getattr(transformer, "encoder", None), "layer", ()))


def _thawed(transformer: Any, frozen_layers: int) -> list[Any]:
    """The parameters that learn; the others are frozen.  Of a low model the upper half learns at least."""
    for one in transformer.parameters():
        one.requires_grad_(False)
    layers = layers_of(transformer)
    learnt = [one for layer in layers[min(frozen_layers, len(layers) // 2) :] for one in layer.parameters()]
    for one in learnt:
        one.requires_grad_(True)
    return learnt


def blended(before: dict[str, Any], after: dict[str, Any], share: float) -> dict[str, Any]:
    """Weights between two states, `share` of the second: less is forgotten (Wortsman et al., 2022)."""
    return {
        name: one + share * (after[name] - one) if one.dtype.is_floating_point else one for name, one in before.items()
    }
