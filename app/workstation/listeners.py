"""Which event becomes which fact on which desk. Read this table before adding a fact."""

from typing import Any

from app.accounts import service as accounts
from app.accounts.events import SessionsRevoked, UserSignedIn, UserSignedOut
from app.call_queue import service as call_queue
from app.call_queue.events import (
    AbuseReported,
    CallClosed,
    LeftGoingTooLong,
    NotReadyTooLong,
    OfferEnded,
    OfferFreed,
    OfferMade,
    PresenceChanged,
    StateForced,
)
from app.calls import service as calls
from app.calls.events import AgentLost, CallAnswered, CallEnded, CallerChosen, CallsErased
from app.core import clock
from app.core.events import listen_after_save, listen_within_save
from app.core.facts import SUPERVISORS, agent_audience, record_fact
from app.core.formatting import wire_moment
from app.core.handed_down import given
from app.core.permissions import TABLE, Permission, Role
from app.recordings.events import RecordingReceived
from app.tickets.events import CallAddedToTicket, EnquiryRecorded, TicketOpened
from app.workstation import cards, control_listeners, messages, notices
from app.workstation.pops import PopMaker


def register() -> None:
    """Within the save stands what is cheap; the pop follows it, looked up in a save of its own."""
    listen_within_save(UserSignedIn, _renew_phone)
    listen_within_save(UserSignedOut, _leave_desk)
    listen_within_save(SessionsRevoked, _end_old_phones)
    listen_within_save(PresenceChanged, _presence_changed)
    listen_within_save(NotReadyTooLong, _not_ready_too_long)
    listen_within_save(LeftGoingTooLong, _left_going_too_long)
    listen_within_save(AbuseReported, _abuse_reported)
    listen_within_save(StateForced, _state_forced)
    listen_within_save(OfferFreed, _offer_freed)
    listen_within_save(OfferEnded, _offer_ended)
    listen_within_save(CallAnswered, _call_answered)
    listen_within_save(AgentLost, _agent_lost)
    listen_within_save(CallEnded, _call_ended)
    listen_within_save(CallClosed, _call_closed)
    listen_within_save(CallsErased, _calls_erased)
    listen_within_save(CallerChosen, _caller_chosen)
    listen_within_save(EnquiryRecorded, _enquiry_recorded)
    listen_within_save(TicketOpened, _ticket_opened)
    listen_within_save(CallAddedToTicket, _call_added_to_ticket)
    listen_within_save(RecordingReceived, _recording_received)
    listen_after_save(OfferMade, _offer_made)
    control_listeners.register()


def _calls_erased(fact: CallsErased) -> None:
    messages.erase_of_calls(fact.call_ids)


def _renew_phone(fact: UserSignedIn) -> None:
    person = accounts.get_person(fact.user_id)
    if Permission.DESK_USE in TABLE[Role(person.role)]:
        accounts.renew_phone_secret(fact.user_id)


def _leave_desk(fact: UserSignedOut) -> None:
    call_queue.sign_out(fact.user_id)
    accounts.take_phone_secret(fact.user_id)


def _end_old_phones(fact: SessionsRevoked) -> None:
    """The pages of ended sessions may hold a secret: it must open nothing any more."""
    if accounts.get_person(fact.user_id).phone_secret:
        accounts.renew_phone_secret(fact.user_id)


def _presence_changed(fact: PresenceChanged) -> None:
    _tell(fact.agent_id, "desk.presence_changed", {"presence": cards.presence_card(fact.agent_id)})


def _not_ready_too_long(fact: NotReadyTooLong) -> None:
    body = {
        "agent_id": fact.agent_id,
        "reason": fact.reason,
        "since": wire_moment(fact.since),
    }
    _tell_supervisors("supervision.not_ready_too_long", body)


def _left_going_too_long(fact: LeftGoingTooLong) -> None:
    body = {"call_id": fact.call_id, "what": fact.what, "seconds": fact.seconds}
    _tell(fact.agent_id, "desk.reminded", body)
    told = {**body, "agent_id": fact.agent_id}
    _tell_supervisors("supervision.left_going_too_long", told)


def _abuse_reported(fact: AbuseReported) -> None:
    until = wire_moment(fact.break_until) if fact.break_until else None
    body = {"agent_id": fact.agent_id, "call_id": fact.call_id, "break_until": until}
    _tell_supervisors("supervision.abuse_reported", body)


