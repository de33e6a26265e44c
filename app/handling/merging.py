"""Many callers, one matter: a master is handled, its children follow, and each caller is answered.

A child's own units stop; its citizen's clock does not, until he himself has heard the answer. So
nobody gains by merging a ticket away, and a master is not closed before its children's callers are
answered. Cases (件) and tickets (单) are both counted: a child stays a case.
"""

from collections.abc import Sequence

from sqlalchemy import select

from app.core.database import db
from app.handling import clocks, reply_owed
from app.handling.acting import Doer, Doing, begin, end, matter_of
from app.handling.clock_rules import ClockKind
from app.handling.events import TicketMerged, TicketSplitOff
from app.handling.models import Visit
from app.handling.refusals import ChildNotAnswered, ChildWantsMore, MergedIntoItself
from app.tickets import stepping
from app.tickets.service import Ticket
from app.tickets.ticket_moves import TicketAct
from app.tickets.ticket_states import OPEN_STATES, TicketState


def merge(ticket_id: int, master_id: int, *, doer: Doer, seen: int | None = None) -> Ticket:
    """Let a ticket follow another one. Raises what `acting.begin` raises, and MergedIntoItself."""
    # locked in the order of their ids, whoever is the master: two merges never wait for each other
    stepping.read_for_change(min(ticket_id, master_id))
    carried = {"master": master_id}
    begun = begin(
        Doing(ticket_id=ticket_id, act=TicketAct.MERGE, doer=doer, seen=seen, carried=carried)
    )
    master = stepping.read_for_change(master_id)
    is_fit = master.id != ticket_id and may_be_followed(master)
    # what a channel answers by itself is closed by it without a look at who else waits
    if not is_fit or begun.ticket.is_channels_own or children_of(ticket_id):
        raise MergedIntoItself(field="master")
    begun.ticket.master_id = master.id
    _hand_on_supervision(begun.ticket, master, by=begun.by)
    end(begun, lambda told: TicketMerged(**told, master_id=master.id))
    stepping.write_step(
        master, "took_in", at=begun.at, by=begun.by, carried={"child": begun.ticket.number}
    )
    return begun.ticket


def _hand_on_supervision(ticket: Ticket, master: Ticket, *, by: int | None) -> None:
    """Whoever asked to be reported to is, by when he asked: merging ends no supervision."""
    row = clocks.running(ticket.id, ClockKind.SUPERVISE)
    if row is not None and clocks.running(master.id, ClockKind.SUPERVISE) is None:
        clocks.begin(
            master,
            clocks.Begin(
                kind=ClockKind.SUPERVISE, matter=matter_of(master), at=row.started_at, by=by,
                unit_id=master.lead_unit_id,
            ),
        )  # fmt: skip


def merge_all(ticket_ids: Sequence[int], master_id: int, *, doer: Doer) -> list[Ticket]:
    """Let many tickets of one incident follow one, in one act: all or none."""
    return [merge(each, master_id, doer=doer) for each in sorted(set(ticket_ids) - {master_id})]


def may_be_followed(ticket: Ticket) -> bool:
    """Say whether others may follow this ticket: the hotline sees to it that each is answered."""
    is_free = ticket.master_id is None and not ticket.is_channels_own
    return is_free and ticket.state in OPEN_STATES


def split_off(ticket_id: int, reason: str, *, doer: Doer, seen: int | None = None) -> Ticket:
    """Let a ticket stand for itself again; its citizen's clock never stopped.

    Whose caller was answered with the master's reply is owed an answer of his own now: a new round,
    so that what he said of the other one neither closes it nor is counted for it.
    """
    begun = begin(
        Doing(
            ticket_id=ticket_id, act=TicketAct.SPLIT_OFF, doer=doer, seen=seen,
            carried={"reason": reason.strip()},
        )
    )  # fmt: skip
    master_id = begun.ticket.master_id or 0
    ticket, known = begun.ticket, clocks.newest(ticket_id, ClockKind.CITIZEN)
    ticket.master_id = None
    if known is not None and known.done_at is not None:
        ticket.round += 1
        clocks.begin(
            ticket,
            clocks.Begin(
                kind=ClockKind.CITIZEN, matter=matter_of(ticket), at=begun.at, by=begun.by
            ),
        )
    return end(begun, lambda told: TicketSplitOff(**told, master_id=master_id))


def children_of(ticket_id: int) -> list[Ticket]:
    """Return the tickets that follow this one, oldest first."""
    asked = select(Ticket).where(Ticket.master_id == ticket_id)
    return list(db.session.scalars(asked.order_by(Ticket.id)))


def unanswered_children(ticket: Ticket) -> list[Ticket]:
    """Return the children whose caller may be called and has not heard the answer."""
    return [
        each
        for each in children_of(ticket.id)
        if each.state is TicketState.MERGED
        and each.contact_number
        and _is_owed(each)
        and not was_given_up(each)
    ]


def refuse_unanswered_children(ticket: Ticket) -> None:
    """Raise ChildNotAnswered while somebody whose ticket follows this one waits for his answer."""
    waiting = unanswered_children(ticket)
    if waiting:
        raise ChildNotAnswered(number=waiting[0].number, count=len(waiting))


def redo_wishes(ticket: Ticket) -> list[Visit]:
    """Return who asked in this round for more: its own citizen, or one whose ticket follows it."""
    asked = (
        select(Visit)
        .join(Ticket, Ticket.id == Visit.ticket_id)
        .where((Ticket.id == ticket.id) | (Ticket.master_id == ticket.id))
        .where(Visit.round == Ticket.round, Visit.asks_redo)
    )
    return list(db.session.scalars(asked.order_by(Visit.ticket_id, Visit.id)))


def refuse_childrens_wishes(ticket: Ticket) -> None:
    """Raise ChildWantsMore while nobody decided what a caller whose ticket follows asked for."""
    followers = {each.id: each for each in children_of(ticket.id)}
    wished = [
        followers[each.ticket_id] for each in redo_wishes(ticket) if each.ticket_id in followers
    ]
    if wished:
        raise ChildWantsMore(number=wished[0].number)


def _is_owed(child: Ticket) -> bool:
    """Who was merged while he talked has no clock yet, and is owed an answer all the same.

    Whom the hotline answers is asked besides: his clock ends before the questions.
    """
    known = clocks.newest(child.id, ClockKind.CITIZEN)
    if known is not None and known.done_at is None:
        return True
    if known is not None and not reply_owed.hotline_answers(child):
        return False
    heard = select(Visit.id).where(
        Visit.ticket_id == child.id, Visit.round == child.round, Visit.is_reached
    )
    return db.session.scalar(heard.limit(1)) is None


def was_given_up(child: Ticket) -> bool:
    """Say whether he was in this round: whoever is owed an answer anew is tried anew."""
    asked = select(Visit.id).where(
        Visit.ticket_id == child.id, Visit.round == child.round, Visit.exclusion != ""
    )
    return db.session.scalar(asked.limit(1)) is not None
