"""Into which groups tickets fall, and in which tier units are compared. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.handling.ticket_pictures import as_of_unit
from app.measures.formulas import Figure, Formula, Subject, reckon
from app.measures.pictures import Picture, TicketPicture


class Group(StrEnum):
    """By what figures are told apart."""

    NONE = "none"
    UNIT = "unit"
    COUNTY = "county"
    TYPE = "type"
    CATEGORY = "category"
    CHANNEL = "channel"


KEY_OF: Mapping[Group, Callable[[TicketPicture], str]] = {
    Group.UNIT: lambda t: str(t.unit_id or ""),
    Group.COUNTY: lambda t: t.county_code,
    Group.TYPE: lambda t: t.request_type,
    Group.CATEGORY: lambda t: t.category_code[:2],
    Group.CHANNEL: lambda t: t.channel,
}
OWN_DOING = frozenset(
    {
        "sign_decided", "sign_in_time", "sign_timed",
        "handle_decided", "handle_in_time", "handle_timed",
        "first_contact_decided", "first_contact_in_time",
        "returned", "improperly_returned",
    }
)  # fmt: skip
"""Conditions of what a unit does itself, be it that another one has the ticket now."""
ALL = ""
"""The key of the group that everything is in; no unit has it, so it is no unit's either."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One figure of one group. `tier` is empty where groups are not compared by tiers."""

    key: str
    tier: str
    figure: Figure
    rank: int | None = None


def grouped(
    formula: Formula,
    pictures: Iterable[Picture],
    group: Group,
    *,
    tiers: Mapping[str, str],
) -> list[Row]:
    """Return a figure for each group, tier by tier; calls are not told apart."""
    if group is Group.NONE or formula.subject is Subject.CALLS:
        return [Row(key=ALL, tier="", figure=reckon(formula, pictures))]
    parts: dict[str, list[Picture]] = {}
    for picture in pictures:
        if isinstance(picture, TicketPicture):
            for key, each in told_apart(formula, picture, group):
                parts.setdefault(key, []).append(each)
    rows = [
        Row(key=key, tier=tiers.get(key, ""), figure=reckon(formula, those))
        for key, those in parts.items()
    ]
    return sorted(rows, key=lambda row: (row.tier, row.key))


def opens_with(formulas: Iterable[Formula], group: Group) -> str:
    """Return the code of the rate that a page opens with: the first that these groups have.

    Calls are not told apart, and units have what is compared among them.
    """
    known = list(formulas)
    have = [
        each.code
        for each in known
        if group is Group.NONE
        or (each.subject is Subject.TICKETS and (each.is_tiered or group is not Group.UNIT))
    ]
    return next(iter([*have, *(each.code for each in known)]), "")


def told_apart(
    formula: Formula, picture: TicketPicture, group: Group
) -> Iterator[tuple[str, TicketPicture]]:
    """Give a ticket under the keys of the groups for which it counts, as it counts there.

    What a unit does itself counts for each unit that led it; all else for the last one.
    """
    names = {
        name.removeprefix("!") for name in f"{formula.denominator} {formula.numerator}".split()
    }
    if group is Group.UNIT and picture.by_unit and names & OWN_DOING:
        for unit_id in picture.by_unit:
            yield str(unit_id), as_of_unit(picture, unit_id)
    else:
        yield KEY_OF[group](picture), picture


def ranked(rows: Iterable[Row]) -> list[Row]:
    """Return rows with their rank, best first, each tier for itself; equal shares share a rank.

    What has no share, and whom no tier names, is not ranked.
    """
    tiers: dict[str, list[Row]] = {}
    for row in rows:
        tiers.setdefault(row.tier, []).append(row)
    told: list[Row] = []
    for tier in sorted(tiers):
        shares = sorted({row.figure.value or 0.0 for row in tiers[tier]}, reverse=True)
        place = {share: 1 + _better(tiers[tier], share) for share in shares}
        those = [
            Row(
                key=row.key,
                tier=row.tier,
                figure=row.figure,
                rank=place[row.figure.value] if tier and row.figure.value is not None else None,
            )
            for row in tiers[tier]
        ]
        told += sorted(those, key=lambda row: (row.rank is None, row.rank or 0, row.key))
    return told


def _better(rows: Iterable[Row], share: float) -> int:
    return sum((row.figure.value or 0.0) > share for row in rows if row.figure.value is not None)
