"""The citizen is asked: solved? the result? the attitude? And what follows from what he says.

Reached and attempted are counted apart. Who was not reached is given up after so many attempts and
stands outside the figures with its reason; nobody answers for him.
"""

from dataclasses import dataclass, replace

from sqlalchemy import select

from app.core import clock as wall
from app.core.database import db
from app.core.events import publish
from app.handling import clocks, contacting, reply_owed
from app.handling.acting import (
    Begun,
    Doer,
    Doing,
    actors_of,
    begin,
    common,
    end,
    lead_of,
    matter_of,
)
from app.handling.acting import refuse_unseen as _refuse_unseen
from app.handling.clock_rules import ClockKind
from app.handling.contacting import proven_tries as proven_tries
from app.handling.events import TicketClosed, TicketSentAgain, TicketVisited
from app.handling.merging import (
    children_of,
    refuse_childrens_wishes,
    refuse_unanswered_children,
    unanswered_children,
    was_given_up,
)
from app.handling.merging import redo_wishes as redo_wishes
from app.handling.models import Assignment, Part, Visit
from app.handling.models import VisitWay as VisitWay
from app.handling.refusals import (
    AnswersMissing,
    AskedTooSeldom,
    CallIsNotHis,
    CitizenHasAnswered,
    HeTalked,
    MarkUnfit,
    NoRedoAsked,
)
from app.handling.results import end_all_parts
from app.handling.visit_times import Suits
from app.rules import rule_register
from app.tickets import stepping
from app.tickets.service import Ticket, get_ticket
from app.tickets.ticket_moves import Actor, MoveNotPossible, MoveNotYours, TicketAct
from app.tickets.ticket_numbers import with_round_and_part
from app.tickets.ticket_states import TicketState

