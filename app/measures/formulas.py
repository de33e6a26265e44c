"""What a rate divides by what, from when on, and what is left out of it. Pure.

A formula is data: names of conditions out of the vocabulary below, joined by blanks (all of them
must hold; `!` in front turns one round). It is dated, never overwritten (architecture A7); what was
published names the version by which it was reckoned. Sources: domain rules 1.10.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.measures.pictures import CallPicture, Picture, TicketPicture

MAY_SATISFY = range(2, 6)
"""From which of five marks on somebody may count as satisfied: by the lowest nobody says he is."""
USUALLY_SATISFIES = 3
"""Of five marks the upper three (好差评: 基本满意 and better), until the city says otherwise."""
IN_TIME_SECONDS = 15
"""GB/T 33358."""


class Subject(StrEnum):
    """What a formula counts."""

    TICKETS = "tickets"
    CALLS = "calls"


OF_TICKETS: Mapping[str, Callable[[TicketPicture], bool]] = {
    "any": lambda t: True,  # noqa: ARG005 - every picture
    "demand_merged": lambda t: t.is_merged,
    "dispatched": lambda t: t.dispatches > 0,
    "dispatched_once": lambda t: t.dispatches == 1,
    "first_unit_kept": lambda t: t.first_unit_id is not None and t.first_unit_id == t.unit_id,
    "dispatch_decided": lambda t: t.dispatched_in_time is not None,
    "dispatch_in_time": lambda t: t.dispatched_in_time is True,
    "sign_decided": lambda t: t.signed_in_time is not None,
    "sign_in_time": lambda t: t.signed_in_time is True,
    "handle_decided": lambda t: t.handled_in_time is not None,
    "handle_in_time": lambda t: t.handled_in_time is True,
    "answer_decided": lambda t: t.answered_in_time is not None,
    "answer_in_time": lambda t: t.answered_in_time is True,
    "contact_decided": lambda t: t.contacted_in_time is not None,
    "contact_in_time": lambda t: t.contacted_in_time is True,
    "first_contact_decided": lambda t: t.first_contact_in_time is not None,
    "first_contact_in_time": lambda t: t.first_contact_in_time is True,
    "returned": lambda t: t.returns > 0,
    "improperly_returned": lambda t: t.improper_returns > 0,
    "visit_due": lambda t: t.is_visit_due,
    "visit_attempted": lambda t: t.visit_attempts > 0,
    "visited": lambda t: t.is_reached,
    "answer_unproven": lambda t: t.is_answer_unproven,
    "asked_solved": lambda t: t.is_solved is not None,
    "solved": lambda t: t.is_solved is True,
    "result_rated": lambda t: t.result_mark is not None,
    "attitude_rated": lambda t: t.attitude_mark is not None,
    "efficiency_rated": lambda t: t.efficiency_mark is not None,
    "handed_in": lambda t: t.is_handed_in,
    "redone": lambda t: t.rounds > 1,
    "repeated": lambda t: t.repeats > 0,
    "urged": lambda t: t.urges > 0,
    "extended": lambda t: t.extensions > 0,
    "suspended": lambda t: t.suspensions > 0,
    "supervised": lambda t: t.supervisions > 0,
    "closed": lambda t: t.is_closed,
    "dispatch_timed": lambda t: t.dispatch_seconds is not None,
    "sign_timed": lambda t: t.sign_seconds is not None,
    "handle_timed": lambda t: t.handle_seconds is not None,
    "answer_timed": lambda t: t.answer_seconds is not None,
}
OF_MARKS: Mapping[str, Callable[[TicketPicture], int | None]] = {
    "result_satisfied": lambda t: t.result_mark,
    "attitude_satisfied": lambda t: t.attitude_mark,
    "efficiency_satisfied": lambda t: t.efficiency_mark,
}
"""Conditions that hold from a mark on; from which one, each formula says (rule R16)."""
OF_CALLS: Mapping[str, Callable[[CallPicture], bool]] = {
    "any": lambda c: True,  # noqa: ARG005 - every picture
    "answered": lambda c: c.is_answered,
    "in_15_seconds": lambda c: c.wait_seconds is not None and c.wait_seconds <= IN_TIME_SECONDS,
    "answered_at_once": lambda c: c.is_answered_at_once,
    "has_ticket": lambda c: c.has_ticket,
    "again_decided": lambda c: c.comes_again is not None,
    "comes_again": lambda c: c.comes_again is True,
    "wait_timed": lambda c: c.wait_seconds is not None,
    "talk_timed": lambda c: c.talk_seconds is not None,
}


def conditions_of(subject: Subject) -> Sequence[str]:
    """Return the vocabulary of formulas that count this."""
    return (*OF_TICKETS, *OF_MARKS) if subject is Subject.TICKETS else tuple(OF_CALLS)


class UnknownCondition(ValueError):
    """A formula names a condition that is not in the vocabulary."""


@dataclass(frozen=True, kw_only=True)
class Formula:
    """One rate as it holds from a day on. `exclusions` are reason codes; `is_tiered` says that

    units are compared within their tier only (国办 66号文: no rankings across what differs);
    `satisfied_from` is the lowest of five marks by which somebody is satisfied.
    """

    code: str
    name_zh: str
    name_en: str
    subject: Subject
    denominator: str
    numerator: str
    exclusions: frozenset[str]
    is_tiered: bool
    valid_from: date
    basis: str = ""
    satisfied_from: int = USUALLY_SATISFIES

    @property
    def asks_for_marks(self) -> bool:
        """Say whether it counts who is satisfied."""
        return any(
            name.removeprefix("!") in OF_MARKS
            for name in f"{self.denominator} {self.numerator}".split()
        )

    @property
    def version(self) -> str:
        """Name what the formula says: the same words have the same name."""
        said = "\n".join(
            [self.code, self.subject, self.denominator, self.numerator, *sorted(self.exclusions)]
        )
        # what was published before a city could say so keeps its name
        if self.asks_for_marks and self.satisfied_from != USUALLY_SATISFIES:
            said += f"\nsatisfied_from={self.satisfied_from}"
        return hashlib.sha256(said.encode()).hexdigest()[:8]


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A rate of some pictures: ids of what is counted, of what is left out for which reason."""

    formula: Formula
    numerator: tuple[int, ...]
    denominator: tuple[int, ...]
    excluded: Mapping[str, tuple[int, ...]]

    @property
    def value(self) -> float | None:
        """The share between 0 and 1; of nothing there is none."""
        return len(self.numerator) / len(self.denominator) if self.denominator else None

    @property
    def excluded_ids(self) -> tuple[int, ...]:
        """Everything that is left out, once each."""
        return tuple(dict.fromkeys(one for ids in self.excluded.values() for one in ids))


