"""Control orders in the make-believe world: hold, parties, transfer, supervision, calling out.

What becomes of the further legs stands in `party_lines`.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NoReturn

from telephony.control_events import (
    AgentMuted,
    CallerHeld,
    CallerResumed,
    CallPlacedOut,
    DigitsSent,
    PartiesJoined,
    PartyRole,
    RecordingPaused,
)
from telephony.control_orders import (
    CallOut,
    CallParty,
    DropParty,
    HoldCaller,
    JoinParties,
    LeaveToParties,
    MuteAgent,
    PauseRecording,
    ResumeCaller,
    SendDigits,
    StopSupervising,
    Supervise,
    Target,
    TargetKind,
    TransferCaller,
)
from telephony.events import (
    AgentAnswered,
    AgentRinging,
    EndedBy,
    PartyLost,
    Place,
    RingFailed,
    RingFailure,
)
from telephony.orders import Order
from telephony.port import ExchangeRefused
from telephony.simulator.party_lines import OUTSIDE_ANSWERS, PartyLines, make_party
from telephony.simulator.sim_call import Due, SimCall

_CITIZEN_TALKS = timedelta(minutes=1)
UNREACHABLE = 20  # Q.850


class CallControl(PartyLines):
    """What control orders do to the lines."""

    def _control_orders(self) -> dict[type[Order], Callable[[SimCall, Any, datetime], None]]:
        return {
            HoldCaller: self._hold,
            ResumeCaller: self._resume,
            MuteAgent: self._mute,
            SendDigits: self._send_digits,
            PauseRecording: self._pause_recording,
            CallParty: self._call_party,
            JoinParties: self._join,
            LeaveToParties: self._leave,
            DropParty: self._drop,
            TransferCaller: self._transfer,
            Supervise: self._supervise,
            StopSupervising: self._stop_supervising,
        }

    # --- the caller on hold -----------------------------------------------------------------

    def _hold(self, call: SimCall, order: HoldCaller, now: datetime) -> None:
        _need_agent(call, order.phone)
        self._put_on_hold(call, now, order_id=order.order_id)

    def _put_on_hold(self, call: SimCall, now: datetime, *, order_id: int) -> None:
        if call.place is Place.HELD:
            return
        call.stop_talk(now)
        call.place, call.place_since, call.held_since = Place.HELD, now, now
        self._count(CallerHeld, call, now, phone=call.phone, order_id=order_id)

    def _resume(self, call: SimCall, order: ResumeCaller, now: datetime) -> None:
        _need_agent(call, order.phone)
        if call.place is Place.TALKING:
            return
        if call.talkers:
            _refuse("a party is there: join it or end it first")
        self._talk_on(call, now)
        self._count(CallerResumed, call, now, phone=call.phone, order_id=order.order_id)

    def _mute(self, call: SimCall, order: MuteAgent, now: datetime) -> None:
        _need_agent(call, order.phone)
        if call.is_muted is not order.is_muted:
            call.is_muted = order.is_muted
            self._count(
                AgentMuted,
                call,
                now,
                leg_key=call.agent_leg_key,
                phone=order.phone,
                is_muted=order.is_muted,
                order_id=order.order_id,
            )

    def _send_digits(self, call: SimCall, order: SendDigits, now: datetime) -> None:
        is_heard = call.place is Place.TALKING or any(p.is_talking for p in call.talkers)
        if not is_heard:
            _refuse("nobody is there to hear keys")
        self._count(DigitsSent, call, now, how_many=len(order.digits), order_id=order.order_id)

    def _pause_recording(self, call: SimCall, order: PauseRecording, now: datetime) -> None:
        if call.is_paused is not order.is_paused:
            call.is_paused = order.is_paused
            self._count(
                RecordingPaused, call, now, is_paused=order.is_paused, order_id=order.order_id
            )

    # --- parties ----------------------------------------------------------------------------

    def _call_party(self, call: SimCall, order: CallParty, now: datetime) -> None:
        _need_agent(call, order.phone)
        self._put_on_hold(call, now, order_id=order.order_id)
        lasts = timedelta(seconds=order.ring_seconds)
        self._ring_party(
            call, make_party(call, order, PartyRole.CONSULTED, order.target), lasts, now
        )

    def _join(self, call: SimCall, order: JoinParties, now: datetime) -> None:
        _need_agent(call, order.phone)
        if not any(party.is_talking for party in call.talkers):
            _refuse("no party has answered")
        if call.place is Place.HELD:
            self._talk_on(call, now)
            self._count(PartiesJoined, call, now, order_id=order.order_id)

    def _leave(self, call: SimCall, order: LeaveToParties, now: datetime) -> None:
        _need_agent(call, order.phone)
        if not any(party.is_talking for party in call.talkers):
            _refuse("no party has answered")
        self._leave_to_parties(call, now)

    def _drop(self, call: SimCall, order: DropParty, now: datetime) -> None:
        party = next((each for each in call.parties if each.order_id == order.party), None)
        if party is None:
            return
        if party.role is PartyRole.SUPERVISOR:
            self._end_supervisor(call, party, now, order_id=order.order_id)
        elif party.role is PartyRole.TRANSFERRED_TO and not party.is_talking:
            self._party_failed(call, party, RingFailure.WITHDRAWN, now)
        else:
            self._party_goes(call, party, now)

    def _transfer(self, call: SimCall, order: TransferCaller, now: datetime) -> None:
        _need_agent(call, order.phone)
        if call.talkers:
            _refuse("a party is there: leave the caller to it, or end it first")
        self._part(call, PartyLost.TRANSFERRED, now)
        self._end_supervision(call, now)
        call.place, call.place_since, call.phone = Place.HELD, now, None
        lasts = timedelta(seconds=order.ring_seconds)
        party = make_party(call, order, PartyRole.TRANSFERRED_TO, order.target)
        self._ring_party(call, party, lasts, now)

    # --- supervisors ------------------------------------------------------------------------

    def _supervise(self, call: SimCall, order: Supervise, now: datetime) -> None:
        _need_agent(call, order.agent_phone)
        party = next((each for each in call.supervisors if each.address == order.phone), None)
        if party is None:
            target = Target(kind=TargetKind.PHONE, address=order.phone)
            party = make_party(call, order, PartyRole.SUPERVISOR, target)
            party.mode = order.mode
            self._ring_party(call, party, timedelta(seconds=order.ring_seconds), now)
        elif party.mode is not order.mode:
            party.mode = order.mode
            if party.is_talking:
                self._tell_supervision(call, party, now, order_id=order.order_id)

    def _stop_supervising(self, call: SimCall, order: StopSupervising, now: datetime) -> None:
        for party in list(call.supervisors):
            if party.address == order.phone:
                self._end_supervisor(call, party, now, order_id=order.order_id)

    # --- calling out ------------------------------------------------------------------------

    def call_out(self, order: CallOut, now: datetime) -> None:
        """Begin a call to a citizen: the agent's phone rings first."""
        call = SimCall(
            call_key=order.call_key,
            from_number=order.number,
            from_name="",
            dialled_number=order.shown_number,
            invited_at=now,
            patience=None,
            talk_left=_CITIZEN_TALKS,
            place=Place.CALLED,
            place_since=now,
            calls_out=order,
        )
        call.orders_taken.add(order.order_id)
        self.calls[call.call_key] = call
        self._count(
            CallPlacedOut,
            call,
            now,
            phone=order.phone,
            number=order.number,
            shown_number=order.shown_number,
        )
        is_outside = order.phone_kind is TargetKind.NUMBER
        is_busy = self._is_busy(order.phone)
        leg = call.new_leg(order.phone)
        if is_busy or not (is_outside or self.phones.is_there(order.phone)):
            reason = RingFailure.BUSY if is_busy else RingFailure.UNREACHABLE
            self.agent_does_not_call(call, reason, now)
            return
        leg.rang_at = now
        self._tell(AgentRinging, call, now, leg_key=leg.leg_key, phone=order.phone)
        self._expect(call, Due.NO_ANSWER, now + timedelta(seconds=order.ring_seconds))
        if is_outside:
            self._await_telephone(call, order.phone, now)

    def _await_telephone(self, call: SimCall, number: str, now: datetime) -> None:
        """Somebody's own telephone rings: he picks up, unless a story tells otherwise."""
        if not self.agents.is_told(number):
            self._expect(call, Due.AGENT_TAKES, now + OUTSIDE_ANSWERS)
        elif (act := self.agents.at_a_ring(number, call.agent_leg_key)) is not None:
            self._expect(call, act.what, now + act.after)

    def agent_does_not_call(self, call: SimCall, reason: RingFailure, now: datetime) -> None:
        """The agent's own phone did not take the call that he wanted to make: it ends."""
        call.legs[-1].end(now, reason.value)
        self._tell(
            RingFailed, call, now, leg_key=call.agent_leg_key, phone=call.phone, reason=reason
        )
        self._end(call, EndedBy.EXCHANGE, now, cause=UNREACHABLE)

    def agent_waits_for_citizen(self, call: SimCall, order: CallOut, now: datetime) -> None:
        """The agent picked up: now the citizen's phone rings."""
        for what in (Due.NO_ANSWER, Due.AGENT_TAKES, Due.AGENT_REJECTS):
            call.due.pop(what, None)
        call.legs[-1].answered_at = now
        self._tell(AgentAnswered, call, now, leg_key=call.agent_leg_key, phone=call.phone)
        target = Target(
            kind=TargetKind.NUMBER, address=order.number, shown_number=order.shown_number
        )
        party = make_party(call, order, PartyRole.CITIZEN, target)
        self._ring_party(call, party, timedelta(seconds=order.ring_seconds), now)


def _need_agent(call: SimCall, phone: str) -> None:
    if call.place not in (Place.TALKING, Place.HELD) or call.phone != phone:
        _refuse("the phone is not in the call")


def _refuse(why: str) -> NoReturn:
    raise ExchangeRefused("refused", is_retryable=False, detail=why)
