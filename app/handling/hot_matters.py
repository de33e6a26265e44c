"""Hot matters of now: what many speak of, and more than usual, merged already or not (rule R22)."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Subquery, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from app.core.database import db
from app.handling.crowd_rules import Place, Voice
from app.handling.crowds import caller_named, voice_of
from app.handling.hot_rules import Compared, HotMatter, Threshold, hot_matters, is_above_usual
from app.rules import rule_register
from app.tickets.service import Ticket, TicketState

USUALLY = Threshold(callers=5, hours=24, factor=2.0, weeks=4)
"""Where the city's rules are not loaded."""
MOST_LOOKED_AT = 2000
NO_DEMAND = (TicketState.VOID, TicketState.WITHDRAWN)


def threshold_at(moment: datetime) -> Threshold:
    """Return from when on a matter is hot, by the rules of a moment."""
    book = rule_register.read_book()
    if not book.says("hot.callers", moment):
        return USUALLY
    return Threshold(
        callers=book.most("hot.callers", moment),
        hours=book.most("hot.hours", moment),
        factor=book.factor("hot.factor", moment),
        weeks=book.most("hot.weeks", moment),
    )


def hot_now(now: datetime) -> list[HotMatter]:
    """Return what is hot at a moment, those with the most callers first.

    Confidential tickets are no part of it: nobody learns from a signal that one is like another.
    """
    threshold = threshold_at(now)
    compared = {
        place: numbers
        for place, numbers in _compared(now, threshold).items()
        if is_above_usual(numbers, threshold)
    }
    return hot_matters(_voices(now, threshold, compared), compared, threshold) if compared else []


def _compared(now: datetime, threshold: Threshold) -> dict[Place, Compared]:
    """Return what there is and was at the places with enough tickets; the others stay uncounted."""
    since = now - threshold.window
    said, earlier = _said_since(since), aliased(Ticket)
    place = (said.c.category, said.c.county, said.c.town)
    here = (
        select(*place, func.count().label("tickets"))
        .group_by(*place)
        .having(func.count() >= threshold.callers)
        .subquery()
    )
    before = (
        select(func.count())
        .select_from(earlier)
        .where(
            earlier.category_code == here.c.category,
            earlier.county_code == here.c.county,
            func.coalesce(earlier.town_code, "") == here.c.town,
            earlier.opened_at >= since - threshold.before,
            earlier.opened_at < since,
            earlier.state.not_in(NO_DEMAND),
            ~earlier.is_confidential,
        )
        .correlate(here)
        .scalar_subquery()
    )
    found = db.session.execute(select(here, before))
    return {
        (category, county, town): Compared(now=tickets, before=earlier_ones)
        for category, county, town, tickets, earlier_ones in found
    }


def _voices(now: datetime, threshold: Threshold, places: Collection[Place]) -> list[Voice]:
    """Return who speaks at these places: a ticket or a master, with its callers of the window."""
    said = _said_since(now - threshold.window)
    newest = (
        select(said.c.head, said.c.ticket, said.c.caller, said.c.number)
        .where(or_(*(_is_at(said, place) for place in places)))
        .order_by(said.c.ticket.desc())
        .limit(MOST_LOOKED_AT)
    )
    callers: dict[int, set[str]] = defaultdict(set)
    for head, ticket_id, caller_id, number in db.session.execute(newest):
        callers[head].add(caller_named(caller_id, number, ticket_id))
    heads = list(db.session.scalars(select(Ticket).where(Ticket.id.in_(callers))))
    followed = set(
        db.session.scalars(select(Ticket.master_id).where(Ticket.master_id.in_(callers)).distinct())
    )
    return [voice_of(each, callers[each.id], is_master=each.id in followed) for each in heads]


def _said_since(since: datetime) -> Subquery:
    """Select the tickets of the window; who was merged speaks of his master's matter, there."""
    master = aliased(Ticket)
    town = case((master.id.is_(None), Ticket.town_code), else_=master.town_code)
    return (
        select(
            func.coalesce(master.id, Ticket.id).label("head"),
            Ticket.id.label("ticket"),
            Ticket.caller_id.label("caller"),
            Ticket.contact_number.label("number"),
            func.coalesce(master.category_code, Ticket.category_code).label("category"),
            func.coalesce(master.county_code, Ticket.county_code).label("county"),
            func.coalesce(town, "").label("town"),
        )
        .select_from(Ticket)
        .outerjoin(master, master.id == Ticket.master_id)
        .where(
            Ticket.opened_at >= since,
            Ticket.state.not_in(NO_DEMAND),
            ~Ticket.is_confidential,
            or_(master.id.is_(None), ~master.is_confidential),
        )
        .subquery()
    )


def _is_at(said: Subquery, place: Place) -> ColumnElement[bool]:
    category, county, town = place
    return and_(said.c.category == category, said.c.county == county, said.c.town == town)
