"""Reads a case of misuse for the pack that an authority gets, and holds its recordings.

A case is one number: its marks, what was decided, and the marked calls. Calls that nobody marked,
tickets and names are no part of it.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext

from app.accounts import service as accounts
from app.callers import misuse
from app.callers.misuse_rules import RestrictionLevel
from app.callers.misuse_states import AppealState, MarkState
from app.calls import service as calls
from app.core import clock
from app.recordings import fetching, handing_over, holds
from app.recordings import service as recordings
from app.recordings.handing_over import KeptPiece
from app.workstation import evidence_rules
from app.workstation.evidence_rules import Lack, LeftOut

NUMBER_OF = Callable[[int | None], str]


@dataclass(frozen=True, kw_only=True)
class Taking:
    """Who takes a case out, what for, and what he may hear; `reference` is the authority's own."""

    mark_id: int
    reason: str
    reference: str
    listener: recordings.Listener


@dataclass(frozen=True, kw_only=True)
class AppealTold:
    """An appeal, in words; who, by work number."""

    received_at: datetime
    received_by: str
    words: str | None
    state: AppealState
    decided_at: datetime | None
    decided_by: str
    decision: str | None


@dataclass(frozen=True, kw_only=True)
class RestrictionTold:
    """What was put on the number, until when, and the appeals against it."""

    level: RestrictionLevel
    daily_limit: int | None
    special_agent: str
    valid_from: datetime
    valid_until: datetime
    put_by: str
    why: str | None
    lifted_at: datetime | None
    lifted_by: str
    appeals: tuple[AppealTold, ...]


@dataclass(frozen=True, kw_only=True)
class CallTold:
    """A marked call as the ledger has it; lengths in seconds."""

    call_id: int
    direction: str
    dialled_number: str
    arrived_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    wait_seconds: float
    talk_seconds: float
    agent: str


@dataclass(frozen=True, kw_only=True)
class MarkTold:
    """A mark with its call, its decision and its sound. Words are None where they stay here."""

    mark_id: int
    call: CallTold
    marked_at: datetime
    marked_by: str
    words: str | None
    warned_at: datetime | None
    warned_by: str
    state: MarkState
    decision: str | None
    decided_at: datetime | None
    decided_by: str
    left_out: LeftOut | None
    pieces: tuple[KeptPiece, ...]
    lack: Lack | None


@dataclass(frozen=True, kw_only=True)
class Case:
    """Everything of a case that is not a file. Plain values: no row is read while files are."""

    taking: Taking
    at: datetime
    number: str
    taker: str
    marks: tuple[MarkTold, ...]
    restrictions: tuple[RestrictionTold, ...]


def open_case(taking: Taking) -> Case:
    """Hold the recordings of a case and read it. Raises NoSuchMark, CaseIsErased.

    The hold stands before a file is looked at: retention takes nothing away meanwhile, nor after.
    """
    marks = misuse.marks_of_case(taking.mark_id)
    for mark in sorted(marks, key=lambda each: each.call_id):
        _hold(mark, taking)
    held = misuse.restrictions_of_number(marks[0].number)
    appeals = misuse.appeals_of([each.id for each in held])
    ids = {mark.marked_by for mark in marks} | {taking.listener.person_id}
    ids |= {each for mark in marks for each in (mark.warned_by, mark.decided_by) if each}
    ids |= {
        each
        for one in held
        for each in (one.put_by, one.lifted_by, one.special_agent_id)
        if each is not None
    }
    ids |= {each for one in appeals for each in (one.received_by, one.decided_by) if each}
    talked = calls.calls_by_id([mark.call_id for mark in marks])
    ids |= {call.agent_id for call in talked.values() if call.agent_id is not None}
    people = accounts.people(ids)

    def number_of(person_id: int | None) -> str:
        found = people.get(person_id) if person_id is not None else None
        return found.work_number if found else ""

    told = tuple(_mark(mark, talked[mark.call_id], taking, number_of) for mark in marks)
    hidden = {each.mark_id for each in told if each.left_out is LeftOut.CONFIDENTIAL}
    return Case(
        taking=taking,
        at=clock.now(),
        number=marks[0].number,
        taker=number_of(taking.listener.person_id),
        marks=told,
        restrictions=tuple(
            _restriction(
                each,
                [one for one in appeals if one.restriction_id == each.id],
                number_of,
                is_hidden=each.mark_id in hidden,
            )
            for each in held
        ),
    )


def _hold(mark: misuse.MisuseMark, taking: Taking) -> None:
    pieces = handing_over.pieces_of(mark.call_id)
    gone = sum(1 for piece in pieces if piece.deleted_at is not None)
    if not evidence_rules.is_to_be_held(mark.state, pieces=len(pieces), deleted=gone):
        return
    reason = gettext("evidence.hold_reason", reason=taking.reason)
    with suppress(holds.HeldAlready):
        holds.hold_recordings(mark.call_id, reason=reason, held_by=taking.listener.person_id)


def _mark(
    mark: misuse.MisuseMark, call: calls.Call, taking: Taking, number_of: NUMBER_OF
) -> MarkTold:
    why = evidence_rules.left_out(
        mark.state, may_hear=recordings.may_hear_call(call.id, listener=taking.listener)
    )
    is_hidden = why is LeftOut.CONFIDENTIAL
    pieces = handing_over.pieces_of(call.id)
    talk_seconds = calls.talk_seconds(call.id)
    return MarkTold(
        mark_id=mark.id,
        call=CallTold(
            call_id=call.id,
            direction=call.direction.value,
            dialled_number=call.dialled_number,
            arrived_at=call.invited_at,
            answered_at=call.talk_started_at,
            ended_at=call.ended_at,
            wait_seconds=calls.wait_seconds(call.id),
            talk_seconds=talk_seconds,
            agent=number_of(call.agent_id),
        ),
        marked_at=mark.marked_at,
        marked_by=number_of(mark.marked_by),
        words=None if is_hidden else mark.words,
        warned_at=mark.warned_at,
        warned_by=number_of(mark.warned_by),
        state=mark.state,
        decision=None if is_hidden else mark.decision,
        decided_at=mark.decided_at,
        decided_by=number_of(mark.decided_by),
        left_out=why,
        pieces=pieces if why is None else (),
        lack=None
        if why
        else evidence_rules.lack_of_call(
            pieces=len(pieces),
            is_any_to_come=fetching.is_any_to_come(call.exchange_id, call.call_key),
            talked_seconds=talk_seconds,
        ),
    )


def _restriction(
    held: misuse.CallerRestriction,
    appeals: list[misuse.RestrictionAppeal],
    number_of: NUMBER_OF,
    *,
    is_hidden: bool,
) -> RestrictionTold:
    return RestrictionTold(
        level=held.level,
        daily_limit=held.daily_limit,
        special_agent=number_of(held.special_agent_id),
        valid_from=held.valid_from,
        valid_until=held.valid_until,
        put_by=number_of(held.put_by),
        why=None if is_hidden else held.why,
        lifted_at=held.lifted_at,
        lifted_by=number_of(held.lifted_by),
        appeals=tuple(
            AppealTold(
                received_at=one.received_at,
                received_by=number_of(one.received_by),
                words=None if is_hidden else one.words,
                state=one.state,
                decided_at=one.decided_at,
                decided_by=number_of(one.decided_by),
                decision=None if is_hidden else one.decision,
            )
            for one in appeals
        ),
    )
