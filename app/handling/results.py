"""What the lead hands in, and whether it holds.

The public reply is what the citizen reads; the note beside it stays inside. Whoever handled judges
nothing, and whoever works for a contractor neither (国办函〔2025〕66号).
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.core.database import db
from app.handling import clocks, contacting, reply_owed
from app.handling.acting import Doer, Doing, begin, end, end_inner_clocks, lead_of, parts_of
from app.handling.clock_rules import ClockKind
from app.handling.events import ResultApproved, ResultSentBack, TicketClosed, TicketHandedIn
from app.handling.merging import refuse_childrens_wishes, refuse_unanswered_children
from app.handling.models import Part, PartEnding, Visit
from app.handling.models import Result as Result
from app.handling.refusals import (
    AskedTooSeldom,
    CitizenHasAnswered,
    ExclusionUntrue,
    NotYourPart,
    OpinionsMissing,
)
from app.handling.reply_checks import (
    TOLD_IF_NEEDED,
    UnsolvedNeedsReason,
    bare,
    check_contact,
    check_reply,
    check_told,
)
from app.organisation import service as organisation
from app.rules import code_register, rule_register, type_register
from app.rules.code_lists import CodeList
from app.rules.rule_book import MustTell, RuleBook
from app.rules.type_natures import ABOUT_SOMEBODY, Nature
from app.tickets.service import Ticket
from app.tickets.ticket_moves import TicketAct

UNREACHABLE, WITHOUT_NUMBER = "unreachable", "anonymous_caller"
"""Reasons to ask nobody that are shipped, and that the ticket itself can prove untrue."""


@dataclass(frozen=True, kw_only=True)
class NewResult:
    """What a unit did about a demand. `is_true`: whether it was as told; None: not to be said."""

    public_reply: str
    is_solved: bool
    internal_note: str = ""
    measures: str = ""
    legal_basis: str = ""
    procedure: str = ""  # a code of CodeList.PROCEDURE; needs its legal basis
    is_true: bool | None = None
    is_over_duty: bool = False
    unsolved_reason: str = ""
    once_key: str | None = None  # the same key again finds the result that it handed in


def hand_in(ticket_id: int, wanted: NewResult, *, doer: Doer, seen: int | None = None) -> Result:
    """Hand in the result of a ticket that one's unit leads.

    Raises what `acting.begin` raises, those of `reply_checks`, UnknownCode for a procedure that
    cannot be chosen today, OpinionsMissing while a unit that
    was called in owes its part, UnsolvedNeedsReason.
    """
    if wanted.once_key and (made := _made_with(wanted.once_key, ticket_id, doer)):
        return made
    begun = begin(
        Doing(
            ticket_id=ticket_id,
            act=TicketAct.HAND_IN,
            doer=doer,
            seen=seen,
            carried={
                "public_reply": wanted.public_reply,
                "solved": "yes" if wanted.is_solved else "no",
                "measures": wanted.measures,
                "legal_basis": wanted.legal_basis,
                "procedure": wanted.procedure,
            },
        )
    )
    ticket, lead = begun.ticket, lead_of(ticket_id)
    if lead is None:
        raise NotYourPart
    check_reply(wanted.public_reply)
    if not wanted.is_solved and not wanted.unsolved_reason.strip():
        raise UnsolvedNeedsReason(field="unsolved_reason")
    book, nature = rule_register.read_book(), type_register.nature_of(ticket.request_type)
    check_told(
        {"measures": wanted.measures, "legal_basis": wanted.legal_basis},
        {name: needs(book, name, nature, at=begun.at) for name in TOLD_IF_NEEDED},
    )
    _check_procedure(wanted, at=begun.at)
    needed = book.most("most.visit_attempts", begun.at)
    if not reply_owed.hotline_answers(ticket):
        check_contact(contacting.tries_of(ticket, since=lead.dispatched_at), needed=needed)
    _refuse_missing_opinions(ticket_id, now=begun.at)
    digest = hashlib.sha256(bare(wanted.public_reply).encode()).hexdigest()
    result = Result(
        ticket_id=ticket_id,
        unit_id=lead.unit_id,
        round=ticket.round,
        public_reply=wanted.public_reply,
        internal_note=wanted.internal_note,
        measures=wanted.measures,
        legal_basis=wanted.legal_basis,
        procedure=wanted.procedure,
        is_true=wanted.is_true,
        is_over_duty=wanted.is_over_duty,
        is_solved=wanted.is_solved,
        unsolved_reason=wanted.unsolved_reason,
        reply_hash=digest,
        copied_from_id=_first_with(digest, unit_id=lead.unit_id),
        handed_in_at=begun.at,
        handed_in_by=doer.user_id,
        once_key=wanted.once_key or None,
    )
    db.session.add(result)
    end(begun, lambda told: TicketHandedIn(**told, unit_id=lead.unit_id))
    return result


def needs(book: RuleBook, name: str, nature: Nature, *, at: datetime) -> bool:
    """Say whether a result of this nature must tell this (`measures`, `legal_basis`) by the rules.

    A city that never said so asks nobody for it.
    """
    key = f"result.{name}"
    if not book.says(key, at):
        return False
    wanted = MustTell(book.at(key, at).value)
    of_complaint = nature in ABOUT_SOMEBODY
    return wanted is MustTell.ALL or (wanted is MustTell.COMPLAINTS and of_complaint)


def approve(ticket_id: int, *, doer: Doer, seen: int | None = None) -> Ticket:
    """Let a result hold; the citizen will be asked, and answered first where the hotline does."""
    begun = begin(Doing(ticket_id=ticket_id, act=TicketAct.APPROVE_RESULT, doer=doer, seen=seen))
    _note_audit(ticket_id, at=begun.at, by=doer.user_id)
    if contacting.was_told(begun.ticket) and not reply_owed.hotline_answers(begun.ticket):
        contacting.hear_reply(begun.ticket, by=doer.user_id)
    return end(begun, lambda told: ResultApproved(**told))


def send_back(
    ticket_id: int, defect: str, note: str = "", *, doer: Doer, seen: int | None = None
) -> Ticket:
    """Give a result back with its defect; the unit's clock goes on with what was left."""
    begun = begin(
        Doing(
            ticket_id=ticket_id,
            act=TicketAct.SEND_BACK,
            doer=doer,
            seen=seen,
            carried={"defect": defect, "note": note},
        )
    )
    _note_audit(ticket_id, at=begun.at, by=doer.user_id, defect=defect, note=note)
    unit_id = begun.ticket.lead_unit_id or 0
    return end(begun, lambda told: ResultSentBack(**told, unit_id=unit_id, defect=defect))


