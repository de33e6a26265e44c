"""What of a ticket is searched, and what is looked for: the same on every database. Pure.

A text is kept as its runs of letters and digits, folded (NFKC, no capitals), a blank between. A
word that is looked for stands in it when its characters stand there side by side; Chinese has no
blanks, so there is no other boundary. An index over characters and neighbours of two finds where
to look: trigrams cannot find 停水 (peers P59).
"""

import re
import unicodedata

from app.tickets.ticket_numbers import without_round_and_part

LONGEST_SEARCHED = 4000
"""Characters of a ticket that are searched; a demand is told in far fewer."""
MOST_WORDS = 8

_RUN = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"(?:HY)?(20[0-9]{4,13})|HY([0-9]*)", re.IGNORECASE)
_DAY_PARTS = (8, 6, 4)


def runs_of(text: str) -> list[str]:
    """Return the runs of letters and digits in a text, folded."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _RUN.findall(unicodedata.normalize("NFKC", folded))


def searched_text(*texts: str) -> str:
    """Return what is kept to be searched of these texts."""
    return " ".join(runs_of("\n".join(texts)))[:LONGEST_SEARCHED]


def pairs_of(searched: str) -> set[str]:
    """Return the neighbours of two characters of a searched text, and each character alone.

    A single one could be found as the beginning of pairs, but an index gathers all that begin so
    before it looks at anything else that is wanted: every ticket of all years, where it is 求.
    """
    found: set[str] = set()
    for run in searched.split():
        found.update(run)
        found.update(run[place : place + 2] for place in range(len(run) - 1))
    return found


def looked_for(typed: str) -> list[str]:
    """Return the runs that must all stand in a text, without repetition."""
    return list(dict.fromkeys(runs_of(typed)))[:MOST_WORDS]


def is_in(searched: str, words: list[str]) -> bool:
    """Say whether every word stands in a searched text: what each database must find."""
    return all(word in searched for word in words)


def index_terms(words: list[str]) -> list[str]:
    """Return the terms that an index of pairs must hold for these words."""
    terms: dict[str, None] = {}
    for word in words:
        if len(word) == 1:
            terms[f"'{word}'"] = None
        terms.update((f"'{word[place : place + 2]}'", None) for place in range(len(word) - 1))
    return list(terms)


def number_looked_for(typed: str) -> str:
    """Return the beginning of a ticket number when that is what was typed, else nothing.

    With its letters, or the digits alone when they can be those of a day.
    """
    found = _NUMBER.fullmatch("".join(without_round_and_part(typed).split()))
    return "" if found is None else f"HY{found[1] or found[2] or ''}"


def day_parts_of(number: str) -> list[str]:
    """Return year, month and day as they stand in a number, the longest first."""
    digits = number.removeprefix("HY")
    return [digits[:length] for length in _DAY_PARTS if len(digits) >= length]
