"""Callers whom nobody answered: who cares for each, by when, and what came of it (66号文)."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from app.calls import service as calls
from app.calls.call_back_verdict import CallBackPicture, CallBackStanding, CallBackVerdict, judge
from app.calls.call_policy import CallPolicy
from app.calls.call_states import Direction
from app.calls.models import Call, CallBack
from app.core import clock
from app.core.database import db
from app.core.errors import Conflict, Invalid, NotFound
from app.core.handed_down import given

MOST = 200


class NoSuchCallBack(NotFound):
    """Nobody was missed in this call, or he did not show his number."""

    code = "no-such-call-back"


class CallBackTaken(Conflict):
    """Somebody else cares for this caller."""

    code = "call-back-taken"


class CallBackIsDone(Conflict):
    """The caller has been spoken to, or was given up."""

    code = "call-back-done"


class GivingUpNeedsReason(Invalid):
    """Whoever gives a caller up says why."""

    code = "giving-up-needs-reason"


@dataclass(frozen=True, kw_only=True)
class MissedCaller:
    """One caller to call back: his newest missed call, the row of who cares, and the verdict."""

    call: Call
    owner_id: int | None
    tries: int
    why: str
    verdict: CallBackVerdict


def list_missed(*, since: datetime) -> list[MissedCaller]:
    """Return the callers missed since then, the newest call of each number, newest first."""
    wanted = select(Call).where(
        Call.direction == Direction.IN,
        Call.result.in_(calls.MISSED),
        Call.invited_at >= since,
        Call.from_number != "",
    )
    newest = wanted.order_by(Call.invited_at.desc(), Call.id.desc()).limit(MOST)
    by_number: dict[str, Call] = {}
    for call in db.session.execute(newest).scalars():
        by_number.setdefault(call.from_number, call)
    return _missed(list(by_number.values()))


def take(call_id: int, *, agent_id: int) -> None:
    """Care for this caller from now on. Raises CallBackTaken, CallBackIsDone, NoSuchCallBack."""
    row = _open_row(call_id)
    if row is None:
        db.session.add(CallBack(call_id=call_id, owner_id=agent_id, taken_at=clock.now()))
        db.session.flush()
    elif row.owner_id != agent_id:
        raise CallBackTaken


def release(call_id: int, *, agent_id: int) -> None:
    """Let others care for this caller again. Raises CallBackTaken for somebody else's."""
    row = _open_row(call_id)
    if row is None:
        return
    if row.owner_id != agent_id:
        raise CallBackTaken
    db.session.delete(row)
    db.session.flush()


def give_up(call_id: int, *, agent_id: int, why: str) -> None:
    """Close the matter without having spoken to the caller, for a reason that is kept."""
    if not why.strip():
        raise GivingUpNeedsReason(field="why")
    take(call_id, agent_id=agent_id)
    row = db.session.get_one(CallBack, call_id)
    row.given_up_at, row.given_up_by, row.why = clock.now(), agent_id, why.strip()[:200]


def note_try(call_id: int, *, agent_id: int) -> None:
    """An agent calls this caller: he cares for him, the try counts; nothing where none waits."""
    try:
        take(call_id, agent_id=agent_id)
    except (NoSuchCallBack, CallBackTaken, CallBackIsDone):
        return
    row = db.session.get_one(CallBack, call_id)
    row.tries, row.last_try_at = row.tries + 1, clock.now()


def number_of(call_id: int, *, agent_id: int, sees_all: bool) -> str:
    """Return the citizen's number of a call that this agent may call about.

    His own calls, and those nobody answered; all calls for who may read all. Raises NoSuchCall.
    """
    call = calls.get_call(call_id)
    is_missed = call.direction is Direction.IN and call.result in calls.MISSED
    if not (is_missed or sees_all or call.agent_id == agent_id) or not call.from_number:
        raise calls.NoSuchCall
    return call.from_number


def _open_row(call_id: int) -> CallBack | None:
    """Return the row, the call locked, while the caller still waits to be called."""
    if calls.lock(call_id) is None:
        raise NoSuchCallBack
    call = calls.get_call(call_id)
    is_missed = call.direction is Direction.IN and call.result in calls.MISSED
    if not is_missed or not call.from_number:
        raise NoSuchCallBack
    [missed] = _missed([call])
    if missed.verdict.state not in {CallBackStanding.OPEN, CallBackStanding.TAKEN}:
        raise CallBackIsDone
    return db.session.get(CallBack, call_id, populate_existing=True)


def _missed(found: Collection[Call]) -> list[MissedCaller]:
    ids = [call.id for call in found]
    rows = {
        row.call_id: row
        for row in db.session.execute(select(CallBack).where(CallBack.call_id.in_(ids))).scalars()
    }
    talks = _talks_with({call.from_number for call in found}, since=_first(found))
    within, now = given(CallPolicy).call_back, clock.now()
    return [
        _missed_caller(call, rows.get(call.id), talks[call.from_number], within=within, now=now)
        for call in found
    ]


def _missed_caller(
    call: Call, row: CallBack | None, talks: Collection[Call], *, within: timedelta, now: datetime
) -> MissedCaller:
    spoken = next((talk for talk in talks if talk.invited_at > call.invited_at), None)
    picture = CallBackPicture(
        missed_at=call.ended_at or call.invited_at,
        owner_id=row.owner_id if row else None,
        taken_at=row.taken_at if row else None,
        given_up_at=row.given_up_at if row else None,
        given_up_by=row.given_up_by if row else None,
        spoken_at=spoken.talk_started_at if spoken else None,
        spoken_by=spoken.agent_id if spoken else None,
    )
    return MissedCaller(
        call=call,
        owner_id=picture.owner_id,
        tries=row.tries if row else 0,
        why=row.why if row else "",
        verdict=judge(picture, within=within, now=now),
    )


def _talks_with(numbers: Collection[str], *, since: datetime) -> defaultdict[str, list[Call]]:
    talks: defaultdict[str, list[Call]] = defaultdict(list)
    wanted = select(Call).where(
        Call.from_number.in_(numbers), Call.invited_at > since, Call.talk_started_at.is_not(None)
    )
    for call in db.session.execute(wanted.order_by(Call.talk_started_at)).scalars():
        talks[call.from_number].append(call)
    return talks


def _first(found: Collection[Call]) -> datetime:
    return min((call.invited_at for call in found), default=clock.now())