def id_of(picture: Picture) -> int:
    """Return the id of what a picture is of."""
    return picture.ticket_id if isinstance(picture, TicketPicture) else picture.call_id


def holds(expression: str, picture: Picture, *, satisfied_from: int = USUALLY_SATISFIES) -> bool:
    """Say whether all conditions of an expression hold; raises UnknownCondition."""
    return all(_one(name, picture, satisfied_from) for name in expression.split())


def check_expression(expression: str, subject: Subject) -> None:
    """Raise UnknownCondition unless every name is in the vocabulary, and there is one."""
    known = conditions_of(subject)
    names = [name.removeprefix("!") for name in expression.split()]
    if not names or not all(name in known for name in names):
        raise UnknownCondition(expression)


def reckon(formula: Formula, pictures: Iterable[Picture]) -> Figure:
    """Count one rate: what is excluded is in neither part, each under its first reason."""
    numerator: list[int] = []
    denominator: list[int] = []
    excluded: dict[str, list[int]] = {}
    satisfied_from = formula.satisfied_from
    for picture in pictures:
        if not holds(formula.denominator, picture, satisfied_from=satisfied_from):
            continue
        reasons = sorted(formula.exclusions & picture.exclusions)
        if reasons:
            excluded.setdefault(reasons[0], []).append(id_of(picture))
            continue
        denominator.append(id_of(picture))
        if holds(formula.numerator, picture, satisfied_from=satisfied_from):
            numerator.append(id_of(picture))
    return Figure(
        formula=formula,
        numerator=tuple(numerator),
        denominator=tuple(denominator),
        excluded={reason: tuple(ids) for reason, ids in excluded.items()},
    )


def holding_at(formulas: Iterable[Formula], day: date) -> list[Formula]:
    """Return the formulas that hold on a day: of each code the newest that has begun."""
    newest: dict[str, Formula] = {}
    for each in sorted(formulas, key=lambda formula: formula.valid_from):
        if each.valid_from <= day:
            newest[each.code] = each
    return list(newest.values())


def version_of(formulas: Sequence[Formula]) -> str:
    """Name a whole set of formulas."""
    said = "\n".join(sorted(f"{each.code}={each.version}" for each in formulas))
    return hashlib.sha256(said.encode()).hexdigest()[:12]


def _one(name: str, picture: Picture, satisfied_from: int) -> bool:
    is_turned = name.startswith("!")
    name = name.removeprefix("!")
    if isinstance(picture, TicketPicture):
        found = _of_ticket(name, picture, satisfied_from)
    else:
        of_call = OF_CALLS.get(name)
        found = of_call(picture) if of_call else None
    if found is None:
        raise UnknownCondition(name)
    return found != is_turned


def _of_ticket(name: str, picture: TicketPicture, satisfied_from: int) -> bool | None:
    if name in OF_MARKS:
        return (OF_MARKS[name](picture) or 0) >= satisfied_from
    condition = OF_TICKETS.get(name)
    return condition(picture) if condition else None
