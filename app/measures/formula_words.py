"""A formula as a table of conditions: each must hold, must not hold, or is not asked for. Pure."""

from collections.abc import Mapping, Sequence

HOLDS, HOLDS_NOT, NOT_ASKED = "yes", "no", ""
EVERYTHING = "any"
"""The condition that always holds: what a part says that asks for nothing."""


def said_of(expression: str) -> dict[str, str]:
    """Return what a part of a formula says of each condition that it names."""
    return {
        name.removeprefix("!"): HOLDS_NOT if name.startswith("!") else HOLDS
        for name in expression.split()
        if name != EVERYTHING
    }


def expression_of(said: Mapping[str, str], vocabulary: Sequence[str]) -> str:
    """Return the part of a formula that says this of the conditions; nothing said is everything."""
    signs = {HOLDS: "", HOLDS_NOT: "!"}
    named = [
        f"{signs[said[name]]}{name}"
        for name in vocabulary
        if name != EVERYTHING and said.get(name) in signs
    ]
    return " ".join(named) or EVERYTHING
