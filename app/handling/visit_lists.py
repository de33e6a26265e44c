"""Who is to be asked, and when; and whose wish for more waits for a decision."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import aliased

from app.core.database import db
from app.handling import clocks
from app.handling.clock_rules import ClockKind
from app.handling.models import Contact, TicketClock, Visit
from app.handling.reply_owed import owed_among
from app.handling.visit_times import Span, Suits, next_try, parts_of_day
from app.rules.rule_register import read_book
from app.rules.visit_hours import VisitHours
from app.tickets.service import Ticket
from app.tickets.ticket_states import TicketState

AT_MOST = 300
MOST_PORTIONS = 10
"""How many times as many are looked through for those who can be asked now."""
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""Stands for a due date that is not known; sorts last."""
LINK_FIRST = "limit.visit_link_first"
LinksSent = Callable[[Collection[int]], Mapping[int, datetime]]
"""Says of tickets when their caller was last sent his link; of the others nothing."""
HAS_REPLY = (TicketState.TO_VISIT, TicketState.CLOSED, TicketState.ARCHIVED)


@dataclass(frozen=True, kw_only=True)
class ToAsk:
    """A citizen who is to be asked. `next_at`: from when he is tried; `due_at`: by when.

    `link_until`: his link has until then before anybody calls him.
    """

    ticket: Ticket
    tries: int
    next_at: datetime
    due_at: datetime | None
    suits: Suits | None = None  # when he wants to be called, as was said last
    link_until: datetime | None = None
    is_owed: bool = False  # the hotline answers him first (domain rule R19)


def to_ask(
    *, now: datetime, reads_confidential: bool, links_sent: LinksSent = lambda _ids: {}
) -> list[ToAsk]:
    """Return who is to be asked: first those who may be tried now, by what is due; then others.

    Whoever was sent a link has the time that the rule names (`limit.visit_link_first`) to answer by
    it: a person is for the rest.
    """
    book, link_first = read_book(), _link_first(now)
    apart, day = book.span("limit.visit_apart", now), book.visit_hours(now)
    tickets: list[Ticket] = []
    waiting: list[Ticket] = []
    sent: dict[int, datetime] = {}
    tries: defaultdict[int, list[Visit]] = defaultdict(list)
    for some in _portions(reads_confidential=reads_confidential):
        ids = [each.id for each in some]
        sent.update(links_sent(ids))
        tries.update(_tries(ids))
        for each in some:
            may_wait = _waits(each, tries[each.id], sent.get(each.id), apart, link_first, day, now)
            (waiting if may_wait else tickets).append(each)
        if len(tickets) >= AT_MOST:
            break
    # who cannot be asked yet keeps nobody from the list who can
    tickets = [*tickets, *waiting][:AT_MOST]
    owed = owed_among(tickets)
    found = []
    for each in tickets:
        known = [one for one in tries[each.id] if one.round == each.round]
        made = [one.at for one in known]
        row = clocks.newest(each.id, ClockKind.VISIT) or clocks.newest(each.id, ClockKind.CITIZEN)
        since = row.started_at if row is not None else each.opened_at
        due_at = row.due_at if row is not None else each.due_at
        asked_at = sent.get(each.id)
        is_open = asked_at is not None and asked_at >= since and not made
        link_until = asked_at + link_first if asked_at is not None and is_open else None
        found.append(
            ToAsk(
                ticket=each,
                tries=len(made),
                next_at=next_try(
                    since,
                    made,
                    apart=apart,
                    day=day,
                    best=best_hours(known, day=day),
                    link_until=link_until,
                ),
                due_at=due_at,
                suits=suits_of(known),
                link_until=link_until,
                is_owed=each.id in owed,
            )
        )
    far = now.replace(year=now.year + 10)
    return sorted(
        found, key=lambda one: (one.next_at > now, one.due_at or far, one.next_at, one.ticket.id)
    )


def _waits(
    ticket: Ticket,
    tries: Sequence[Visit],
    asked_at: datetime | None,
    apart: timedelta,
    link_first: timedelta,
    day: VisitHours,
    now: datetime,
) -> bool:
    """Say whether nobody tries him now, as far as that is known without his clocks."""
    known = [one for one in tries if one.round == ticket.round]
    link_until = asked_at + link_first if asked_at is not None else None
    made, best = [one.at for one in known], best_hours(known, day=day)
    at = next_try(ticket.opened_at, made, apart=apart, day=day, best=best, link_until=link_until)
    return at > now


def _link_first(now: datetime) -> timedelta:
    """Return how long nobody calls who has a link; a site that has not loaded the rule: not."""
    book = read_book()
    return book.span(LINK_FIRST, now) if book.says(LINK_FIRST, now) else timedelta(0)


