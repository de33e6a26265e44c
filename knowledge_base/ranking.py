"""Which terms a text is searched by, what they weigh, and when nothing fits. Pure.

Single characters and pairs of characters (bigrams), the title about three times as heavy: on real
Chinese questions this beats word cutting, needs no dictionary, and finds words of two characters.
"""

import math
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

FIELD_WEIGHTS: Final[Mapping[str, float]] = {
    "title": 3.0,
    "question": 2.0,
    "keywords": 2.0,
    "answer": 1.0,
}
HEAD_FIELDS: Final = frozenset({"title", "question", "keywords"})
DIALLED_LINE_WEIGHT: Final = 1.25
# From this length on a query is a whole message: its single characters say nothing any more.
WHOLE_MESSAGE: Final = 16
LONGEST_QUERY: Final = 400
# What an article must hold of a query to be an answer at all. Measured on our own articles with
# colloquial questions, and with questions of other subjects that must find nothing
# (tests/knowledge_base/test_search_quality.py). A pair in common is seldom chance, a character is.
SHARE_WITH_A_PAIR: Final = 0.20
SHARE_WITHOUT: Final = 0.34
# A message tells much beside the point, so its share says little: three rare pairs are enough.
MESSAGE_SHARE: Final = 0.18
MESSAGE_PAIRS: Final = 3.0

_RUNS = re.compile(r"[㐀-鿿豈-﫿]+|[a-z0-9]+(?:[+.-][a-z0-9]+)*")
_FILLERS = re.compile(
    r"您好|你好|请问|我想问一下|我想问|想问一下|问一下|想咨询|咨询一下|麻烦|谢谢|一下"
    r"|我要反映|我想反映|反映一下|我要投诉|我想投诉|怎么办理|怎么办|怎么弄|怎么样|怎么|怎样|如何"
    r"|为什么|什么|哪里|哪个|多少|可不可以|可以|能不能|是不是|有没有|我们|我家|你们|他们"
    r"|现在|一直|这个|那个|时候|就是|已经|还是"
)


@dataclass(frozen=True)
class Evidence:
    """What speaks for an article.

    `share`: of the query's weight, 0 … 1. `pairs`: weight of the pairs held by the article's head,
    counted in rarest pairs; in a long answer two characters meet by chance.
    """

    share: float
    pairs: float


def terms(text: str) -> Iterator[str]:
    """Give every character and every pair of neighbours; words of letters and digits whole."""
    for run in _runs(text):
        if run[0].isascii():
            yield run
            continue
        yield from run
        yield from _pairs(run)


def query_terms(text: str) -> list[str]:
    """Give the terms to ask for, each once, fillers such as 请问 left out.

    A short query asks for characters and pairs, a whole message for pairs alone.
    """
    text = text[:LONGEST_QUERY]
    bare = _FILLERS.sub(" ", text)
    runs = list(_runs(bare)) or list(_runs(text))
    is_message = is_whole_message(text)
    asked: dict[str, None] = {}
    for run in runs:
        if run[0].isascii():
            asked[run] = None
            continue
        if not is_message or len(run) == 1:
            asked.update(dict.fromkeys(run))
        asked.update(dict.fromkeys(_pairs(run)))
    return list(asked)


def is_whole_message(text: str) -> bool:
    """Say whether a text is a message rather than a few words to search by."""
    return len(text.strip()) >= WHOLE_MESSAGE


def rarity(held_by: int, *, articles: int) -> float:
    """Return how much a term says (BM25's idf), from how many of the articles hold it."""
    return math.log(1 + (articles - held_by + 0.5) / (held_by + 0.5))


def weigh(
    asked: Collection[str],
    held: Collection[str],
    head: Collection[str],
    says: Mapping[str, float],
    *,
    articles: int,
) -> Evidence:
    """Weigh what an article holds of a query: anywhere, and in its head alone.

    `says` gives each term's rarity; a term that no article holds must be in it, too.
    """
    whole = sum(says[term] for term in asked)
    return Evidence(
        share=sum(says[term] for term in asked if term in held) / whole if whole else 0.0,
        pairs=sum(says[term] for term in asked if len(term) > 1 and term in head)
        / rarity(1, articles=articles),
    )


def fits(evidence: Evidence, *, is_message: bool) -> bool:
    """Say whether an article with this evidence answers the query at all."""
    if is_message:
        return evidence.share >= MESSAGE_SHARE or evidence.pairs >= MESSAGE_PAIRS
    return evidence.share >= (SHARE_WITH_A_PAIR if evidence.pairs else SHARE_WITHOUT)


def _runs(text: str) -> list[str]:
    return _RUNS.findall(unicodedata.normalize("NFKC", text).lower())


def _pairs(run: str) -> Iterator[str]:
    return (run[at : at + 2] for at in range(len(run) - 1))
