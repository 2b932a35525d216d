"""Keywords of passages: BM25 with French stemming, by tantivy."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from index.references import references

if TYPE_CHECKING:
    from index.fusion import Ranking

_STOP_WORDS = """
a afin ai aie ainsi au aucun aucune aux auquel auxquels auxquelles avec avoir avons avez ayant c ca car ce
ceci cela celle celles celui ces cet cette ceux chaque comme comment combien d dans de des dont donc du duquel
desquels desquelles elle elles en entre est et ete etes etre eu eux fait faire faut il ils j je l la le lequel
laquelle les lesquels lesquelles leur leurs lui m ma mais me mes mon n ne ni nos notre nous on ont ou où par
pas peut peuvent plus pour pourquoi qu quand que quel quelle quelles quels qui quoi s sa sans se sera ses si
son sont sur t ta te tes toi ton tu un une vos votre vous y à ça été êtes être doit doivent quelqu lorsque
lors est-ce the of and to in is are what which how
""".split()
_WRITER_MEMORY = 50_000_000  # bytes
_REFERENCE_WEIGHT = 2.0  # of the exact reference, beside its pieces
_HINT_WEIGHT = 0.5  # of what an acronym stands for, all its words together, and of a word that was mended
_MENDED, _MENDED_TWICE = 5, 8  # letters of a word, from which one slip is forgiven, and two


@dataclass(frozen=True, slots=True)
class Hints:
    """What to search for beside the words of a question."""

    expansions: Sequence[str] = ()  # of its acronyms, or the acronyms of what it spells out
    misspelt: Collection[str] = ()  # its terms that no searched passage holds


NO_HINTS = Hints()


class KeywordIndex(Protocol):
    """BM25 over searchable texts: higher is better, zero is no match."""

    def search(self, text: str, k: int, versions: Sequence[int] | None = None, hints: Hints = NO_HINTS) -> Ranking:
        """At most `k` (id, score), best first, of passages (of these versions) that hold one of the text's terms."""
        ...

    def holds(self, term: str) -> bool:
        """Whether a passage holds an analysed term."""
        ...

    def rarity(self, words: Iterable[str]) -> dict[str, float]:
        """Inverse document frequency of each word, in nats; a word that is in no passage is the rarest."""
        ...


def analyse(text: str) -> list[str]:
    """The terms of a text: lower case, without stop words, stemmed in French, then without accents."""
    terms: list[str] = _analyser().analyze(text)
    return terms


def inverse_frequency(holding: int, total: int) -> float:
    """Of BM25 as Robertson and Spärck Jones weigh it, never negative (Lucene's form)."""
    return math.log(1 + (total - holding + 0.5) / (holding + 0.5))


def forgiven_slips(term: str) -> int:
    """Letters that may be wrong in a word that no passage holds; none in a short one, nor in a number."""
    if not term.isalpha() or len(term) < _MENDED:
        return 0
    return 1 if len(term) < _MENDED_TWICE else 2


class TantivyKeywords:
    """One folder, written once: a generation never changes."""

    def __init__(self, folder: Path) -> None:
        import tantivy

        self._tantivy = tantivy
        self._index = _with_analyser(tantivy.Index.open(str(folder)))
        self._schema = self._index.schema
        self._searcher = self._index.searcher()

    @classmethod
    def write(cls, folder: Path, passages: Iterable[tuple[int, int, str]]) -> None:
        """Index (id, version, searchable text) triples into an empty folder."""
        import tantivy

        schema = (
            tantivy.SchemaBuilder()
            .add_unsigned_field("id", fast=True, indexed=True)
            .add_unsigned_field("version", indexed=True)
            .add_text_field("text", tokenizer_name="french", index_option="freq")
            .add_text_field("reference", tokenizer_name="raw", index_option="basic")
            .build()
        )
        folder.mkdir(parents=True)
        index = _with_analyser(tantivy.Index(schema, path=str(folder)))
        writer = index.writer(_WRITER_MEMORY, 1)
        for one, version, text in passages:
            document = tantivy.Document()
            document.add_unsigned("id", one)
            document.add_unsigned("version", version)
            document.add_text("text", text)
            for reference in references(text):
                document.add_text("reference", reference)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()

    def search(self, text: str, k: int, versions: Sequence[int] | None = None, hints: Hints = NO_HINTS) -> Ranking:
        wanted = self._wanted(text, hints)
        if not wanted or k < 1 or (versions is not None and not versions):
            return []
        queries, occur = self._tantivy.Query, self._tantivy.Occur
        query = queries.boolean_query([(occur.Should, one) for one in wanted])
        if versions is not None:
            among = queries.const_score_query(queries.term_set_query(self._schema, "version", list(versions)), 0.0)
            query = queries.boolean_query([(occur.Must, query), (occur.Must, among)])
        found = self._searcher.search(query, k, count=False).hits
        ids = self._ids([address for _, address in found])
        return sorted(zip(ids, (float(score) for score, _ in found), strict=True), key=lambda one: (-one[1], one[0]))

    def holds(self, term: str) -> bool:
        return bool(self._searcher.doc_freq("text", term))

    def rarity(self, words: Iterable[str]) -> dict[str, float]:
        total = self._searcher.num_docs
        weights = {}
        for word in words:
            holding = [self._searcher.doc_freq("text", term) for term in analyse(word)]
            weights[word] = max((inverse_frequency(one, total) for one in holding), default=0.0)
        return weights

    def ids(self) -> set[int]:
        query = self._tantivy.Query.all_query()
        found = self._searcher.search(query, max(1, self._searcher.num_docs), count=False).hits
        return set(self._ids([address for _, address in found]))

    def _wanted(self, text: str, hints: Hints) -> list[Any]:
        """Queries for the terms of a text, its references, and the hints."""
        weighed = self._tantivy.Query.boost_query
        terms = list(dict.fromkeys(analyse(text)))
        wanted = [self._term(term) for term in terms]
        for reference in references(text):
            exact = self._tantivy.Query.term_query(self._schema, "reference", reference, "basic")
            wanted.append(weighed(exact, _REFERENCE_WEIGHT))
        for expansion in hints.expansions:
            others = [term for term in dict.fromkeys(analyse(expansion)) if term not in terms]
            wanted += [weighed(self._term(term), _HINT_WEIGHT / len(others) ** 0.5) for term in others]
        for term in terms:
            if term in hints.misspelt and (slips := forgiven_slips(term)):
                near = self._tantivy.Query.fuzzy_term_query(self._schema, "text", term, slips)
                wanted.append(weighed(near, _HINT_WEIGHT))
        return wanted

    def _term(self, term: str) -> Any:
        return self._tantivy.Query.term_query(self._schema, "text", term, "freq")

    def _ids(self, addresses: Sequence[Any]) -> list[int]:
        return [int(one) for one in self._searcher.fast_field_values("id", list(addresses))] if addresses else []


@cache
def _analyser() -> Any:
    from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

    return (
        TextAnalyzerBuilder(Tokenizer.simple())
        .filter(Filter.remove_long(64))
        .filter(Filter.lowercase())
        .filter(Filter.custom_stopword(_STOP_WORDS))
        .filter(Filter.stemmer("French"))
        .filter(Filter.ascii_fold())
        .build()
    )


def _with_analyser(index: Any) -> Any:
    index.register_tokenizer("french", _analyser())
    return index
