"""The network of a reader: layers of a BERT over question and passage, one score for the passage, one a sentence."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

START, END = 1, 2  # columns of the scores of single pieces; the first speaks for the piece's sentence
_HEADS = ("rel", "sent", "tok")


class ReaderNetwork(nn.Module):
    """Relevance from the first piece; a sentence by the mean of its pieces and by the best one of them."""

    def __init__(self, transformer: Any, width: int) -> None:
        super().__init__()
        self.bert = transformer
        self.rel, self.sent, self.tok = nn.Linear(width, 1), nn.Linear(width, 1), nn.Linear(width, 3)
        self.dropout = nn.Dropout(0.1)
        for name in _HEADS:
            head = getattr(self, name)
            nn.init.normal_(head.weight, std=0.02)
            nn.init.zeros_(head.bias)

    def forward(
        self, pieces: torch.Tensor, held: torch.Tensor, sentence: torch.Tensor, count: int
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Logits: of windows (windows,), of sentences (count,), of pieces (windows, length, 3).

        `sentence` gives each piece the number of its sentence in the batch, or -1; `held` is 0 at the padding.
        """
        states = self.dropout(self.bert(input_ids=pieces, attention_mask=held).last_hidden_state)
        single = self.tok(states).float()
        inside = sentence.reshape(-1) >= 0
        number = sentence.reshape(-1)[inside]
        each = self.sent(states.reshape(-1, states.shape[-1])[inside]).squeeze(-1).float()
        total = torch.zeros(count, device=each.device).index_add_(0, number, each)
        pieces_of = torch.zeros(count, device=each.device).index_add_(0, number, torch.ones_like(each)).clamp(min=1)
        lowest = torch.full((count,), -1e4, device=each.device)
        best = lowest.scatter_reduce(0, number, single.reshape(-1, 3)[inside][:, 0], "amax")
        return self.rel(states[:, 0]).squeeze(-1).float(), total / pieces_of + best, single


def network(config: dict[str, Any], layers: int) -> ReaderNetwork:
    """One of random weights, with the sizes of an embedder's `config.json` but so many layers."""
    from transformers import BertConfig, BertModel

    sizes = {
        name: value for name, value in config.items() if name not in ("architectures", "dtype", "num_hidden_layers")
    }
    built = BertModel(BertConfig(**sizes, num_hidden_layers=layers), add_pooling_layer=False)
    return ReaderNetwork(built, built.config.hidden_size)