def _state_forced(fact: StateForced) -> None:
    body = {
        "agent_id": fact.agent_id,
        "forced_by": fact.forced_by,
        "old": fact.old,
        "new": fact.new,
        "is_later": fact.is_later,
    }
    _tell_supervisors("supervision.state_forced", body)
    notices.state_was_forced(
        agent_id=fact.agent_id,
        by=fact.forced_by,
        state=fact.new,
        reason=fact.reason,
        why_code=fact.why_code,
        note=fact.why,
        is_later=fact.is_later,
    )


def _offer_freed(fact: OfferFreed) -> None:
    notices.offer_was_freed(
        agent_id=fact.agent_id,
        by=fact.freed_by,
        call_id=fact.call_id,
        why_code=fact.why_code,
        note=fact.why,
    )


def _tell_supervisors(name: str, body: dict[str, Any]) -> None:
    record_fact(SUPERVISORS, name=name, body=body, at=clock.now())


def _offer_made(fact: OfferMade) -> None:
    given(PopMaker).tell(fact)


def _offer_ended(fact: OfferEnded) -> None:
    body = {"offer_id": fact.offer_id, "call_id": fact.call_id, "reason": fact.reason}
    _tell(fact.agent_id, "desk.offer_ended", body)


def _call_answered(fact: CallAnswered) -> None:
    """The first talk of a call begins with the pop that the desk has; a later one brings a past."""
    call = calls.get_call(fact.call_id)
    if fact.is_first:
        _tell(fact.agent_id, "desk.offer_answered", cards.answered_card(call))
        return
    _tell(
        fact.agent_id,
        "desk.call_answered",
        {"call": cards.call_card(call, agent_id=fact.agent_id)},
    )


def _agent_lost(fact: AgentLost) -> None:
    call = calls.get_call(fact.call_id)
    _tell(
        fact.agent_id,
        "desk.call_changed",
        {
            "call_id": call.id,
            "state": call.state.value,
            "state_since": wire_moment(call.state_since),
        },
    )


def _call_ended(fact: CallEnded) -> None:
    call = calls.get_call(fact.call_id)
    if fact.agent_id is not None and calls.left_at(call, agent_id=fact.agent_id) is None:
        body = {
            "call_id": fact.call_id,
            "ended_at": wire_moment(fact.at),
            "ended_by": fact.ended_by,
        }
        _tell(fact.agent_id, "desk.call_ended", body)


def _call_closed(fact: CallClosed) -> None:
    _tell(fact.agent_id, "desk.call_closed", {"call_id": fact.call_id})


def _caller_chosen(fact: CallerChosen) -> None:
    body: dict[str, object] = {"call_id": fact.call_id, "caller_id": fact.caller_id}
    _tell(fact.chosen_by, "desk.caller_chosen", body)


def _enquiry_recorded(fact: EnquiryRecorded) -> None:
    outcome = {"kind": "enquiry", "id": fact.record_id, "number": None}
    body = {"call_id": fact.call_id, "outcome": outcome}
    _tell(fact.agent_id, "desk.outcome_saved", body)


def _ticket_opened(fact: TicketOpened) -> None:
    if fact.call_id is not None:
        outcome = {"kind": "ticket", "id": fact.ticket_id, "number": fact.number}
        body = {"call_id": fact.call_id, "outcome": outcome}
        _tell(fact.opened_by, "desk.outcome_saved", body)


def _call_added_to_ticket(fact: CallAddedToTicket) -> None:
    outcome = {"kind": "same_matter", "id": fact.ticket_id, "number": fact.number}
    _tell(fact.agent_id, "desk.outcome_saved", {"call_id": fact.call_id, "outcome": outcome})


def _recording_received(fact: RecordingReceived) -> None:
    if fact.agent_id is None or fact.call_id is None:
        return
    for card in cards.recording_cards(fact.call_id):
        if card["recording_id"] == fact.recording_id:
            body = {"call_id": fact.call_id, "recording": card}
            _tell(fact.agent_id, "desk.recording_linked", body)


def _tell(agent_id: int, name: str, body: dict[str, object]) -> None:
    record_fact(agent_audience(agent_id), name=name, body=body, at=clock.now())
