"""What a bench says: figures, what stands beside them, and whether the goals were reached."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, kw_only=True)
class Row:
    """One figure. `peer` is the same thing measured elsewhere in the same run, `goal` is in words.

    `ok` is None where there is no goal: the row explains others.
    """

    name: str
    value: float
    unit: str
    peer: str = ""
    goal: str = ""
    ok: bool | None = None

    def as_json(self) -> dict[str, object]:
        """Return the row as it is written."""
        return {**asdict(self), "value": round(self.value, 3)}


def at_most(name: str, value: float, unit: str, *, goal: float, peer: str = "") -> Row:
    """Make a row whose figure shall not be larger than the goal."""
    return Row(
        name=name, value=value, unit=unit, peer=peer, goal=f"<= {goal:g} {unit}", ok=value <= goal
    )


def at_least(name: str, value: float, unit: str, *, goal: float, peer: str = "") -> Row:
    """Make a row whose figure shall not be smaller than the goal."""
    return Row(
        name=name, value=value, unit=unit, peer=peer, goal=f">= {goal:g} {unit}", ok=value >= goal
    )


def quantile(values: Sequence[float], part: float) -> float:
    """Return the value below which this part of all lies; of no values, not a number."""
    if not values:
        return float("nan")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def table(rows: Sequence[Row]) -> str:
    """Lay the rows out for a terminal."""
    lines = [("", "name", "value", "peer", "goal")]
    for row in rows:
        mark = {True: "ok", False: "NO", None: ""}[row.ok]
        lines.append((mark, row.name, f"{row.value:,.1f} {row.unit}", row.peer, row.goal))
    widths = [max(len(line[column]) for line in lines) for column in range(5)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
