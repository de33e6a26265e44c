"""Wishes about a call that is talked on: what the ledger itself can refuse, then a row (ADR 0016).

Who may wish is asked elsewhere (`app.call_queue.conferring`); here stands what the call allows.
Wishing again what was just wished gives the same order's id: nothing is sent twice.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from app.accounts import service as accounts
from app.calls import ledger, legs, order_book, spells, transfers
from app.calls.call_policy import CallPolicy
from app.calls.call_spells import SpellKind
from app.calls.call_states import HAD_TALK, WITH_AGENT, CallState, Direction
from app.calls.events import CallEntered
from app.calls.exchange_controls import controls_of, need_control
from app.calls.models import Call, CallLeg, CallOrder, ExchangeLink, LegRole
from app.calls.transfer_states import TransferKind
from app.channels import service as channels
from app.core import clock
from app.core.database import db
from app.core.emergency_numbers import check_dialable
from app.core.errors import Conflict, Invalid, NotFound
from app.core.events import publish
from app.core.handed_down import given
from app.core.phone_numbers import normalise
from telephony import control_orders as orders
from telephony.control_orders import Control, SupervisionMode, Target, TargetKind
from telephony.orders import Order

MOST_DIGITS = 32
MOST_KEYS_A_SECOND = 10**9
_DIGITS = re.compile(rf"[0-9*#A-D]{{1,{MOST_DIGITS}}}")
_DIALLABLE = re.compile(r"\d{3,6}|\+\d{7,18}")  # as core.phone_numbers spells them
DOUBLE_CLICK = timedelta(seconds=2)


class CallIsNotTalking(Conflict):
    """Caller and agent are not in a talk now."""

    code = "call-not-talking"


class AlreadyConsulting(Conflict):
    """Somebody else is rung for this call, or in it, already."""

    code = "already-consulting"


class NobodyConsulted(Conflict):
    """No further party has answered."""

    code = "nobody-consulted"


class NoSuchParty(NotFound):
    """No such party is in the call."""

    code = "no-such-party"


class AlreadySo(Conflict):
    """The call is as was wished."""

    code = "already-so"


class NotSupervising(Conflict):
    """The supervisor is not in this call."""

    code = "not-supervising"


class BadDigits(Invalid):
    """Only the keys of a telephone, and not too many."""

    code = "bad-digits"


class NumberNotAllowed(Invalid):
    """It cannot be dialled: no number, or one that leads back to this hotline."""

    code = "number-not-allowed"


class NoExchangeForPhone(Conflict):
    """The agent's phone is at no exchange that is in reach."""

    code = "phone-not-there"


@dataclass(frozen=True, kw_only=True)
class Goal:
    """To whom a wish leads: a phone of ours, or a number outside; and how the caller is handed."""

    address: str
    is_outside: bool
    kind: TransferKind
    to_agent_id: int | None = None
    to_entry: str | None = None
    fallback_number: str = ""  # rung by itself when nobody takes the call at the address
    summary: str | None = None  # what a colleague reads of the matter before he answers


def hold(call_id: int, *, phone: str, wished_by: int) -> int:
    """Wish that the caller hears music. Raises CallIsNotTalking, AlreadySo."""
    call = _with_agent(call_id, orders.HoldCaller)
    if (again := _just_wished(call, orders.HoldCaller)) is not None:
        return again
    if call.state is CallState.HELD:
        raise AlreadySo
    return order_book.wish(call, orders.HoldCaller, wished_by=wished_by, phone=phone).id


def resume(call_id: int, *, phone: str, wished_by: int) -> int:
    """Wish that the held caller is spoken with again. Raises AlreadySo, AlreadyConsulting."""
    call = _with_agent(call_id, orders.ResumeCaller)
    if (again := _just_wished(call, orders.ResumeCaller)) is not None:
        return again
    if call.state is CallState.TALKING:
        raise AlreadySo
    if _consulted(call):
        raise AlreadyConsulting  # join him, or end his leg first
    return order_book.wish(call, orders.ResumeCaller, wished_by=wished_by, phone=phone).id


def mute(call_id: int, *, phone: str, is_muted: bool, wished_by: int) -> int:
    """Wish that the agent is heard no longer, or again. Raises AlreadySo."""
    call = _with_agent(call_id, orders.MuteAgent)
    if spells.goes_on(call, SpellKind.MUTE, phone=phone) is is_muted:
        raise AlreadySo
    return order_book.wish(
        call, orders.MuteAgent, wished_by=wished_by, phone=phone, is_muted=is_muted
    ).id


def send_digits(call_id: int, *, digits: str, wished_by: int) -> int:
    """Wish that these keys are pressed; the row forgets them once they are sent."""
    if not _DIGITS.fullmatch(digits):
        raise BadDigits(field="digits")
    call = _with_agent(call_id, orders.SendDigits)
    return order_book.wish(call, orders.SendDigits, wished_by=wished_by, digits=digits).id


