"""How alike two demands are, from 0 to 1. Pure.

Chinese titles are short and have no blanks, so neighbours of two characters are counted (Dice's
coefficient over bigrams): trigrams find nothing in 停水 (peers P59). How long back is looked is
rule R21, and a city's to set: `limit.same_caller`, `limit.same_place`.
"""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

SAME_CALLER = ("limit.same_caller", timedelta(days=30))
"""How long back tickets of the same caller are looked for: the rule, and where it is not loaded."""
SAME_PLACE = ("limit.same_place", timedelta(hours=72))
"""The same for tickets of others in the same town."""
ALIKE = 0.25
"""From here on a ticket of another caller is worth a look; the same caller's are always shown."""

_SIGNS = re.compile(r"[\W_]+")


@dataclass(frozen=True, kw_only=True)
class Matter:
    """What is compared of a demand."""

    text: str
    category_code: str = ""
    town_code: str = ""
    address: str = ""


def likeness(one: Matter, other: Matter) -> float:
    """Return how alike they are: mostly the words, then the place, then the category."""
    words = text_likeness(one.text, other.text)
    place = 0.0
    if one.town_code and one.town_code == other.town_code:
        place = 0.4 + 0.6 * text_likeness(one.address, other.address)
    is_same_category = bool(one.category_code) and one.category_code == other.category_code
    return 0.6 * words + 0.25 * place + 0.15 * is_same_category


def text_likeness(one: str, other: str) -> float:
    """Return Dice's coefficient of the bigrams, 1.0 for the same words, 0.0 without any."""
    return likeness_of(bigrams(one), bigrams(other))


def likeness_of(ours: Counter[str], theirs: Counter[str]) -> float:
    """Return Dice's coefficient of bigrams that were counted before; see `text_likeness`."""
    whole = sum(ours.values()) + sum(theirs.values())
    return 2 * sum((ours & theirs).values()) / whole if whole else 0.0


def bigrams(text: str) -> Counter[str]:
    """Count the neighbours of two characters of a text, without its signs."""
    signs = _SIGNS.sub("", text).lower()
    if len(signs) == 1:
        return Counter([signs])
    return Counter(signs[at : at + 2] for at in range(len(signs) - 1))