def close_unvisited(
    ticket_id: int, exclusion: str, *, doer: Doer, seen: int | None = None
) -> Ticket:
    """Close without asking the citizen, for a reason of the list; it is counted by its reason.

    What he answered once, in whatever round, is not left out. Raises what `acting.begin` raises,
    CitizenHasAnswered, ChildNotAnswered, ChildWantsMore; AskedTooSeldom and ExclusionUntrue for a
    reason that what is known of the ticket speaks against; CallerNotAnswered where the hotline owes
    the reply and he can be told it.
    """
    begun = begin(
        Doing(
            ticket_id=ticket_id,
            act=TicketAct.CLOSE_UNVISITED,
            doer=doer,
            seen=seen,
            carried={"exclusion": exclusion},
        )
    )
    refuse_answered(begun.ticket)
    _check_exclusion(begun.ticket, exclusion, now=begun.at)
    if exclusion != UNREACHABLE:
        # not to be asked is not the same as not to be answered
        reply_owed.refuse_owed(begun.ticket)
    refuse_unanswered_children(begun.ticket)
    refuse_childrens_wishes(begun.ticket)
    _note_audit(ticket_id, at=begun.at, by=doer.user_id)
    contacting.hear_reply(begun.ticket, by=doer.user_id)
    end_all_parts(begun.ticket, begun.at)
    return end(begun, lambda told: TicketClosed(**told, is_visited=False))


def results_of(ticket_id: int) -> list[Result]:
    """Return every result of a ticket, oldest first."""
    asked = select(Result).where(Result.ticket_id == ticket_id)
    return list(db.session.scalars(asked.order_by(Result.id)))