def pause_recording(call_id: int, *, is_paused: bool, wished_by: int | None) -> int:
    """Wish that silence is recorded, or sound again; None: nobody did. Raises AlreadySo."""
    call = _with_agent(call_id, orders.PauseRecording)
    if spells.goes_on(call, SpellKind.RECORDING_PAUSE) is is_paused:
        raise AlreadySo
    return order_book.wish(call, orders.PauseRecording, wished_by=wished_by, is_paused=is_paused).id


def consult(call_id: int, *, phone: str, goal: Goal, ring_seconds: int, wished_by: int) -> int:
    """Wish that somebody is rung for this agent while the caller hears music."""
    return _bring(orders.CallParty, call_id, phone, goal, ring_seconds, wished_by)


def transfer(call_id: int, *, phone: str, goal: Goal, ring_seconds: int, wished_by: int) -> int:
    """Wish that the agent leaves and somebody else is rung for the caller."""
    return _bring(orders.TransferCaller, call_id, phone, goal, ring_seconds, wished_by)


def _bring(
    kind: type[orders.CallParty] | type[orders.TransferCaller],
    call_id: int,
    phone: str,
    goal: Goal,
    ring_seconds: int,
    wished_by: int,
) -> int:
    call = _with_agent(call_id, kind)
    if (again := _just_wished(call, kind)) is not None:
        return again
    if _consulted(call) or _is_bringing(call):
        raise AlreadyConsulting
    target = Target(
        kind=TargetKind.NUMBER if goal.is_outside else TargetKind.PHONE,
        address=goal.address,
        shown_number=call.dialled_number if goal.is_outside else "",
        fallback_number=goal.fallback_number,
    )
    order = order_book.wish(
        call, kind, wished_by=wished_by, phone=phone, target=target, ring_seconds=ring_seconds
    )
    transfers.open_transfer(
        order,
        transfers.Handing(
            kind=goal.kind,
            address=goal.address,
            to_agent_id=goal.to_agent_id,
            to_entry=goal.to_entry,
            summary=goal.summary,
        ),
    )
    return order.id


def join(call_id: int, *, phone: str, wished_by: int) -> int:
    """Wish that caller, agent and party talk together. Raises NobodyConsulted, AlreadySo."""
    call = _with_agent(call_id, orders.JoinParties)
    _need_answered_party(call)
    if (again := _just_wished(call, orders.JoinParties)) is not None:
        return again
    if call.state is CallState.TALKING:
        raise AlreadySo
    return order_book.wish(call, orders.JoinParties, wished_by=wished_by, phone=phone).id


def leave(call_id: int, *, phone: str, wished_by: int) -> int:
    """Wish that the agent leaves the caller to the party (attended transfer)."""
    call = _with_agent(call_id, orders.LeaveToParties)
    _need_answered_party(call)
    if (again := _just_wished(call, orders.LeaveToParties)) is not None:
        return again
    return order_book.wish(call, orders.LeaveToParties, wished_by=wished_by, phone=phone).id


def drop_party(call_id: int, *, party: int, wished_by: int) -> int:
    """Wish that this party's leg ends. Raises NoSuchParty."""
    call = _live(call_id)
    if party not in {leg.order_id for leg in legs.open_parties(call.id)} and not (
        _is_on_its_way(call, party)
    ):
        raise NoSuchParty
    return order_book.wish(call, orders.DropParty, wished_by=wished_by, party=party).id


def supervise(call_id: int, *, phone: str, agent_phone: str, mode: str, wished_by: int) -> int:
    """Wish that a supervisor takes part: listen, whisper or barge.

    Raises CallIsNotTalking, AlreadySo.
    """
    call = _with_agent(call_id, orders.Supervise)
    going = [each for each in spells.open_spells(call.id) if each.phone == phone]
    if any(each.kind is SpellKind.SUPERVISION and each.mode == mode for each in going):
        raise AlreadySo
    return order_book.wish(
        call,
        orders.Supervise,
        wished_by=wished_by,
        phone=phone,
        agent_phone=agent_phone,
        mode=SupervisionMode(mode),
    ).id


def stop_supervising(call_id: int, *, phone: str, wished_by: int) -> int:
    """Wish that the supervisor leaves. Raises NotSupervising."""
    call = _live(call_id)
    is_there = any(
        leg.role is LegRole.SUPERVISOR and leg.phone == phone for leg in legs.open_parties(call.id)
    )
    if not is_there and not spells.goes_on(call, SpellKind.SUPERVISION, phone=phone):
        raise NotSupervising
    return order_book.wish(call, orders.StopSupervising, wished_by=wished_by, phone=phone).id


