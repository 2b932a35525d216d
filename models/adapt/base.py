"""`python -m models.adapt.base PACKED OUT TEXT:LEAST...`: the embedder before it is taught, for two languages.

Of the 250,000 pieces of a hundred languages, those are kept that occur at least LEAST times in a text file, and the
single characters of European writing: a tenth of the pieces, a third of the bytes, and no word of these languages is
cut into more than it was.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from models.adapt.packed import Packed, read_packed

_SPECIAL = ("<pad>", "<s>", "</s>", "<unk>")
_LETTERS = ((0x20, 0x250), (0x370, 0x400), (0x2000, 0x2300))
_LINES = 2_000


def main() -> None:
    packed, out, *texts = sys.argv[1:]
    model = read_packed(Path(packed))
    kept = kept_pieces(model, [(Path(one.rpartition(":")[0]), int(one.rpartition(":")[2])) for one in texts])
    build(model, kept, Path(out))
    print(f"{len(kept)} of {len(model.pieces)} pieces")


def kept_pieces(packed: Packed, texts: Iterable[tuple[Path, int]]) -> list[int]:
    """Numbers of the pieces to keep: the special ones first, the others in their order."""
    special = [packed.pieces.index(one) for one in _SPECIAL]
    kept = {number for number, piece in enumerate(packed.pieces) if _is_letter(piece)}
    tokenizer = _unigram(packed.pieces, packed.scores, packed.unknown)
    for path, least in texts:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        kept |= {number for number, count in _counted(tokenizer, lines).items() if count >= least}
    return special + sorted(kept - set(special))


def build(packed: Packed, kept: Sequence[int], out: Path) -> None:
    """A sentence-transformers folder: mean over tokens, unit length, "query: " and "passage: " before texts."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Normalize, Pooling, Transformer
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    config = BertConfig(
        vocab_size=len(kept),
        hidden_size=packed.hidden,
        num_hidden_layers=packed.layers,
        num_attention_heads=packed.heads,
        intermediate_size=packed.feed_forward,
        max_position_embeddings=packed.positions,
        type_vocab_size=packed.types,
        layer_norm_eps=packed.epsilon,
        pad_token_id=0,
    )
    model = BertModel(config, add_pooling_layer=False)
    model.load_state_dict(packed.state(list(kept)))
    model.save_pretrained(out / "plain")
    pieces, scores = [packed.pieces[one] for one in kept], [packed.scores[one] for one in kept]
    special = dict(zip(("pad", "bos", "eos", "unk"), _SPECIAL, strict=True)) | {"cls": "<s>", "sep": "</s>"}
    tokens = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=_unigram(pieces, scores, _SPECIAL.index("<unk>")),
        model_max_length=packed.positions,
        model_input_names=["input_ids", "attention_mask"],
        **{f"{name}_token": piece for name, piece in special.items()},
    )
    tokens.save_pretrained(out / "plain")
    modules = [Transformer(str(out / "plain"), max_seq_length=256), Pooling(packed.hidden, "mean"), Normalize()]
    SentenceTransformer(modules=modules, prompts={"query": "query: ", "document": "passage: "}).save(str(out))


def _unigram(pieces: Sequence[str], scores: Sequence[float], unknown: int) -> Any:
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

    tokenizer = Tokenizer(models.Unigram(list(zip(pieces, scores, strict=True)), unk_id=unknown, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    begin, end = pieces.index("<s>"), pieces.index("</s>")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", begin), ("</s>", end)]
    )
    return tokenizer


def _counted(tokenizer: Any, lines: Sequence[str]) -> Counter[int]:
    counts: Counter[int] = Counter()
    for start in range(0, len(lines), _LINES):
        for encoded in tokenizer.encode_batch(lines[start : start + _LINES], add_special_tokens=False):
            counts.update(encoded.ids)
    return counts


def _is_letter(piece: str) -> bool:
    bare = piece.removeprefix("▁")
    return len(bare) == 1 and any(low <= ord(bare) < high for low, high in _LETTERS)


if __name__ == "__main__":
    main()
