"""The search index over the articles: in memory, made anew whenever the articles changed."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tantivy import Document, Index, Occur, Query, Schema, SchemaBuilder

from knowledge_base import ranking

WRITER_BYTES = 15_000_000  # the least that tantivy accepts
CANDIDATES = 40


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What the index must know about a published article."""

    article_id: int
    texts: dict[str, str]
    lines: frozenset[str]
    valid_from: datetime
    valid_until: datetime | None

    def holds_at(self, at: datetime) -> bool:
        """Say whether the article may be read out at `at`."""
        return self.valid_from <= at and (self.valid_until is None or at < self.valid_until)


@dataclass(frozen=True, kw_only=True)
class Hit:
    """An article that fits. `score` only orders."""

    article_id: int
    score: float


class ArticleIndex:
    """One picture of the published articles, never changed after it was made."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = {entry.article_id: entry for entry in entries}
        self._held = {id_: _all_terms(entry) for id_, entry in self._entries.items()}
        self._heads = {id_: _head_terms(entry) for id_, entry in self._entries.items()}
        self._held_by = Counter(term for held in self._held.values() for term in held)
        self._schema = _schema()
        self._index = Index(self._schema)
        self._fill()

    def find(self, text: str, *, line: str | None, at: datetime, limit: int) -> list[Hit]:
        """Return what fits, best first; nothing when nothing fits.

        `line`: the dialled number; its own articles weigh more. `at`: articles that do not hold
        then are left out.
        """
        asked = ranking.query_terms(text)
        known = [term for term in asked if term in self._held_by]
        if not known:
            return []
        articles = len(self._entries)
        says = {term: ranking.rarity(self._held_by[term], articles=articles) for term in asked}
        is_message = ranking.is_whole_message(text)
        hits = []
        for score, article_id in self._candidates(known):
            entry = self._entries[article_id]
            evidence = ranking.weigh(
                asked, self._held[article_id], self._heads[article_id], says, articles=articles
            )
            if not entry.holds_at(at) or not ranking.fits(evidence, is_message=is_message):
                continue
            weight = ranking.DIALLED_LINE_WEIGHT if line in entry.lines else 1.0
            hits.append(Hit(article_id=article_id, score=score * weight))
        hits.sort(key=lambda hit: (-hit.score, hit.article_id))
        return hits[:limit]

    def of_line(self, line: str | None, *, at: datetime, limit: int) -> list[int]:
        """Return articles made for a line, those made for few lines first."""
        own = [
            entry for entry in self._entries.values() if line in entry.lines and entry.holds_at(at)
        ]
        own.sort(key=lambda entry: (len(entry.lines), entry.article_id))
        return [entry.article_id for entry in own[:limit]]

    def _candidates(self, known: list[str]) -> list[tuple[float, int]]:
        wanted = [
            (Occur.Should, Query.boost_query(Query.term_query(self._schema, field, term), weight))
            for term in known
            for field, weight in ranking.FIELD_WEIGHTS.items()
        ]
        searcher = self._index.searcher()
        found = searcher.search(Query.boolean_query(wanted), limit=CANDIDATES).hits
        return [(score, searcher.doc(address)["article_id"][0]) for score, address in found]

    def _fill(self) -> None:
        writer = self._index.writer(heap_size=WRITER_BYTES, num_threads=1)
        for entry in self._entries.values():
            document = Document()
            document.add_integer("article_id", entry.article_id)
            for field, text in entry.texts.items():
                document.add_text(field, " ".join(ranking.terms(text)))
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()


def _schema() -> Schema:
    builder = SchemaBuilder()
    builder.add_integer_field("article_id", stored=True)
    for field in ranking.FIELD_WEIGHTS:
        # The terms arrive cut already, with blanks between them.
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
    return builder.build()


def _all_terms(entry: Entry) -> frozenset[str]:
    return frozenset(term for text in entry.texts.values() for term in ranking.terms(text))


def _head_terms(entry: Entry) -> frozenset[str]:
    heads = (text for field, text in entry.texts.items() if field in ranking.HEAD_FIELDS)
    return frozenset(term for text in heads for term in ranking.terms(text))
