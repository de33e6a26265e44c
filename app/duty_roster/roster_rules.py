"""Who is on duty at a moment, and what is wrong with a roster. Pure.

A unit has a first person, a second and a leader on duty. Somebody must be the first at every
moment; a second person or a leader may be missing, but nobody may be two.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class DutyPart(StrEnum):
    """As what somebody is on duty; in the order in which they are told."""

    FIRST = "first"
    SECOND = "second"
    LEADER = "leader"


ORDER = tuple(DutyPart)


class RosterFault(StrEnum):
    """What can be wrong with a span of a roster."""

    GAP = "gap"  # nobody is the first
    OVERLAP = "overlap"  # two are the same part


@dataclass(frozen=True, kw_only=True)
class DutySpell:
    """One person on duty for a unit from a moment until another."""

    id: int
    unit_id: int
    person_id: int
    part: DutyPart
    begins_at: datetime
    ends_at: datetime

    def covers(self, moment: datetime) -> bool:
        """Say whether a moment lies in it; the end belongs to whoever comes next."""
        return self.begins_at <= moment < self.ends_at


@dataclass(frozen=True, kw_only=True)
class FaultySpan:
    """A span in which a roster is wrong."""

    fault: RosterFault
    part: DutyPart
    begins_at: datetime
    ends_at: datetime


def on_duty(spells: Iterable[DutySpell], *, unit_id: int, moment: datetime) -> list[DutySpell]:
    """Return who is on duty for a unit, in the order in which they are told.

    Where two have the same part, the one who began later is meant: he was put in for the other.
    """
    now = [each for each in spells if each.unit_id == unit_id and each.covers(moment)]
    return [
        max(of_part, key=lambda each: (each.begins_at, each.id))
        for part in ORDER
        if (of_part := [each for each in now if each.part is part])
    ]


def faults_between(
    spells: Sequence[DutySpell], *, since: datetime, until: datetime
) -> list[FaultySpan]:
    """Return the gaps and overlaps of one unit's roster within a time, in the order of time."""
    found = _gaps([each for each in spells if each.part is DutyPart.FIRST], since, until)
    for part in ORDER:
        found += _overlaps([each for each in spells if each.part is part], since, until)
    return sorted(found, key=lambda each: (each.begins_at, each.part))


def _gaps(spells: Sequence[DutySpell], since: datetime, until: datetime) -> list[FaultySpan]:
    gaps, covered_until = [], since
    for each in sorted(spells, key=lambda spell: spell.begins_at):
        if each.begins_at > covered_until:
            gaps.append((covered_until, min(each.begins_at, until)))
        covered_until = max(covered_until, each.ends_at)
    if covered_until < until:
        gaps.append((covered_until, until))
    return [
        FaultySpan(fault=RosterFault.GAP, part=DutyPart.FIRST, begins_at=begins, ends_at=ends)
        for begins, ends in gaps
        if begins < ends
    ]


def _overlaps(spells: Sequence[DutySpell], since: datetime, until: datetime) -> list[FaultySpan]:
    found: list[FaultySpan] = []
    covered_until = datetime.min.replace(tzinfo=since.tzinfo)
    for each in sorted(spells, key=lambda spell: (spell.begins_at, spell.ends_at)):
        begins, ends = max(each.begins_at, since), min(each.ends_at, covered_until, until)
        if begins < ends:
            found.append(
                FaultySpan(
                    fault=RosterFault.OVERLAP, part=each.part, begins_at=begins, ends_at=ends
                )
            )
        covered_until = max(covered_until, each.ends_at)
    return found


def copied(
    spells: Iterable[DutySpell], *, since: datetime, until: datetime, by: timedelta
) -> list[DutySpell]:
    """Return the spells that begin within a time, moved on by a length; what they are is kept."""
    return [
        DutySpell(
            id=0,
            unit_id=each.unit_id,
            person_id=each.person_id,
            part=each.part,
            begins_at=each.begins_at + by,
            ends_at=each.ends_at + by,
        )
        for each in spells
        if since <= each.begins_at < until
    ]