def call_out(
    *,
    agent_id: int,
    phone: str,
    number: str,
    shown_number: str,
    ring_seconds: int,
    is_by_telephone: bool = False,
) -> tuple[int, int]:
    """Begin a call to a citizen; return the ids of the call and of the order.

    The call stands in the ledger before the exchange hears of it. `is_by_telephone`: `phone` is
    the agent's own telephone outside, checked (`own_telephones`). Raises NumberNotAllowed,
    EmergencyNotDialledHere, NoExchangeForPhone.
    """
    checked = diallable(number)
    link = _exchange_that_calls() if is_by_telephone else _exchange_of(phone)
    need_control(link.exchange_id, orders.CallOut)
    at = clock.now()
    line = channels.find_number(shown_number, at) if shown_number else None
    call = Call(
        exchange_id=link.exchange_id,
        boot_id=link.boot_id,
        call_key=_new_key(at),
        direction=Direction.OUT,
        dialled_number=shown_number,
        from_number=checked,
        from_name="",
        is_by_telephone=is_by_telephone,
        legacy_number_id=line.id if line else None,
        state=CallState.CALLING,
        state_since=at,
        last_news_at=at,
        invited_at=at,
        agent_id=agent_id,
        is_kept=False,
    )
    db.session.add(call)
    db.session.flush()
    ledger.note_change(call, old=None, at=at, because="called_out")
    publish(CallEntered(call_id=call.id))
    order = order_book.wish(
        call,
        orders.CallOut,
        wished_by=agent_id,
        phone=phone,
        number=checked,
        shown_number=shown_number,
        ring_seconds=ring_seconds,
        phone_kind=TargetKind.NUMBER if is_by_telephone else TargetKind.PHONE,
    )
    return call.id, order.id


def _new_key(at: datetime) -> str:
    """Name a call of ours as exchanges name theirs: by its second and a number.

    Asterisk reads both out of the name to find the oldest leg of a conversation.
    """
    return f"out-{int(at.timestamp())}.{1 + secrets.randbelow(MOST_KEYS_A_SECOND)}"


def diallable(number: str) -> str:
    """Return a number as it is dialled. Raises NumberNotAllowed, EmergencyNotDialledHere."""
    check_dialable(number, is_live_site=given(CallPolicy).may_call_emergencies, field="number")
    normal = normalise(number)
    if not _DIALLABLE.fullmatch(normal) or accounts.find_by_work_number(normal) is not None:
        raise NumberNotAllowed(field="number")
    if channels.find_number(normal, clock.now()) is not None:
        raise NumberNotAllowed(field="number")  # it would come back to this very queue
    return normal


# --- what the call allows ---------------------------------------------------------------------


def _live(call_id: int) -> Call:
    db.session.flush()
    call = db.session.get(Call, call_id, with_for_update=True, populate_existing=True)
    if call is None or call.state not in HAD_TALK:
        raise CallIsNotTalking
    return call


def _with_agent(call_id: int, kind: type[Order]) -> Call:
    """Return a call whose agent talks with the caller, or holds him, and that can be served so."""
    call = _live(call_id)
    need_control(call.exchange_id, kind)
    if call.state not in WITH_AGENT:
        raise CallIsNotTalking
    return call


def _consulted(call: Call) -> list[CallLeg]:
    return [leg for leg in legs.open_parties(call.id) if leg.role is not LegRole.SUPERVISOR]


def _need_answered_party(call: Call) -> None:
    if not any(leg.answered_at is not None for leg in _consulted(call)):
        raise NobodyConsulted


def _just_wished(call: Call, kind: type[Order]) -> int | None:
    """Return the order of a wish made a moment ago whose outcome is still owed: a second click."""
    recent = order_book.owing(call, kind).where(CallOrder.wished_at > clock.now() - DOUBLE_CLICK)
    return db.session.scalars(recent.limit(1)).first()


def _is_bringing(call: Call) -> bool:
    on_its_way = order_book.owing(call, orders.CallParty, orders.TransferCaller).limit(1)
    return db.session.execute(on_its_way).first() is not None


def _is_on_its_way(call: Call, order_id: int) -> bool:
    kinds = (orders.CallParty, orders.TransferCaller, orders.Supervise)
    wished = order_book.owing(call, *kinds).where(CallOrder.id == order_id)
    return db.session.execute(wished).first() is not None


def _exchange_of(phone: str) -> ExchangeLink:
    for link in _links_up():
        if ledger.contact_of(link.exchange_id, phone) is not None:
            return link
    raise NoExchangeForPhone


def _exchange_that_calls() -> ExchangeLink:
    for link in _links_up():
        if Control.CALL_OUT in controls_of(link.exchange_id):
            return link
    raise NoExchangeForPhone


def _links_up() -> list[ExchangeLink]:
    wanted = select(ExchangeLink).where(ExchangeLink.is_up.is_(True))
    return list(db.session.scalars(wanted.order_by(ExchangeLink.exchange_id)))
