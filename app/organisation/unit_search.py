"""Finds a unit by what somebody types: its name or part of it, its pinyin, its initials."""

import csv
from dataclasses import dataclass
from functools import cache

from app.core.errors import Invalid
from app.organisation.service import DATA, Unit, list_units

MOST_NAMED = 5


class UnitNotKnown(Invalid):
    """No unit has such a name, pinyin or initials."""

    code = "unit-not-known"


class UnitNotClear(Invalid):
    """Several units fit equally well; `names` says which."""

    code = "unit-not-clear"


@dataclass(frozen=True, kw_only=True)
class Spelling:
    """How a name is spelt: all syllables without tones in one word, and their first letters."""

    pinyin: str
    initials: str


def spelling(name: str) -> Spelling:
    """Return how a name is spelt; signs that the table does not know stand for themselves."""
    syllables = [_syllables().get(each, each.lower()) for each in name if each.isalnum()]
    return Spelling(pinyin="".join(syllables), initials="".join(each[0] for each in syllables))


def find_unit(typed: str, *, field: str | None = None) -> Unit:
    """Return the one unit that fits best. Raises UnitNotKnown, UnitNotClear."""
    found = search_units(typed)
    if not found:
        raise UnitNotKnown(field=field, typed=typed[:40])
    best = [unit for rank, unit in found if rank == found[0][0]]
    if len(best) > 1:
        names = "、".join(each.name for each in best[:MOST_NAMED])
        raise UnitNotClear(field=field, names=names)
    return best[0]


def search_units(typed: str) -> list[tuple[int, Unit]]:
    """Return the units that fit what is typed with their rank (0: the very name), best first."""
    wanted = "".join(typed.split()).lower()
    if not wanted:
        return []
    ranked = [(_rank(each, wanted), each) for each in list_units()]
    fitting = [(rank, each) for rank, each in ranked if rank is not None]
    return sorted(fitting, key=lambda pair: (pair[0], len(pair[1].name), pair[1].id))


def _rank(unit: Unit, wanted: str) -> int | None:
    name, spelt = unit.name.lower(), spelling(unit.name)
    fits = (
        name == wanted,
        name.startswith(wanted),
        wanted in name,
        spelt.initials.endswith(wanted),
        wanted in spelt.initials,
        wanted in spelt.pinyin,
        _in_order(wanted, name),
        _in_order(wanted, spelt.initials),
    )
    return next((rank for rank, is_fit in enumerate(fits) if is_fit), None)


def _in_order(wanted: str, text: str) -> bool:
    """Say whether the signs of one stand in the other in this order, as in a short name."""
    left = iter(text)
    return len(wanted) > 1 and all(each in left for each in wanted)


@cache
def _syllables() -> dict[str, str]:
    with (DATA / "syllables.csv").open(encoding="utf-8", newline="") as file:
        return {row["sign"]: row["syllable"] for row in csv.DictReader(file)}
