"""How long something may take: which limit the rules of a moment give a clock, and on what basis.

Every clock has a limit but one: that a unit contacts who asked within a time is promised only where
a rule says so (domain rules R04 and R13).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.core.errors import Conflict
from app.handling.clock_rules import (
    ClockKind,
    Matter,
    asks_what_it_is,
    enterprise_key,
    rule_key,
    shorter,
    very_urgent_key,
)
from app.rules import category_register, rule_register, type_register, working_calendar
from app.rules.due_dates import reckon_due
from app.rules.rule_book import RuleBook
from app.rules.time_limits import Limit, read_limit
from app.rules.working_time import CalendarYearMissing


@dataclass(frozen=True, kw_only=True)
class Given:
    """A limit and the rule that it comes from."""

    limit: Limit
    basis: str


class NoLimitGiven(Conflict):
    """No rule of that moment says within what time this is to be done."""

    code = "no-limit-given"


def limit_of(kind: ClockKind, matter: Matter, at: datetime) -> Limit:
    """Return what the rules of that moment say; see `limit_given`."""
    return limit_given(kind, matter, at).limit


def limit_given(
    kind: ClockKind, matter: Matter, at: datetime, *, since: datetime | None = None
) -> Given:
    """Return the limit by the rules of that moment, and the basis of the rule it comes from.

    A category with a limit of its own for the type goes before the type's own limit, and that
    before the city's limit for its nature. A redo has never more time than a first round; an
    enterprise has never more time in its fast lane than without it. `since`: when the clock began,
    where that is not the moment of the rules.
    Raises NoLimitGiven for a first contact that nothing promises.
    """
    given = limit_owed(kind, matter, at, since=since)
    if given is None:
        raise NoLimitGiven(clock=str(kind))
    return given


def limit_owed(
    kind: ClockKind, matter: Matter, at: datetime, *, since: datetime | None = None
) -> Given | None:
    """Return what `limit_given` does, or None for a first contact that nothing promises."""
    if kind is ClockKind.CONTACT:
        return _first_contact(matter, at, since or at)
    usual, book = _without_lane(kind, matter, at), rule_register.read_book()
    key = enterprise_key(kind, matter)
    if key is None or not book.has_fast_lane(at) or not book.says(key, at):
        return usual
    return _soonest([usual, _said(book, key, at)], matter, since or at)


def _first_contact(matter: Matter, at: datetime, since: datetime) -> Given | None:
    """Who cannot be called is promised no call; of two promises the shorter one holds."""
    if not matter.may_be_called:
        return None
    book, promised = rule_register.read_book(), []
    if matter.urgent is not None and book.contacts_urgent(at):
        promised.append(rule_key(ClockKind.CONTACT, matter))
    lane = enterprise_key(ClockKind.CONTACT, matter)
    if lane is not None and book.has_fast_lane(at):
        promised.append(lane)
    given = [_said(book, key, at) for key in promised if book.says(key, at)]
    return _soonest(given, matter, since) if given else None


def _said(book: RuleBook, key: str, at: datetime) -> Given:
    return Given(limit=book.limit(key, at), basis=book.at(key, at).basis)


def _soonest(given: Sequence[Given], matter: Matter, since: datetime) -> Given:
    """Return the one that surely ends first; the first where that cannot be said."""
    soonest, is_urgent = given[0], matter.urgent is not None
    for each in given[1:]:
        if _ends_first(each.limit, soonest.limit, since, is_urgent=is_urgent):
            soonest = each
    return soonest


def _ends_first(one: Limit, other: Limit, since: datetime, *, is_urgent: bool) -> bool:
    """Say whether one limit surely ends before another.

    Of two units that is a question of the day: two working days are less than three days on a
    Monday and more on a Friday.
    """
    if one.unit is other.unit:
        return one.amount < other.amount
    working, way = working_calendar.working_time(), rule_register.read_book().counting(since)
    try:
        due, others = (
            reckon_due(since, each, working, is_urgent=is_urgent, way=way).due
            for each in (one, other)
        )
    except CalendarYearMissing:
        return False  # nobody can say yet: what holds for everybody holds
    return due < others


def _without_lane(kind: ClockKind, matter: Matter, at: datetime) -> Given:
    first = _first_round(kind, replace(matter, round=1), at)
    key = rule_key(kind, matter)
    if key == rule_key(kind, replace(matter, round=1)):
        return first
    limit = rule_register.read_book().limit(key, at)
    if shorter(limit, first.limit) is limit:
        return Given(limit=limit, basis=rule_register.read_book().at(key, at).basis)
    return first


def _own(matter: Matter, at: datetime) -> Given | None:
    """Return the limit of the category for this type or its nature, else the type's own."""
    if matter.category_code:
        for name in (matter.request_type, str(matter.nature)):
            of_category = category_register.own_limit(matter.category_code, name, at=at)
            if of_category is not None:
                return Given(limit=read_limit(of_category.limit), basis=of_category.basis)
    of_type = type_register.read_book().own_limit(matter.request_type, at)
    return Given(limit=of_type.limit, basis=of_type.basis) if of_type is not None else None


def _first_round(kind: ClockKind, matter: Matter, at: datetime) -> Given:
    if asks_what_it_is(kind, matter) and (own := _own(matter, at)) is not None:
        return own
    book, very = rule_register.read_book(), very_urgent_key(kind, matter)
    key = very if very and book.says(very, at) else rule_key(kind, matter)
    return _said(book, key, at)