def is_handed_in(ticket_id: int, once_key: str, *, doer: Doer) -> bool:
    """Say whether this person handed in a result with this key before."""
    return _made_with(once_key, ticket_id, doer) is not None


def result_copied(result: Result) -> Result | None:
    """Return the first result with the same words of the same unit, or None."""
    first = result.copied_from_id
    return db.session.get(Result, first) if first is not None else None


def refuse_answered(ticket: Ticket) -> None:
    """Raise CitizenHasAnswered once he said, in any round, what he thinks: nobody leaves it out."""
    asked = select(Visit.id).where(Visit.ticket_id == ticket.id, Visit.is_reached)
    if db.session.scalar(asked.limit(1)) is not None:
        raise CitizenHasAnswered


def end_all_parts(ticket: Ticket, at: datetime) -> None:
    """End the parts of all units because the ticket is closed; the lead's name stays on it."""
    for each in parts_of(ticket.id, live=True):
        each.ended_at, each.ending = at, PartEnding.DONE
    end_inner_clocks(ticket.id, at=at, also_supervised=True)
    clocks.finish(ticket.id, ClockKind.CONTACT, at=at, by=None)


def _made_with(once_key: str, ticket_id: int, doer: Doer) -> Result | None:
    asked = select(Result).where(
        Result.once_key == once_key,
        Result.ticket_id == ticket_id,
        Result.handed_in_by == doer.user_id,
    )
    return db.session.scalars(asked).first()


def _note_audit(ticket_id: int, *, at: datetime, by: int, defect: str = "", note: str = "") -> None:
    known = results_of(ticket_id)
    if known and known[-1].audited_at is None:
        last = known[-1]
        last.audited_at, last.audited_by = at, by
        last.defect, last.defect_note = defect, note


def _check_procedure(wanted: NewResult, *, at: datetime) -> None:
    """A procedure takes a ticket out of the satisfaction rates (R17), so it names its law."""
    if not wanted.procedure:
        return
    offered = {each.code for each in code_register.codes_now(CodeList.PROCEDURE, at=at)}
    if wanted.procedure not in offered:
        raise code_register.UnknownCode(field="procedure")
    check_told(
        {"measures": "", "legal_basis": wanted.legal_basis},
        {"measures": False, "legal_basis": True},
    )


def _refuse_missing_opinions(ticket_id: int, *, now: datetime) -> None:
    """Wait for whoever was asked, as long as he has time; who lets it run out holds up nobody."""
    for each in parts_of(ticket_id, live=True):
        if each.part is Part.LEAD or each.opinion_at is not None:
            continue
        if not _let_it_run_out(ticket_id, each.unit_id, now=now):
            raise OpinionsMissing(unit=organisation.get_unit(each.unit_id).name)


def _let_it_run_out(ticket_id: int, unit_id: int, *, now: datetime) -> bool:
    """Say whether a unit's time is over; who was given none of his own has the lead's."""
    known = clocks.clocks_of(ticket_id, ClockKind.ASSIST)
    own = [row for row in known if row.unit_id == unit_id and row.done_at is None]
    limits = own or [row for row in [clocks.running(ticket_id, ClockKind.HANDLE)] if row]
    return bool(limits) and all(row.due_at is not None and row.due_at < now for row in limits)


def _check_exclusion(ticket: Ticket, exclusion: str, *, now: datetime) -> None:
    """Believe "not reached" after proven calls only, and "cannot be called" without a number."""
    if exclusion == WITHOUT_NUMBER and ticket.contact_number:
        raise ExclusionUntrue(field="exclusion")
    if exclusion == UNREACHABLE:
        made = contacting.proven_tries(ticket)
        needed = rule_register.read_book().most("most.visit_attempts", now)
        if made < needed:
            raise AskedTooSeldom(needed=needed, made=made)


def _first_with(digest: str, *, unit_id: int) -> int | None:
    """Return the first result of the unit that says the same, be it of this ticket itself."""
    asked = select(Result.id).where(Result.reply_hash == digest, Result.unit_id == unit_id)
    return db.session.scalar(asked.order_by(Result.id).limit(1))
