"""The losses by which a reader learns, from what is known and from a larger reader's scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch.nn import functional

from models.adapt.lessons import Read
from models.reader_network import END, START
from models.windows import laid_out

_NOWHERE = -1e4
_RIGHT_WEIGHS = 3.0  # a right passage beside a wrong one: there are fewer of them


@dataclass(frozen=True, slots=True)
class Batch:
    """Windows of several lessons; `lesson` and `sentence_lesson` number the lesson of each window and sentence."""

    pieces: torch.Tensor
    held: torch.Tensor
    sentence: torch.Tensor
    lesson: torch.Tensor
    relevant: torch.Tensor
    sentence_lesson: torch.Tensor
    holds: torch.Tensor
    edges: torch.Tensor  # (windows, length, 2): where an answer starts, where it ends
    lessons: int


@dataclass(frozen=True, slots=True)
class Scores:
    relevance: torch.Tensor
    sentences: torch.Tensor
    edges: torch.Tensor


def batch_of(picked: Sequence[Sequence[Read]], begin: int, end: int, device: str) -> Batch:
    rows = [(number, one) for number, reads in enumerate(picked) for one in reads]
    wholes = [laid_out(one.question, one.window.pieces, begin, end) for _, one in rows]
    length = max(len(whole) for whole, _ in wholes)
    pieces, held = torch.zeros(len(rows), length, dtype=torch.long), torch.zeros(len(rows), length, dtype=torch.long)
    sentence = torch.full((len(rows), length), -1)
    edges = torch.zeros(len(rows), length, 2, dtype=torch.bool)
    sentence_lesson: list[int] = []
    holds: list[bool] = []
    for row, ((number, one), (whole, before)) in enumerate(zip(rows, wholes, strict=True)):
        pieces[row, : len(whole)], held[row, : len(whole)] = torch.tensor(whole), 1
        for (start, past), right in zip(one.window.spans, one.holds, strict=True):
            sentence[row, before + start : before + past] = len(holds)
            sentence_lesson.append(number)
            holds.append(right)
        for start, last in one.answers:
            edges[row, before + start, 0] = edges[row, before + last, 1] = True
    lesson = torch.tensor([number for number, _ in rows])
    relevant = torch.tensor([one.relevant for _, one in rows])
    of_sentences = torch.tensor(sentence_lesson).to(device), torch.tensor(holds).to(device)
    of_windows = pieces.to(device), held.to(device), sentence.to(device), lesson.to(device), relevant.to(device)
    return Batch(*of_windows, *of_sentences, edges.to(device), len(picked))


def scores_of(network: torch.nn.Module, batch: Batch) -> Scores:
    relevance, sentences, single = network(batch.pieces, batch.held, batch.sentence, len(batch.holds))
    outside = (batch.sentence < 0).unsqueeze(-1)
    return Scores(relevance, sentences, single[:, :, START : END + 1].masked_fill(outside, _NOWHERE))


def taught(found: Scores, batch: Batch) -> torch.Tensor:
    """Which passage answers, by itself and among the others; in which of all the sentences; where the answer stands."""
    known, right = batch.relevant >= 0, batch.relevant > 0
    weight = known * torch.where(right, _RIGHT_WEIGHS, 1.0)
    alone = functional.binary_cross_entropy_with_logits(found.relevance, right.float(), reduction="none")
    loss = (alone * weight).sum() / weight.sum().clamp(min=1)
    loss = loss + 0.5 * _among(found.relevance.masked_fill(~known, -30.0), right, batch.lesson, batch.lessons)
    loss = loss + _among(found.sentences, batch.holds, batch.sentence_lesson, batch.lessons)
    with_answer = batch.edges.any(1)
    edges = found.edges.logsumexp(1) - found.edges.masked_fill(~batch.edges, _NOWHERE).logsumexp(1)
    return loss + 0.25 * 2 * (edges * with_answer).sum() / with_answer.sum().clamp(min=1)


def distilled(found: Scores, larger: Scores, batch: Batch) -> torch.Tensor:
    """Distance to a larger reader's scores (Hinton, Vinyals and Dean, 2015)."""
    loss = 0.25 * functional.mse_loss(found.relevance, larger.relevance)
    loss = loss + 0.5 * _divergence(found.relevance, larger.relevance, batch.lesson, batch.lessons)
    loss = loss + 1.5 * _divergence(found.sentences, larger.sentences, batch.sentence_lesson, batch.lessons)
    ours, theirs = found.edges.log_softmax(1), larger.edges.log_softmax(1)
    return loss + 0.25 * (theirs.exp() * (theirs - ours)).sum() / len(batch.lesson)


def _among(scores: torch.Tensor, right: torch.Tensor, lesson: torch.Tensor, lessons: int) -> torch.Tensor:
    """Cross-entropy of the right ones among all of their lesson; lessons without a right one do not count."""
    whole = _log_sum(scores, lesson, lessons)
    part = _log_sum(scores.masked_fill(~right, _NOWHERE), lesson, lessons)
    counts = torch.zeros(lessons, device=scores.device).index_add_(0, lesson, right.float()) > 0
    return ((whole - part) * counts).sum() / counts.sum().clamp(min=1)


def _divergence(ours: torch.Tensor, theirs: torch.Tensor, lesson: torch.Tensor, lessons: int) -> torch.Tensor:
    """Kullback-Leibler, over the scores of a lesson."""
    found, wanted = (one - _log_sum(one, lesson, lessons)[lesson] for one in (ours, theirs))
    return (wanted.exp() * (wanted - found)).sum() / lessons


def _log_sum(scores: torch.Tensor, lesson: torch.Tensor, lessons: int) -> torch.Tensor:
    """Of the exponentials, lesson by lesson."""
    lowest = torch.full((lessons,), _NOWHERE, device=scores.device)
    most = lowest.scatter_reduce(0, lesson, scores.detach(), "amax")
    total = torch.zeros(lessons, device=scores.device).index_add_(0, lesson, (scores - most[lesson]).exp())
    return most + (total + 1e-9).log()
