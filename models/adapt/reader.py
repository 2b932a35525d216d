"""`python -m models.adapt.reader LESSONS EMBEDDER OUT`: a reader of six layers, out of an embedder's twelve.

Three readers with all the embedder's layers learn first; every second layer of the first of them then learns from all
three (and from the answers), and last from the answers alone.  The embedder's table of pieces stays, and is shared.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import torch

from models.adapt.lessons import Lesson, picked, read_lessons
from models.adapt.reading import Batch, Scores, batch_of, distilled, scores_of, taught
from models.reader_network import ReaderNetwork, network
from models.windows import ends_of

SHARES = {"question": 0.5, "cloze": 0.3, "heading": 0.2}
LAST_SHARES = {"question": 0.72, "cloze": 0.16, "heading": 0.12}
KEPT = (1, 3, 5, 7, 9, 11)  # of twelve layers
_LAYER = re.compile(r"encoder\.layer\.(\d+)\.")
_WARM_UP = 0.06


@dataclass(frozen=True, slots=True)
class Course:
    """Steps and sizes of one part of the training."""

    steps: int
    rate: float
    shares: dict[str, float]
    lessons: int = 32  # in a step
    windows: int = 8  # of each
    head_rate: float = 1e-3
    seed: int = 11
    frozen_layers: int = 0  # from the bottom


@dataclass(frozen=True, slots=True)
class Tell:
    """The two special pieces, and who hears of a step and its loss."""

    begin: int
    end: int
    tell: Callable[[int, float], None]


class Learner:
    """AdamW on single-precision copies of the weights; the network computes in brain floats."""

    def __init__(self, model: ReaderNetwork, course: Course, device: str) -> None:
        self.model = model.to(device)
        for one in model.bert.embeddings.parameters():
            one.requires_grad_(False)
        for layer in model.bert.encoder.layer[: course.frozen_layers]:
            layer.requires_grad_(False)
        self.exact = {name: one.detach().float().clone() for name, one in model.named_parameters() if one.requires_grad}
        model.to(torch.bfloat16)
        self._learnt = {name: one for name, one in model.named_parameters() if one.requires_grad}
        heads = [one for name, one in self.exact.items() if not name.startswith("bert.")]
        body = [one for name, one in self.exact.items() if name.startswith("bert.")]
        groups = [{"params": body, "most": course.rate}, {"params": heads, "most": course.head_rate}]
        self._optimiser = torch.optim.AdamW(groups, lr=course.rate, weight_decay=0.01)

    def step(self, loss: torch.Tensor, done: float) -> None:
        """`done` is the share of the course: the rate rises quickly, then falls to nothing."""
        for group in self._optimiser.param_groups:
            group["lr"] = group["most"] * min(1.0, (done + 1e-3) / _WARM_UP) * max(0.02, 1 - done)
        loss.backward()  # type: ignore[no-untyped-call]
        for name, one in self._learnt.items():
            self.exact[name].grad = None if one.grad is None else one.grad.float()
            one.grad = None
        torch.nn.utils.clip_grad_norm_([one for one in self.exact.values() if one.grad is not None], 1.0)
        self._optimiser.step()
        with torch.no_grad():
            for name, one in self._learnt.items():
                one.copy_(self.exact[name])

    def learn(
        self, lessons: Sequence[Lesson], course: Course, tell: Tell, larger: Sequence[ReaderNetwork] = ()
    ) -> None:
        chance = random.Random(course.seed)  # noqa: S311 - no secret
        stream = picked(lessons, course.shares, course.windows, chance)
        device = str(next(self.model.parameters()).device)
        self.model.train()
        for number in range(course.steps):
            batch = batch_of(list(islice(stream, course.lessons)), tell.begin, tell.end, device)
            found = scores_of(self.model, batch)
            loss = taught(found, batch)
            if larger:
                loss = distilled(found, _mean_of(larger, batch), batch) + 0.3 * loss
            self.step(loss, number / course.steps)
            tell.tell(number, float(loss.detach()))
        self.model.eval()


def started(config: dict[str, Any], state: dict[str, torch.Tensor], kept: Sequence[int]) -> ReaderNetwork:
    """A reader with some layers of an embedder; its heads are at random."""
    found: dict[str, torch.Tensor] = {}
    for name, one in state.items():
        layer = _LAYER.match(name)
        if layer is None:
            found[name] = one.float()
        elif int(layer.group(1)) in kept:
            found[_LAYER.sub(f"encoder.layer.{kept.index(int(layer.group(1)))}.", name)] = one.float()
    model = network(config, len(kept))
    model.bert.load_state_dict(found)
    return model


def save(weights: dict[str, torch.Tensor], path: Path) -> None:
    """In half precision, without the table of pieces."""
    from safetensors.torch import save_file

    own = {name: one for name, one in weights.items() if not name.startswith("bert.embeddings.")}
    save_file({name: one.half().contiguous().cpu() for name, one in own.items()}, path)


def main() -> None:
    from safetensors.torch import load_file
    from tokenizers import Tokenizer

    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("lessons", "embedder", "out"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--steps", type=int, nargs=3, default=(800, 3000, 400), help="large readers, small one, last")
    parser.add_argument("--lessons-a-step", type=int, default=32)
    asked = parser.parse_args()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    config = json.loads((asked.embedder / "config.json").read_text("utf-8"))
    state = load_file(asked.embedder / "model.safetensors")
    tokenizer = Tokenizer.from_file(str(asked.embedder / "tokenizer.json"))
    tokenizer.no_truncation()
    lessons = read_lessons(asked.lessons, tokenizer)
    begun = time.monotonic()

    def tell(step: int, loss: float) -> None:
        if step % 50 == 0:
            print(f"{time.monotonic() - begun:7.0f} s  step {step}  loss {loss:.3f}", flush=True)

    ends = Tell(*ends_of(tokenizer), tell)
    large = []
    for seed, rate in ((11, 6e-5), (12, 1e-4), (13, 6e-5)):
        torch.manual_seed(seed)
        course = Course(asked.steps[0], rate, SHARES, asked.lessons_a_step, seed=seed)
        learner = Learner(started(config, state, range(config["num_hidden_layers"])), course, device)
        learner.learn(lessons, course, ends)
        large.append(learner.model)
    small = started(config, large[0].bert.state_dict(), KEPT)
    for name in ("rel", "sent", "tok"):
        getattr(small, name).load_state_dict(getattr(large[0], name).state_dict())
    course = Course(asked.steps[1], 2e-4, SHARES, asked.lessons_a_step, head_rate=5e-4, seed=99)
    learner = Learner(small, course, device)
    learner.learn(lessons, course, ends, large)
    course = Course(
        asked.steps[2],
        1.2e-4,
        LAST_SHARES,
        lessons=min(8, asked.lessons_a_step),
        windows=5,
        head_rate=3e-4,
        seed=1,
        frozen_layers=1,
    )
    small = network(config, len(KEPT))
    small.load_state_dict(_whole(learner))
    learner = Learner(small, course, device)
    learner.learn(lessons, course, ends)
    asked.out.mkdir(parents=True, exist_ok=True)
    save(_whole(learner), asked.out / "model.safetensors")


def _whole(learner: Learner) -> dict[str, torch.Tensor]:
    return {name: one.float().cpu() for name, one in learner.model.state_dict().items()} | {
        name: one.cpu() for name, one in learner.exact.items()
    }


def _mean_of(larger: Sequence[ReaderNetwork], batch: Batch) -> Scores:
    with torch.no_grad():
        each = [scores_of(one, batch) for one in larger]
    count = len(each)
    return Scores(
        torch.stack([one.relevance for one in each]).sum(0) / count,
        torch.stack([one.sentences for one in each]).sum(0) / count,
        torch.stack([one.edges for one in each]).sum(0) / count,
    )


if __name__ == "__main__":
    main()