MARKS = range(1, 6)
NOT_REACHED = "not_reached"
NOBODY_SPOKE = frozenset({"no_answer", "busy"})
"""Why he was missed, where nobody took the call; a network may tell that he is switched off."""


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What the citizen said; marks from 1 (very dissatisfied) to 5 (very satisfied)."""

    is_solved: bool
    result_mark: int
    attitude_mark: int
    efficiency_mark: int | None = None  # not always asked
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class NewVisit:
    """One attempt. `answers` None: he was not reached."""

    way: VisitWay
    answers: Answers | None = None
    asks_redo: bool = False
    call_id: int | None = None
    note: str = ""
    suits: Suits | None = None  # when he wants to be called, if he or somebody there said so


def visit(ticket_id: int, new: NewVisit, *, doer: Doer | None, seen: int | None = None) -> Ticket:
    """Note an attempt; a citizen who was reached and wants nothing more closes the ticket.

    `doer` None: he answered by message or keypad himself. A child of a merged ticket is asked
    about its own demand; that closes nothing but its own clock. A ticket that others follow stays
    open until each of their callers has heard the answer (`close_answered`), and nobody is asked
    again what he has said. Raises MoveNotYours, TicketChanged, MoveNotPossible, MarkUnfit,
    AnswersMissing, CitizenHasAnswered, CallIsNotHis, HeTalked, CallerNotAnswered.
    """
    ticket = stepping.read_for_change(ticket_id)
    is_asked_by_us = doer is not None
    if doer is not None and Actor.VISITOR not in actors_of(doer, ticket):
        raise MoveNotYours(act="visit")
    _refuse_unseen(ticket, seen)
    if not is_to_be_asked(ticket):
        raise MoveNotPossible(act="visit", state=str(ticket.state))
    _check_answers(new)
    if has_answered(ticket):
        raise CitizenHasAnswered
    _check_call(ticket, new, doer=doer)
    if new.answers is not None:
        reply_owed.refuse_owed(ticket)  # nobody judges a reply that he has not heard
    attempt = _note(ticket, new, by=doer.user_id if doer else None)
    if new.answers is None:
        return ticket
    contacting.hear_reply(ticket, by=attempt.by)
    if ticket.state is TicketState.MERGED or not may_close(ticket):
        return ticket
    return _close(ticket, attempt, doer=doer if is_asked_by_us else None)


def close_answered(ticket_id: int) -> None:
    """Close what its own citizen answered long ago, now that everybody who follows it was told."""
    ticket = stepping.read_for_change(ticket_id)
    said = [each for each in _of_round(ticket) if each.is_reached]
    if ticket.state is TicketState.TO_VISIT and said and may_close(ticket):
        _close(ticket, said[-1], doer=None)


def give_up(ticket_id: int, *, doer: Doer, seen: int | None = None) -> Ticket:
    """Close a ticket whose citizen could not be reached, or let a merged one's go.

    Only tries that a call of ours proves count, and of several within a short time one. Raises
    MoveNotYours, TicketChanged, MoveNotPossible, CitizenHasAnswered, AskedTooSeldom.
    """
    ticket = stepping.read_for_change(ticket_id)
    if Actor.VISITOR not in actors_of(doer, ticket):
        raise MoveNotYours(act="give_up_visit")
    _refuse_unseen(ticket, seen)
    if not is_to_be_asked(ticket):
        raise MoveNotPossible(act="give_up_visit", state=str(ticket.state))
    now, known = wall.now(), _of_round(ticket)
    if any(each.is_reached for each in known):
        raise CitizenHasAnswered
    made = proven_tries(ticket)
    needed = rule_register.read_book().most("most.visit_attempts", now)
    if made < needed:
        raise AskedTooSeldom(needed=needed, made=made)
    is_merged = ticket.state is TicketState.MERGED
    if not is_merged:
        refuse_unanswered_children(ticket)
        refuse_childrens_wishes(ticket)
    db.session.add(
        Visit(
            ticket_id=ticket_id, round=ticket.round, way=VisitWay.PHONE, is_reached=False,
            is_solved=None, result_mark=None, attitude_mark=None, efficiency_mark=None,
            exclusion=NOT_REACHED, at=now, by=doer.user_id,
        )
    )  # fmt: skip
    contacting.hear_reply(ticket, by=doer.user_id)
    carried = {"exclusion": NOT_REACHED, "attempts": made}
    if is_merged:
        stepping.write_step(ticket, "give_up_visit", at=now, by=doer.user_id, carried=carried)
        publish(TicketVisited(**common(ticket, doer.user_id), is_reached=False, asks_redo=False))
        return ticket
    end_all_parts(ticket, now)
    clocks.finish(ticket_id, ClockKind.VISIT, at=now, by=doer.user_id)
    stepping.write_step(
        ticket, "give_up_visit", at=now, by=doer.user_id, new=TicketState.CLOSED, carried=carried
    )
    publish(TicketClosed(**common(ticket, doer.user_id), is_visited=False))
    return ticket


def send_again(ticket_id: int, reason: str, *, doer: Doer, seen: int | None = None) -> Ticket:
    """Let the unit handle it once more, because the citizen asked; a new round, counted apart.

    Raises what `acting.begin` raises, and NoRedoAsked.
    """
    begun = begin(
        Doing(
            ticket_id=ticket_id, act=TicketAct.REDO, doer=doer, seen=seen,
            carried={"reason": reason},
        )
    )  # fmt: skip
    asked = [each for each in [begun.ticket, *children_of(ticket_id)] if wants_redo(each)]
    if not asked:
        raise NoRedoAsked
    _next_round(begun.ticket, begun)
    for child in asked:
        if child.id != ticket_id:
            _owe_again(child, begun)
    return begun.ticket


def refuse_redo(ticket_id: int, reason: str, *, doer: Doer, seen: int | None = None) -> Ticket:
    """Close although the citizen asked for more, and say why; it stays unsolved in the figures."""
    ticket = stepping.read_for_change(ticket_id)
    if not actors_of(doer, ticket) & {Actor.DISPATCHER, Actor.MANAGER}:
        raise MoveNotYours(act="refuse_redo")
    _refuse_unseen(ticket, seen)
    if ticket.state is not TicketState.TO_VISIT or not reason.strip():
        raise MoveNotPossible(act="refuse_redo", state=str(ticket.state))
    if not redo_wishes(ticket):
        raise NoRedoAsked
    refuse_unanswered_children(ticket)
    now = wall.now()
    clocks.finish(ticket_id, ClockKind.VISIT, at=now, by=doer.user_id)
    end_all_parts(ticket, now)
    stepping.write_step(
        ticket, "refuse_redo", at=now, by=doer.user_id, new=TicketState.CLOSED,
        carried={"reason": reason},
    )  # fmt: skip
    publish(TicketClosed(**common(ticket, doer.user_id), is_visited=True))
    return ticket


def reopen(ticket_id: int, reason: str, *, doer: Doer, seen: int | None = None) -> Ticket:
    """Take a closed ticket up again: a new round of its unit, which the figures show."""
    begun = begin(
        Doing(
            ticket_id=ticket_id, act=TicketAct.REOPEN, doer=doer, seen=seen,
            carried={"reason": reason},
        )
    )  # fmt: skip
    return _next_round(begun.ticket, begun)


def visits_of(ticket_id: int) -> list[Visit]:
    """Return every attempt to ask the citizen, oldest first."""
    asked = select(Visit).where(Visit.ticket_id == ticket_id)
    return list(db.session.scalars(asked.order_by(Visit.id)))


def wants_redo(ticket: Ticket) -> bool:
    """Say whether the citizen asked in this round for it to be handled again."""
    return any(each.asks_redo for each in _of_round(ticket))


def has_answered(ticket: Ticket) -> bool:
    """Say whether he said in this round what he thinks."""
    return any(each.is_reached for each in _of_round(ticket))


def _of_round(ticket: Ticket) -> list[Visit]:
    return [each for each in visits_of(ticket.id) if each.round == ticket.round]


def may_close(ticket: Ticket) -> bool:
    """Say whether nobody waits for an answer, and nobody's wish for more for a decision."""
    return not redo_wishes(ticket) and not unanswered_children(ticket)


