"""Calls by people without a desk: their own telephone is rung, then the citizen's.

They see no number and dial none. What became of such a call is read off the ledger.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import or_, select

from app.calls import legs, wishes
from app.calls.call_states import CallState
from app.calls.models import Call, CallLeg, LegRole
from app.calls.proven_tries import OutCall, is_try
from app.channels import service as channels
from app.core import clock
from app.core.database import db
from app.core.emergency_numbers import check_no_emergency, is_emergency
from app.core.errors import Conflict, Invalid
from app.core.phone_numbers import AREA_CODE, normalise

RING_SECONDS = 40
"""How long each of both is rung: a telephone in a bag, not one on a desk."""
_OF_THIS_COUNTRY = re.compile(rf"1[3-9]\d{{9}}|{AREA_CODE}[2-8]\d{{6,7}}")


class NoOwnTelephone(Conflict):
    """No telephone of his is known: whoever keeps the list of people enters it."""

    code = "no-own-telephone"


class OwnTelephoneNotDialled(Conflict):
    """What stands as his telephone is no mobile or landline of this country."""

    code = "own-telephone-not-dialled"


class CallsHimself(Invalid):
    """His own telephone is the citizen's: such a call proves nothing."""

    code = "calls-himself"


class AlreadyCalling(Conflict):
    """A call of his goes on, or this citizen is called or spoken with just now."""

    code = "already-calling"


class Stage(StrEnum):
    """How far such a call has come, or what became of it."""

    RINGS_OWN = "rings_own"
    RINGS_CITIZEN = "rings_citizen"
    TALKING = "talking"
    REACHED = "reached"
    NOT_REACHED = "not_reached"
    OWN_NOT_TAKEN = "own_not_taken"
    BROKEN_OFF = "broken_off"  # hung up on our side before it had rung long enough
    NOT_CARRIED = "not_carried"  # the exchange would not, or was lost


def checked_telephone(written: str) -> str:
    """Return somebody's own telephone as it is dialled.

    Raises NoOwnTelephone, OwnTelephoneNotDialled: an emergency number is none, nor an office's.
    """
    if not written.strip():
        raise NoOwnTelephone
    number = normalise(written)
    at_home = number.removeprefix("+86")
    is_known = _OF_THIS_COUNTRY.fullmatch(at_home) or _OF_THIS_COUNTRY.fullmatch(f"0{at_home}")
    if is_emergency(written) or at_home == number or not is_known:
        raise OwnTelephoneNotDialled
    try:
        return wishes.diallable(number)
    except wishes.NumberNotAllowed as refused:
        raise OwnTelephoneNotDialled from refused


def call_citizen(person_id: int, *, telephone: str, number: str) -> int:
    """Ring this person's telephone and then the citizen; return the call's id.

    Raises what `checked_telephone` and `wishes.call_out` raise, EmergencyNumber, CallsHimself,
    AlreadyCalling.
    """
    own = checked_telephone(telephone)
    check_no_emergency(number)
    citizen = wishes.diallable(number)
    if own == citizen:
        raise CallsHimself
    goes_on = select(Call.id).where(
        Call.state != CallState.ENDED,
        or_(Call.is_by_telephone & (Call.agent_id == person_id), Call.from_number == citizen),
    )
    if db.session.scalar(goes_on.limit(1)) is not None:
        raise AlreadyCalling
    shown = channels.shown_when_calling(clock.now())
    call_id, _order_id = wishes.call_out(
        agent_id=person_id,
        phone=own,
        number=citizen,
        shown_number=shown[0].number if shown else "",
        ring_seconds=RING_SECONDS,
        is_by_telephone=True,
    )
    return call_id


def was_try(call: Call) -> bool:
    """Say whether this call out tried the citizen in earnest, whether or not it reached him."""
    return is_try(
        OutCall(
            taken_at=_taken_at(legs.all_legs(call.id)),
            has_talked=call.talk_started_at is not None,
            ended_at=call.ended_at,
            ended_by=call.ended_by or "",
        )
    )


def stage_of(call: Call) -> Stage:
    """Return how far the call has come, or what became of it."""
    known = legs.all_legs(call.id)
    if call.talk_started_at is not None:
        return Stage.REACHED if call.state is CallState.ENDED else Stage.TALKING
    own = [leg for leg in known if leg.role is LegRole.AGENT]
    if call.state is not CallState.ENDED:
        return Stage.RINGS_CITIZEN if _taken_at(known) is not None else Stage.RINGS_OWN
    if not own:
        return Stage.NOT_CARRIED
    if _taken_at(known) is None:
        return Stage.OWN_NOT_TAKEN
    return Stage.NOT_REACHED if was_try(call) else Stage.BROKEN_OFF


def _taken_at(known: Sequence[CallLeg]) -> datetime | None:
    taken = [leg.answered_at for leg in known if leg.role is LegRole.AGENT and leg.answered_at]
    return taken[0] if taken else None