def waiting_for_decision(*, reads_confidential: bool) -> list[tuple[Ticket, Sequence[Visit]]]:
    """Return the tickets whose citizen asked for more, with everybody's words; oldest first."""
    child = aliased(Ticket)
    own = exists().where(Visit.asks_redo, Visit.ticket_id == Ticket.id, Visit.round == Ticket.round)
    of_child = exists().where(
        Visit.asks_redo,
        Visit.ticket_id == child.id,
        Visit.round == child.round,
        child.master_id == Ticket.id,
    )
    asked = select(Ticket).where(_waits_for_visit(), own | of_child)
    if not reads_confidential:
        asked = asked.where(~Ticket.is_confidential)
    tickets = list(db.session.scalars(asked.order_by(Ticket.due_at, Ticket.id).limit(AT_MOST)))
    return [(each, _wishes(each)) for each in tickets]


def _wishes(ticket: Ticket) -> Sequence[Visit]:
    asked = (
        select(Visit)
        .join(Ticket, Ticket.id == Visit.ticket_id)
        .where(
            Visit.asks_redo,
            Visit.round == Ticket.round,
            (Ticket.id == ticket.id) | (Ticket.master_id == ticket.id),
        )
    )
    return list(db.session.scalars(asked.order_by(Visit.id)))


def _portions(*, reads_confidential: bool) -> Iterator[list[Ticket]]:
    """Give who is to be asked portion by portion, each by what is due first."""
    for nth in range(MOST_PORTIONS):
        found: dict[int, Ticket] = {}
        for of_which in (_waits_for_visit(), _follows_what_has_a_reply()):
            asked = select(Ticket).where(of_which, ~_is_settled(), Ticket.contact_number != "")
            if not reads_confidential:
                asked = asked.where(~Ticket.is_confidential)
            by_due = asked.order_by(Ticket.due_at, Ticket.id).limit(AT_MOST).offset(nth * AT_MOST)
            found.update((each.id, each) for each in db.session.scalars(by_due))
        if not found:
            return
        yield sorted(found.values(), key=lambda each: (each.due_at or NEVER, each.id))


def _waits_for_visit() -> ColumnElement[bool]:
    """What is to be asked about is not closed: so the order is walked in what is left alone."""
    return Ticket.closed_at.is_(None) & (Ticket.state == TicketState.TO_VISIT)


def _follows_what_has_a_reply() -> ColumnElement[bool]:
    """Whose ticket follows one with a reply, and whose own clock says that he has not heard it.

    A merged ticket stays merged: by the clocks that are left, those of former years are not read.
    Whom the hotline answered has heard it, and is asked as long as the other ticket is.
    """
    master = aliased(Ticket)
    has_reply = exists().where(master.id == Ticket.master_id, master.state.in_(HAS_REPLY))
    waiting = select(TicketClock.ticket_id).where(
        TicketClock.kind == ClockKind.CITIZEN, TicketClock.done_at.is_(None)
    )
    asked = select(master.id).where(
        master.closed_at.is_(None), master.state == TicketState.TO_VISIT
    )
    told = exists().where(
        Contact.ticket_id == Ticket.id,
        Contact.round == Ticket.round,
        Contact.unit_id.is_(None),
        Contact.is_reply_told,
    )
    follows = (Ticket.id.in_(waiting) & has_reply) | (Ticket.master_id.in_(asked) & told)
    return (Ticket.state == TicketState.MERGED) & follows


def _is_settled() -> ColumnElement[bool]:
    """Whoever answered in this round, or was given up, is not asked again."""
    return exists().where(
        Visit.ticket_id == Ticket.id,
        Visit.round == Ticket.round,
        Visit.is_reached | (Visit.exclusion != ""),
    )


def suits_of(tries: Sequence[Visit]) -> Suits | None:
    """Return when he wants to be called, as was said last; None: nobody said."""
    said = [each.suits for each in tries if each.suits is not None]
    return said[-1] if said else None


def best_hours(tries: Sequence[Visit], *, day: VisitHours) -> Span | None:
    """Return the same as hours of the day; None too for a part in which nobody is called."""
    suits = suits_of(tries)
    return parts_of_day(day).get(suits) if suits is not None else None


def _tries(ticket_ids: Sequence[int]) -> Mapping[int, list[Visit]]:
    found: defaultdict[int, list[Visit]] = defaultdict(list)
    asked = select(Visit).where(Visit.ticket_id.in_(ticket_ids)).order_by(Visit.id)
    for each in db.session.scalars(asked):
        found[each.ticket_id].append(each)
    return found