def is_to_be_asked(ticket: Ticket) -> bool:
    """Say whether the citizen of this ticket may be asked now."""
    if ticket.state is TicketState.TO_VISIT:
        return True
    if ticket.state is not TicketState.MERGED or ticket.master_id is None:
        return False
    master = get_ticket(ticket.master_id)
    if master.state in {TicketState.CLOSED, TicketState.ARCHIVED}:
        # what he wants would reach nobody: as with any ticket that is closed, he calls again
        return not was_given_up(ticket)
    return master.state is TicketState.TO_VISIT


def _check_answers(new: NewVisit) -> None:
    if new.answers is None:
        if new.asks_redo:
            raise AnswersMissing(field="is_solved")
        return
    for name in ("result_mark", "attitude_mark"):
        if getattr(new.answers, name) not in MARKS:
            raise MarkUnfit(field=name)
    if new.answers.efficiency_mark not in {None, *MARKS}:
        raise MarkUnfit(field="efficiency_mark")


def _check_call(ticket: Ticket, new: NewVisit, *, doer: Doer | None) -> None:
    """Refuse a call that was not made to him, about this, by who asks, and once; CallIsNotHis."""
    if (doer is None) is (new.way is VisitWay.PHONE):
        raise MoveNotYours(act="visit")  # who answers by himself is asked by nobody, and only he
    if doer is None or new.call_id is None:
        return
    if any(each.call_id == new.call_id for each in visits_of(ticket.id)):
        raise CallIsNotHis(field="call")
    talked = contacting.talked_with_him(ticket, new.call_id, doer=doer, since=ticket.opened_at)
    if new.answers is not None and talked is None:
        raise CallIsNotHis(field="call")
    if new.answers is None and talked is not None and new.note in NOBODY_SPOKE:
        raise HeTalked(field="call")


