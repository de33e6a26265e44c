"""Decides who must be told by now that an urgent ticket is not signed for. Pure.

Limits of 15 and 30 minutes run at night. The first person on duty is told with the dispatch itself;
then, by shares of the limit, the second person, the leader, and at last the hotline's own shift
leader. Shares are dated rules.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.duty_roster.roster_rules import ORDER, DutyPart


class EscalationStep(StrEnum):
    """How far an unsigned ticket has come."""

    SECOND = "second"
    LEADER = "leader"
    HOTLINE = "hotline"


PART_OF: Mapping[EscalationStep, DutyPart] = {
    EscalationStep.SECOND: DutyPart.SECOND,
    EscalationStep.LEADER: DutyPart.LEADER,
}


@dataclass(frozen=True, kw_only=True)
class Shares:
    """After which share of the limit each step is taken; 1.0 is the limit itself."""

    second: float
    leader: float
    hotline: float

    def of(self, step: EscalationStep) -> float:
        """Return the share of a step."""
        return float(getattr(self, step.value))


@dataclass(frozen=True, kw_only=True)
class Unsigned:
    """An urgent ticket that was dispatched to a unit and not signed for.

    `dispatch_key` names this dispatch: the same ticket may come to the same unit again.
    """

    unit_id: int
    ticket_id: int
    ticket_number: str
    dispatch_key: str
    dispatched_at: datetime
    sign_due: datetime
    told_steps: frozenset[EscalationStep] = frozenset()


def step_at(unsigned: Unsigned, step: EscalationStep, shares: Shares) -> datetime:
    """Return from when on a step is due."""
    return unsigned.dispatched_at + shares.of(step) * (unsigned.sign_due - unsigned.dispatched_at)


def steps_due(unsigned: Unsigned, *, shares: Shares, now: datetime) -> list[EscalationStep]:
    """Return the steps that are due and not yet told, in their order.

    After a time in which nobody looked, all of them: each person must know.
    """
    return [
        step
        for step in EscalationStep
        if step not in unsigned.told_steps and step_at(unsigned, step, shares) <= now
    ]


def told_for(step: EscalationStep, on_duty: Collection[DutyPart]) -> DutyPart | None:
    """Return whom of a unit a step tells: its own part, else the next above, else the next below.

    None for the hotline's step, and where nobody is on duty.
    """
    wanted = PART_OF.get(step)
    if wanted is None:
        return None
    place = ORDER.index(wanted)
    order: Sequence[DutyPart] = (*ORDER[place:], *reversed(ORDER[:place]))
    return next((part for part in order if part in on_duty), None)
