"""What units enter for their channels: drafts, cases that are tickets, notes and results."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from flask_babel import gettext

from app.channel_entries.case_reading import (
    CaseShown,
    case_of_ticket,
    find_cases,
    get_case,
    own_channel,
)
from app.channel_entries.case_words import CaseWords, Column, lacking_of
from app.channel_entries.channel_register import ChannelShown
from app.channel_entries.channel_states import ChannelState, WayIn
from app.channel_entries.events import CaseEntered, CaseNoted, CaseSettled
from app.channel_entries.models import CaseNote, CaseResult, ChannelCase, EntryChannel
from app.channel_entries.refusals import (
    CaseIsADraft,
    CaseIsEntered,
    CaseIsOver,
    CaseLacks,
    ChannelHasNotThisWay,
    ChannelNotInUse,
    EditWindowOver,
    SourceNoTaken,
)
from app.core import clock
from app.core.database import db
from app.core.events import publish
from app.core.seen import ChangedMeanwhile, seen_mark
from app.rules import rule_register, type_register, working_calendar
from app.rules.due_dates import reckon_due
from app.tickets import entered_tickets, opening
from app.tickets import service as tickets
from app.tickets.entered_tickets import EnteredWords
from app.tickets.opening import NewTicket, Origin
from app.tickets.person_details import PersonDetails
from app.tickets.spots import CoordinatesSource, spot_at
from app.tickets.ticket_states import EntryMode

ENTRY_MODES: Mapping[WayIn, EntryMode] = {
    WayIn.FORM: EntryMode.ENTRY,
    WayIn.SHEET: EntryMode.IMPORT,
    WayIn.INTERFACE: EntryMode.INTERFACE,
}


# --- drafts -----------------------------------------------------------------------------------


def save_draft(
    channel_id: int,
    typed: Mapping[str, Any],
    *,
    unit_id: int | None,
    by: int,
    case_id: int | None = None,
    version: int = 0,
) -> int:
    """Keep what was typed of a case, whatever is missing; return the case's id.

    Raises NoSuchChannel, NoSuchCase, CaseIsEntered, ChangedMeanwhile when another page was quicker.
    """
    if case_id is None:
        own_channel(channel_id, unit_id=unit_id)
        case = ChannelCase(
            channel_id=channel_id,
            way_in=WayIn.FORM,
            draft=dict(typed),
            begun_by=by,
            begun_at=clock.now(),
        )
        db.session.add(case)
        db.session.flush()
        return case.id
    case = _own_draft(case_id, unit_id=unit_id)
    if case.draft != dict(typed):
        if case.version != version:
            raise ChangedMeanwhile
        case.draft = dict(typed)
    return case.id


def discard_draft(case_id: int, *, unit_id: int | None) -> None:
    """Throw a draft away. Raises NoSuchCase, CaseIsEntered."""
    db.session.delete(_own_draft(case_id, unit_id=unit_id))


# --- cases ------------------------------------------------------------------------------------


def enter_case(
    channel_id: int,
    words: CaseWords,
    *,
    unit_id: int | None,
    by: int,
    way_in: WayIn = WayIn.FORM,
    case_id: int | None = None,
    once_key: str | None = None,
) -> ChannelCase:
    """Make a case a ticket, once; with a draft's id the draft becomes it.

    A case that its channel handles itself is in hand at once, and closed if it has a reply; any
    other waits to be dispatched. Raises NoSuchChannel, NoSuchCase, CaseIsEntered, ChannelNotInUse,
    ChannelHasNotThisWay, SourceNoTaken, CaseLacks, and what opening a ticket raises.
    """
    channel = _lock_for_entry(channel_id, unit_id=unit_id, way_in=way_in)
    if once_key and (made := opening.opened_with(once_key)):
        return case_of_ticket(made[0].id)
    fields = asdict(words)
    nature = type_register.nature_of(words.request_type)
    for name in lacking_of(nature, fields, own=words.is_channels_own):
        raise CaseLacks(field=name)
    case = _own_draft(case_id, unit_id=unit_id) if case_id is not None else None
    if words.source_no and _case_numbered(channel.id, words.source_no) is not None:
        raise SourceNoTaken(field="source_no")
    now = clock.now()
    ticket = tickets.open_ticket(_as_ticket(channel.id, words, way_in, once_key, by=by))
    if case is None:
        case = ChannelCase(channel_id=channel.id, begun_by=by, begun_at=now)
        db.session.add(case)
    case.ticket_id, case.way_in, case.draft = ticket.id, way_in, {}
    case.source_no, case.received_at = words.source_no, words.received_at
    case.entered_at, case.edit_until = now, _edit_until(now)
    case.mark = seen_mark(fields)
    db.session.flush()
    publish(CaseEntered(case_id=case.id, channel_id=channel.id, ticket_id=ticket.id, entered_by=by))
    _tell_outcome(case, ticket.id, words, by=by)
    return case


def correct_case(
    case_id: int, words: CaseWords, *, unit_id: int | None, by: int, seen: str = ""
) -> None:
    """Correct what was entered, while that may be; the channel's own number stays.

    `seen` is the version of the ticket that the form showed. Raises NoSuchCase, CaseIsADraft,
    EditWindowOver, CaseLacks, ChangedMeanwhile, tickets' NotYoursAnyMore.
    """
    shown = _entered(case_id, unit_id=unit_id)
    if seen and shown.ticket is not None and str(shown.ticket.version) != seen:
        raise ChangedMeanwhile
    if not shown.may_be_corrected(clock.now()):
        raise EditWindowOver
    fields = asdict(words)
    nature = type_register.nature_of(words.request_type)
    for name in lacking_of(nature, fields, own=words.is_channels_own):
        raise CaseLacks(field=name)
    corrected = EnteredWords(**{name: fields[name] for name in entered_tickets.WORDS})
    entered_tickets.correct_entered(_ticket_id(shown), corrected, by=by)
    shown.case.received_at = words.received_at
    shown.case.mark = seen_mark(fields)


def note_process(case_id: int, text: str, *, unit_id: int | None, by: int) -> None:
    """Write down what the channel did with a case of its own.

    Raises NoSuchCase, CaseIsADraft, CaseIsOver, tickets' NotYoursAnyMore.
    """
    shown = _own_and_entered(case_id, unit_id=unit_id)
    if shown.is_closed:
        raise CaseIsOver
    _note(shown.case, _ticket_id(shown), text, by=by)


def settle_case(
    case_id: int,
    *,
    result: str,
    public_reply: str,
    settled_on: datetime | None,
    unit_id: int | None,
    by: int,
) -> None:
    """Write down what came of a case of the channel's own, and close it; correct that for a while.

    Raises NoSuchCase, CaseIsADraft, EditWindowOver, tickets' NotYoursAnyMore.
    """
    shown = _own_and_entered(case_id, unit_id=unit_id)
    if shown.is_closed and not shown.may_be_corrected(clock.now()):
        raise EditWindowOver
    _settle(shown.case, _ticket_id(shown), result, public_reply, settled_on, by=by)
    if not shown.is_closed:
        entered_tickets.close_by_channel(_ticket_id(shown), public_reply=public_reply, by=by)


def hand_over(case_id: int, *, unit_id: int | None, by: int) -> None:
    """Give a case that the channel had in its own hands to the hotline.

    Raises NoSuchCase, CaseIsADraft, and what the moves of tickets refuse.
    """
    shown = _entered(case_id, unit_id=unit_id)
    entered_tickets.hand_to_hotline(_ticket_id(shown), by=by)


def apply_change(case: ChannelCase, words: CaseWords, changed: Collection[Column], *, by: int,
                 unit_id: int | None) -> None:  # fmt: skip
    """Take over what a sheet says newly of a case that is there."""
    plain = {Column.PROCESS, Column.RESULT, Column.PUBLIC_REPLY, Column.SETTLED_ON}
    if set(changed) - plain - {Column.HANDLED_BY}:
        correct_case(case.id, words, unit_id=unit_id, by=by)
    if Column.PROCESS in changed and words.process:
        note_process(case.id, words.process, unit_id=unit_id, by=by)
    if Column.HANDLED_BY in changed:
        hand_over(case.id, unit_id=unit_id, by=by)
    elif set(changed) & (plain - {Column.PROCESS}) and words.result:
        settle_case(
            case.id,
            result=words.result,
            public_reply=words.public_reply,
            settled_on=words.settled_on,
            unit_id=unit_id,
            by=by,
        )


# --- the rest ---------------------------------------------------------------------------------


def _lock_for_entry(channel_id: int, *, unit_id: int | None, way_in: WayIn) -> ChannelShown:
    """Let entries of one channel follow one another: the same number is entered once."""
    channel = own_channel(channel_id, unit_id=unit_id)
    db.session.get(EntryChannel, channel_id, with_for_update=True, populate_existing=True)
    if channel.state is not ChannelState.ACTIVE:
        raise ChannelNotInUse
    if way_in not in channel.words.ways_in:
        raise ChannelHasNotThisWay
    return channel


def _own_draft(case_id: int, *, unit_id: int | None) -> ChannelCase:
    case = get_case(case_id, unit_id=unit_id).case
    if case.ticket_id is not None:
        raise CaseIsEntered
    return case


def _entered(case_id: int, *, unit_id: int | None) -> CaseShown:
    shown = get_case(case_id, unit_id=unit_id)
    if shown.ticket is None:
        raise CaseIsADraft
    return shown


def _own_and_entered(case_id: int, *, unit_id: int | None) -> CaseShown:
    shown = _entered(case_id, unit_id=unit_id)
    if shown.ticket is not None and not shown.ticket.is_channels_own:
        raise tickets.NotYoursAnyMore
    return shown


def _ticket_id(shown: CaseShown) -> int:
    if shown.ticket is None:
        raise CaseIsADraft
    return shown.ticket.id


def _case_numbered(channel_id: int, source_no: str) -> ChannelCase | None:
    return find_cases(channel_id, [source_no]).get(source_no)


def _edit_until(now: datetime) -> datetime:
    limit = rule_register.read_book().limit("limit.entry_edit", now)
    return reckon_due(now, limit, working_calendar.working_time()).due


def _as_ticket(
    channel_id: int, words: CaseWords, way_in: WayIn, once_key: str | None, *, by: int
) -> NewTicket:
    # What is settled already hurries nobody any more.
    reason = words.urgency_reason or (gettext("entries.settled_already") if words.result else "")
    return NewTicket(
        call_id=None,
        opened_by=by,
        request_type=words.request_type,
        title=words.title,
        content=words.content,
        category_code=words.category_code,
        county_code=words.county_code,
        town_code=words.town_code,
        address=words.address,
        grid=words.grid,
        spot=spot_at(words.coordinates, CoordinatesSource.CHANNEL),
        details=PersonDetails(
            person_kind=words.person_kind, gender=words.gender, age_group=words.age_group
        ),
        occurred=words.occurred,
        respondent=words.respondent,
        demand=words.demand,
        caller_name=words.caller_name,
        contact_number=words.contact_number,
        urgency=words.urgency,
        urgency_reason=reason,
        is_confidential=words.is_confidential,
        once_key=once_key,
        origin=Origin(
            entry_mode=ENTRY_MODES[way_in],
            channel_id=channel_id,
            source_no=words.source_no,
            is_channels_own=words.is_channels_own,
        ),
    )


def _tell_outcome(case: ChannelCase, ticket_id: int, words: CaseWords, *, by: int) -> None:
    if not words.is_channels_own:
        return
    if words.process:
        _note(case, ticket_id, words.process, by=by)
    if words.result:
        _settle(case, ticket_id, words.result, words.public_reply, words.settled_on, by=by)
        if type_register.nature_of(words.request_type).starts_clock:  # else it is closed already
            entered_tickets.close_by_channel(ticket_id, public_reply=words.public_reply, by=by)


def _note(case: ChannelCase, ticket_id: int, text: str, *, by: int) -> None:
    db.session.add(CaseNote(case_id=case.id, text=text, at=clock.now(), by=by))
    publish(CaseNoted(case_id=case.id, ticket_id=ticket_id, noted_by=by))


def _settle(
    case: ChannelCase,
    ticket_id: int,
    result: str,
    public_reply: str,
    settled_on: datetime | None,
    *,
    by: int,
) -> None:
    db.session.add(
        CaseResult(
            case_id=case.id,
            result=result,
            public_reply=public_reply,
            settled_on=settled_on,
            at=clock.now(),
            by=by,
        )
    )
    publish(CaseSettled(case_id=case.id, ticket_id=ticket_id, settled_by=by))
