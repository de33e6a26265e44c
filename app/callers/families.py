"""Decides which persons are one, from what was merged and split by hand. Pure.

A merge is an edge from the person who was merged to the one who was kept; so is a split that was
taken back. Nothing else is rewritten by either, and so each can be undone at any time.
"""

from collections.abc import Mapping


class GoesRound(ValueError):
    """Two persons would each be part of the other."""


def roots(edges: Mapping[int, int]) -> dict[int, int]:
    """Return for each person with an edge who stands for him in the end; raises GoesRound."""
    found: dict[int, int] = {}
    for person in edges:
        root, passed = person, {person}
        while root in edges:
            root = edges[root]
            if root in passed:
                raise GoesRound
            passed.add(root)
        found[person] = root
    return found
