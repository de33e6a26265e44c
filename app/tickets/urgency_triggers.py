"""Which words of a text call for haste. Pure: the words are dated rules and are handed in."""

from collections.abc import Iterable, Sequence


def triggers_in(texts: Iterable[str], words: Sequence[str]) -> list[str]:
    """Return the words that stand in any of the texts, in the order of the rules.

    A word inside a longer one that was found as well (漏电 in 燃气漏电) is told once more: better
    two reasons to look than none.
    """
    whole = "\n".join(texts)
    return [word for word in words if word and word in whole]
