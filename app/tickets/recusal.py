"""Keeps the staff of a complained-about unit out of the matter (回避, domain rules 1.13). Pure.

Kept out are the unit and all below it: its sections, its institutes, its sub-centre. Who stands
above it is not, since complaints about a unit are its superior's to settle. The hotline itself
stands below a bureau of the city and reads all the same: somebody has to take the complaint.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from app.rules.type_natures import ABOUT_SOMEBODY, Nature

SHORTEST_NAME = 3
"""Characters of a unit's name that are enough to take a text for it."""


@dataclass(frozen=True, kw_only=True)
class UnitPicture:
    """A unit, as far as recusal asks. `is_hotline`: it never loses its sight of tickets."""

    id: int
    name: str
    parent_id: int | None = None
    is_hotline: bool = False


def kept_out(
    respondent_unit_id: int | None, nature: Nature, units: Collection[UnitPicture]
) -> frozenset[int]:
    """Return the units that neither read a ticket about this one nor are sent it."""
    if respondent_unit_id is None or nature not in ABOUT_SOMEBODY:
        return frozenset()
    children: dict[int | None, list[UnitPicture]] = {}
    for each in units:
        children.setdefault(each.parent_id, []).append(each)
    found: set[int] = set()
    todo = [respondent_unit_id]
    while todo:
        unit_id = todo.pop()
        if unit_id in found:
            continue
        found.add(unit_id)
        todo += [each.id for each in children.get(unit_id, []) if not each.is_hotline]
    return frozenset(found)


def keeps_out(unit_id: int | None, units: Collection[UnitPicture]) -> frozenset[int]:
    """Return the complained-about units of which somebody of this unit reads no ticket.

    The other way round than `kept_out`: his own unit, and all above it up to a hotline.
    """
    by_id: Mapping[int, UnitPicture] = {each.id: each for each in units}
    found: set[int] = set()
    while unit_id is not None and unit_id in by_id and unit_id not in found:
        if by_id[unit_id].is_hotline:
            break
        found.add(unit_id)
        unit_id = by_id[unit_id].parent_id
    return frozenset(found)


def proposed(
    respondent: str, units: Iterable[UnitPicture], *, prefixes: Collection[str]
) -> int | None:
    """Return the unit that a text about whom the complaint is names, or None where it is unclear.

    `prefixes` are names of places that people leave out before a unit's own. The longest name that
    stands in the text wins; two of the same length are no answer.
    """
    text = "".join(respondent.split())
    best: dict[int, int] = {}
    for unit in units:
        names = {unit.name, *(unit.name.removeprefix(each) for each in prefixes)}
        lengths = [len(name) for name in names if len(name) >= SHORTEST_NAME and name in text]
        if lengths:
            best[unit.id] = max(lengths)
    if not best:
        return None
    longest = max(best.values())
    found = [unit_id for unit_id, length in best.items() if length == longest]
    return found[0] if len(found) == 1 else None