def _note(ticket: Ticket, new: NewVisit, *, by: int | None) -> Visit:
    answers, now = new.answers, wall.now()
    attempt = Visit(
        ticket_id=ticket.id,
        round=ticket.round,
        way=new.way,
        call_id=new.call_id,
        is_reached=answers is not None,
        is_solved=answers.is_solved if answers else None,
        result_mark=answers.result_mark if answers else None,
        attitude_mark=answers.attitude_mark if answers else None,
        efficiency_mark=answers.efficiency_mark if answers else None,
        words=(answers.words if answers else new.note),
        asks_redo=new.asks_redo,
        suits=new.suits,
        at=now,
        by=by,
    )
    db.session.add(attempt)
    db.session.flush()
    carried = {"visit": attempt.id, "reached": attempt.is_reached, "asks_redo": new.asks_redo}
    stepping.write_step(ticket, "visit", at=now, by=by, carried=carried)
    told = common(ticket, by)
    publish(TicketVisited(**told, is_reached=attempt.is_reached, asks_redo=attempt.asks_redo))
    return attempt


def _close(ticket: Ticket, said: Visit, *, doer: Doer | None) -> Ticket:
    now, by = wall.now(), doer.user_id if doer else None
    clocks.finish(ticket.id, ClockKind.VISIT, at=now, by=by)
    end_all_parts(ticket, now)
    carried = {
        "solved": said.is_solved,
        "result": said.result_mark,
        "attitude": said.attitude_mark,
        "efficiency": said.efficiency_mark,
    }
    stepping.write_step(
        ticket, str(TicketAct.CLOSE_VISITED), at=now, by=by, new=TicketState.CLOSED, carried=carried
    )
    publish(TicketClosed(**common(ticket, by), is_visited=True))
    return ticket


def _next_round(ticket: Ticket, begun: Begun) -> Ticket:
    lead = lead_of(ticket.id) or _last_lead(ticket.id)
    if lead is None:
        raise MoveNotPossible(act="redo", state=str(ticket.state))
    end_all_parts(ticket, begun.at)
    ticket.round += 1
    number = with_round_and_part(ticket.number, nth_round=ticket.round)
    begun.doing = replace(begun.doing, carried={**begun.doing.carried, "number": number})
    again = Assignment(
        ticket_id=ticket.id,
        unit_id=lead.unit_id,
        part=Part.LEAD,
        round=ticket.round,
        nth=0,
        dispatched_at=begun.at,
        dispatched_by=begun.by,
        basis_kind=lead.basis_kind,
        basis=lead.basis,
        # what is handled again was one's own already
        return_until=begun.at,
    )
    db.session.add(again)
    ticket.lead_unit_id = lead.unit_id
    db.session.flush()
    end(
        begun,
        lambda told: TicketSentAgain(**told, round=ticket.round, lead_unit_id=again.unit_id),
    )
    if clocks.running(ticket.id, ClockKind.CITIZEN) is None:
        matter = matter_of(ticket)
        clocks.begin(
            ticket,
            clocks.Begin(kind=ClockKind.CITIZEN, matter=matter, at=begun.at, by=begun.by),
        )
    return ticket


def _owe_again(child: Ticket, begun: Begun) -> None:
    """A caller whose ticket follows asked for more: he is owed the new answer, and asked anew."""
    child.round += 1
    stepping.write_step(child, "redo_follows", at=begun.at, by=begun.by)
    if clocks.running(child.id, ClockKind.CITIZEN) is None:
        matter = matter_of(child)
        clocks.begin(
            child, clocks.Begin(kind=ClockKind.CITIZEN, matter=matter, at=begun.at, by=begun.by)
        )


def _last_lead(ticket_id: int) -> Assignment | None:
    asked = select(Assignment).where(
        Assignment.ticket_id == ticket_id, Assignment.part == Part.LEAD
    )
    return db.session.scalars(asked.order_by(Assignment.id.desc()).limit(1)).first()
