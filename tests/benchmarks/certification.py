"""`python -m tests.benchmarks.certification FOLDER...`: what certification lets pass and what it withholds.

Markdown files of each folder are cut into passages as they are when ingested; true sentences of them are corrupted in
twelve named ways, and certified as a generated sentence is: through `find_support`, with the passage that it names and
two neighbours at hand.  Detected means withheld or, for a wrong citation, never shown with the passage that it named.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.assistant.certify import certify
from app.assistant.support import Draft, Support, find_support
from app.assistant.words import content_stems, fold
from index.records import Hit
from tests.benchmarks.corruptions import CORRUPTIONS, Given
from tests.benchmarks.kept_true import KEPT_TRUE
from tests.benchmarks.true_sentences import Corpus, read_folder, read_sample, sample_passages

PARAPHRASES = Path(__file__).parents[1] / "app" / "assistant" / "paraphrases.jsonl"
WRONG_CITATION = "wrong citation"
WAYS = (*CORRUPTIONS, WRONG_CITATION)


@dataclass(frozen=True, slots=True)
class Trial:
    """One sentence, altered or not, with what was at hand and what became of it."""

    way: str
    original: str
    sentence: str
    shown: bool
    source: str = ""  # what it was shown with


@dataclass(slots=True)
class Tally:
    trials: dict[str, list[Trial]] = field(default_factory=lambda: defaultdict(list))
    milliseconds: list[float] = field(default_factory=list)

    def add(self, trial: Trial) -> None:
        self.trials[trial.way].append(trial)

    def shown(self, ways: Sequence[str]) -> tuple[int, int]:
        some = [one for way in ways for one in self.trials[way]]
        return sum(one.shown for one in some), len(some)


def main() -> None:
    """Folders of Markdown; the sample corpus's own by default, and always the paraphrases."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folders", nargs="*", type=Path)
    asked.add_argument("--sentences", type=int, default=100, help="of each way, in each folder")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--show", help="print what was decided wrongly in this way")
    options = asked.parse_args()
    tallies = {}
    if not options.folders:
        tallies["sample"] = measure(read_sample(options.seed), options.sentences, options.seed)
    for folder in options.folders:
        tallies[f"{folder.parent.name}/{folder.name}"] = measure(
            read_folder(folder, options.seed), options.sentences, options.seed
        )
    tell(tallies)
    missed = paraphrases_withheld()
    print(f"paraphrases by hand: {len(missed[0])} of {missed[1]} withheld ({len(missed[0]) / missed[1]:.1%})")
    if options.show:
        show(options.show, tallies, missed[0])


def measure(corpus: Corpus, wanted: int, seed: int) -> Tally:
    tally = Tally()
    for way, alter in (*CORRUPTIONS.items(), *KEPT_TRUE.items()):
        chance = random.Random(f"{seed} {way}")
        for document, place, sentence in corpus.sentences:
            if len(tally.trials[way]) >= wanted:
                break
            hits = at_hand(corpus.documents[document], place)
            around = " ".join(hit.text for hit in hits)
            altered = alter(Given(sentence, hits[0].text, around, corpus.names, corpus.foreign, chance))
            if altered is None or (way in CORRUPTIONS and fold(altered) == fold(sentence)):
                continue
            started = time.perf_counter()
            support = find_support(Draft(altered, (1,)), hits)
            tally.milliseconds.append((time.perf_counter() - started) * 1000)
            tally.add(Trial(way, sentence, altered, support is not None, _cited(support)))
    for document, place, sentence in corpus.sentences[:wanted]:
        tally.add(wrongly_cited(corpus.documents[document], place, sentence))
    return tally


def at_hand(hits: Sequence[Hit], place: int) -> tuple[Hit, ...]:
    """The sentence's own passage first, and its neighbours, the likeliest to be mistaken for it."""
    around = [hits[at] for at in (place + 1, place - 1, place + 2) if 0 <= at < len(hits)]
    return (hits[place], *around[:2])


def wrongly_cited(hits: Sequence[Hit], place: int, sentence: str) -> Trial:
    """A true sentence with the marker of another passage: its own one must be cited instead, and nothing without it."""
    others = [hit for at, hit in enumerate(hits) if at != place and not _states(hit.text, sentence)][:3]
    if not others:
        return Trial(WRONG_CITATION, sentence, sentence, False)
    mended = find_support(Draft(sentence, (1,)), [*others, hits[place]])
    alone = find_support(Draft(sentence, (1,)), others)
    shown = alone is not None or (mended is not None and mended.hit is not hits[place])
    return Trial(WRONG_CITATION, sentence, sentence, shown, _cited(alone or mended))


def _cited(support: Support | None) -> str:
    return support.hit.text[support.start - support.hit.start : support.end - support.hit.start] if support else ""


def _states(text: str, sentence: str) -> bool:
    return fold(sentence) in " ".join(fold(text).split()) or set(content_stems(sentence)) <= set(content_stems(text))


def paraphrases_withheld() -> tuple[list[Trial], int]:
    """The paraphrases by hand, each with the passage that holds its source and that one's neighbours."""
    rows = [json.loads(line) for line in PARAPHRASES.read_text("utf-8").splitlines()]
    documents = sample_passages()
    withheld = []
    for row in rows:
        hits = documents[row["document"]]
        place = next(at for at, hit in enumerate(hits) if row["source"][:60] in " ".join(hit.text.split()))
        if find_support(Draft(row["paraphrase"], (1,)), at_hand(hits, place)) is None:
            withheld.append(Trial("paraphrases", row["source"], row["paraphrase"], False))
    return withheld, len(rows)


def tell(tallies: dict[str, Tally]) -> None:
    print(f"{'way':32}" + "".join(f"{name:>22}" for name in tallies) + f"{'all':>22}")
    for way in WAYS:
        print(f"{way:32}" + "".join(_caught(tally.shown([way])) for tally in _with_all(tallies)))
    print(f"{'all ways':32}" + "".join(_caught(tally.shown(WAYS)) for tally in _with_all(tallies)))
    print("true sentences, withheld")
    for way in KEPT_TRUE:
        print(f"{way:32}" + "".join(_withheld(tally.shown([way])) for tally in _with_all(tallies)))
    print(f"{'all true':32}" + "".join(_withheld(tally.shown(list(KEPT_TRUE))) for tally in _with_all(tallies)))
    spent = sorted(one for tally in tallies.values() for one in tally.milliseconds)
    print(f"milliseconds a sentence: p50 {spent[len(spent) // 2]:.1f}, p95 {spent[len(spent) * 95 // 100]:.1f}")


def _with_all(tallies: dict[str, Tally]) -> Iterator[Tally]:
    whole = Tally()
    for tally in tallies.values():
        for trials in tally.trials.values():
            for one in trials:
                whole.add(one)
        yield tally
    yield whole


def _caught(shown: tuple[int, int]) -> str:
    return f"{(shown[1] - shown[0]) / shown[1]:14.1%} ({shown[1]:4})" + " " if shown[1] else f"{'-':>22}"


def _withheld(shown: tuple[int, int]) -> str:
    return _caught(shown)


def show(way: str, tallies: dict[str, Tally], paraphrases: Sequence[Trial]) -> None:
    wrong = [one for tally in tallies.values() for one in tally.trials[way] if one.shown == (way in WAYS)]
    for one in [*wrong, *(paraphrases if way == "paraphrases" else ())]:
        print(f"\n  {one.original}\n->{one.sentence}")
        if not one.shown:
            print("  ", certify(one.sentence, [one.original]).missing)


if __name__ == "__main__":
    main()
