"""The make-believe world behind the port: its callers, and what comes of each order.

Holds no thread, no lock and no clock. Each act takes the moment and leaves its news in `news`.
`pass_time` plays what fell due in between, each at its own moment, so that a jump of an hour
tells the same story as an hour.
"""

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from telephony.control_orders import CallOut
from telephony.events import (
    CallArrived,
    EndedBy,
    PartyLost,
    PhoneChanged,
    Place,
    RingFailure,
)
from telephony.orders import (
    AnswerForAgent,
    HangUp,
    KeepCaller,
    Order,
    ReturnToQueue,
    RingAgent,
    StopRinging,
)
from telephony.port import ExchangeRefused, IntakeAction, LiveCall
from telephony.simulator.agents import Agents
from telephony.simulator.call_control import CallControl
from telephony.simulator.lines import CALL_REJECTED, HELD_FOR_US, refuse_in
from telephony.simulator.old_seats import ForwardWish
from telephony.simulator.sim_call import Caller, Due, SimCall, as_live

INTAKE_LIMIT = timedelta(seconds=2)  # decisions 15
APP_GONE_LIMIT = timedelta(seconds=6)  # decisions 16
_ANNOUNCEMENT = timedelta(seconds=4)
GREETING = timedelta(seconds=5)  # how long every greeting takes here
RECORDING_NOTICE = timedelta(seconds=3)


class World(CallControl):
    """Callers, calls, phones and recordings of one simulated exchange."""

    def __init__(self, exchange_id: str, boot_id: str, *, agents: Agents | None = None) -> None:
        super().__init__(exchange_id, boot_id, agents=agents)
        self._calls_placed = 0
        self._acts: dict[Due, Callable[[SimCall, datetime], None]] = {
            Due.INTAKE: lambda call, now: self._put(call, Place.ALONE, now),
            Due.GREETED: lambda call, now: self._put(call, Place.QUEUE, now),
            Due.ANNOUNCED: lambda call, now: self._end(call, EndedBy.EXCHANGE, now),
            Due.GIVES_UP: lambda call, now: self._end(call, EndedBy.CALLER, now),
            Due.NO_ANSWER: lambda call, now: self._ring_failed(call, RingFailure.NO_ANSWER, now),
            Due.PARTY_TAKES: self.party_takes,
            Due.PARTY_REJECTS: self.party_rejects,
            Due.PARTY_NO_ANSWER: self.party_is_silent,
            Due.SUPERVISOR_NO_ANSWER: self.supervisor_is_silent,
            Due.PICKS_UP: self._talk,
            Due.TALKED: lambda call, now: self._end(call, EndedBy.CALLER, now),
            Due.RECORDED: self._tell_recordings,
            Due.FORWARD_TAKEN: self._forward_taken,
            Due.FORWARD_FAILS: self._forward_failed,
            Due.LOOKS_BACK: self._look_for_the_app,
            Due.AGENT_TAKES: self._agent_takes,
            Due.AGENT_REJECTS: lambda call, now: self._ring_failed(call, RingFailure.REJECTED, now),
            Due.AGENT_HANGS_UP: lambda call, now: self.agent_leaves(
                call.phone or "", PartyLost.HUNG_UP, now
            ),
            Due.AGENT_LOSES_PHONE: lambda call, now: self.lose_phone(call.phone or "", now),
        }
        self._orders: dict[type[Order], Callable[[SimCall, Any, datetime], None]] = {
            RingAgent: self._ring,
            StopRinging: self._stop_ringing,
            KeepCaller: lambda call, _order, now: self._hold_at(call, Place.KEPT, now),
            ReturnToQueue: lambda call, _order, now: self._hold_at(call, Place.QUEUE, now),
            AnswerForAgent: self._answer,
            HangUp: lambda call, _order, now: self._end(call, EndedBy.APP, now),
            **self._control_orders(),
        }

    # --- time -----------------------------------------------------------------------------

    def next_due(self) -> datetime | None:
        """Return when something happens by itself, or None."""
        while self._agenda:
            due, _, call, what = self._agenda[0]
            if call.due.get(what) == due:
                break
            heapq.heappop(self._agenda)  # it was called off
        moments = [self._agenda[0][0]] if self._agenda else []
        if self._app_gone_at and self._on_hold():
            moments.append(self._app_gone_at + APP_GONE_LIMIT)
        if (comes_back := self.phones.next_return()) is not None:
            moments.append(comes_back)
        return min(moments, default=None)

    def pass_time(self, now: datetime) -> None:
        """Play everything that fell due up to `now`."""
        while (due := self.next_due()) is not None and due <= now:
            if self._agenda and self._agenda[0][0] == due:
                _, _, call, what = heapq.heappop(self._agenda)
                del call.due[what]
                self._acts[what](call, due)
            elif self.phones.next_return() == due:
                self.change_phone(self.phones.take_return(), due, is_desk_open=True)
            else:
                for call in self._on_hold():
                    # whoever came on hold later than the limit looks at the heartbeat at once
                    self._put(call, Place.ALONE, max(due, call.place_since or due))

    # --- callers --------------------------------------------------------------------------

    def place_call(self, caller: Caller, now: datetime) -> SimCall:
        """Let somebody call."""
        self._calls_placed += 1
        call = SimCall(
            call_key=f"{self.boot_id}.{self._calls_placed}",
            from_number=caller.from_number,
            from_name=caller.from_name,
            dialled_number=caller.dialled_number,
            invited_at=now,
            patience=caller.patience,
            talk_left=caller.talk,
            place_since=now,
        )
        self.calls[call.call_key] = call
        self._tell(
            CallArrived,
            call,
            now,
            from_number=call.from_number,
            from_name=call.from_name,
            dialled_number=call.dialled_number,
            invited_at=now,
        )
        self._expect(call, Due.INTAKE, now + INTAKE_LIMIT)
        if caller.patience is not None:
            self._expect(call, Due.GIVES_UP, now + caller.patience)
        return call

    def let_in(
        self,
        call_key: str,
        action: IntakeAction | None,
        now: datetime,
        *,
        forward: ForwardWish | None = None,
        greeted: timedelta = timedelta(0),
    ) -> None:
        """Do with a call at the door as the app said; None: the app failed to say.

        `greeted` is how long the caller hears greeting and notice before he stands in line.
        """
        call = self.calls.get(call_key)
        if call is None or call.place is not Place.INTAKE or Due.INTAKE not in call.due:
            return  # said too late, or said already
        del call.due[Due.INTAKE]
        call.greeted = greeted
        if action is IntakeAction.FORWARD and forward is not None:
            self._forward(call, forward, now)
        elif action in (IntakeAction.QUEUE, IntakeAction.HUMAN_FIRST):
            self._greet(call, now)
        elif action is IntakeAction.ANNOUNCE:
            self._expect(call, Due.ANNOUNCED, now + _ANNOUNCEMENT)
        elif action is IntakeAction.REFUSE:
            self._end(call, EndedBy.EXCHANGE, now, cause=CALL_REJECTED)
        else:
            self._put(call, Place.ALONE, now)

    def caller_hangs_up(self, call_key: str, now: datetime) -> None:
        """Let the caller end the call, wherever he is."""
        self._end(self._call(call_key), EndedBy.CALLER, now)

    # --- the app --------------------------------------------------------------------------

    def app_left(self, now: datetime) -> None:
        """Note that nobody listens from now on; callers on hold soon go the exchange's way."""
        self._app_gone_at = self._app_gone_at or now

    def app_is_back(self) -> None:
        """Note that somebody listens; callers left alone see it when they look next."""
        self._app_gone_at = None

    def reboot(self, boot_id: str, now: datetime) -> None:
        """Crash and start again: every call is gone without a word, phones and files stay."""
        self.boot_id = boot_id
        for call in self.calls.values():
            call.crash(now)
        if self.chronicle is not None:
            self.chronicle.extend(self.calls.values())
        self.calls.clear()
        self.news.clear()
        self._agenda.clear()

    def obey(self, order: Order, now: datetime) -> None:
        """Do what an order says, once; raise ExchangeRefused when that cannot be."""
        if isinstance(order, CallOut):
            if not any(order.call_key == c.call_key for c in [*self.calls.values(), *self.ended]):
                self.call_out(order, now)
            return
        call = self._call(order.call_key)
        if order.order_id in call.orders_taken:
            return
        self._orders[type(order)](call, order, now)
        call.orders_taken.add(order.order_id)

    def live_calls(self) -> list[LiveCall]:
        """Return every caller who is on the line."""
        return [
            as_live(call, exchange_id=self.exchange_id, boot_id=self.boot_id)
            for call in self.calls.values()
        ]

    # --- phones ---------------------------------------------------------------------------

    def change_phone(
        self,
        phone: str,
        now: datetime,
        *,
        is_admitted: bool | None = None,
        is_desk_open: bool | None = None,
    ) -> None:
        """Note an admission or a desk; a phone that goes stops ringing, its talk falls silent."""
        contact = self.phones.contact(phone)
        if not self.phones.change(phone, is_admitted=is_admitted, is_desk_open=is_desk_open):
            return
        self.news.append(
            PhoneChanged(
                exchange_id=self.exchange_id,
                phone=phone,
                is_there=self.phones.is_there(phone),
                contact=self.phones.contact(phone) or contact,
                happened_at=now,
            )
        )
        call = self._call_at(phone)
        if call and call.place is Place.RINGING and not self.phones.is_there(phone):
            self._ring_failed(call, RingFailure.UNREACHABLE, now)
        if not self.phones.is_there(phone):
            self._phone_leaves_its_party(phone, now)

    def agent_leaves(self, phone: str, reason: PartyLost, now: datetime) -> None:
        """Let an agent's leg leave its talk: hung up ends the call, a loss keeps the caller."""
        call = self._call_at(phone)
        if call is None or call.place not in (Place.TALKING, Place.HELD):
            raise ExchangeRefused("refused", is_retryable=False, detail="the phone is not talking")
        if reason is PartyLost.HUNG_UP and any(party.is_talking for party in call.talkers):
            self._leave_to_parties(call, now)
            return
        self._drop_parties(call, now)
        self._part(call, reason, now)
        if reason is PartyLost.HUNG_UP:
            self._end(call, EndedBy.AGENT, now)
        else:
            self._put(call, Place.KEPT, now)

    def lose_phone(self, phone: str, now: datetime, *, is_away: timedelta = timedelta(0)) -> None:
        """Let a phone go away in mid-call; it comes back after `is_away`, or as its talk plans."""
        call = self._call_at(phone)
        away = is_away or (call.away if call else timedelta(0))
        if call is not None and call.place in (Place.TALKING, Place.HELD):
            self.agent_leaves(phone, PartyLost.PHONE_LOST, now)
        self.change_phone(phone, now, is_desk_open=False)
        self.phones.plan_return(phone, now + away)

    # --- orders ---------------------------------------------------------------------------

    def _ring(self, call: SimCall, order: RingAgent, now: datetime) -> None:
        if call.place in (Place.RINGING, Place.TALKING) and call.phone == order.phone:
            return
        if call.place not in HELD_FOR_US:
            refuse_in(call)
        call.is_resumed, call.is_rung_alone = order.resumes, False
        self._ring_phone(call, order.phone, timedelta(seconds=order.ring_seconds), now)

    def _stop_ringing(self, call: SimCall, order: StopRinging, now: datetime) -> None:
        if call.place is Place.RINGING and call.phone == order.phone:
            self._ring_failed(call, RingFailure.WITHDRAWN, now)
        elif call.place in (Place.RINGING, Place.TALKING):
            refuse_in(call)

    def _hold_at(self, call: SimCall, place: Place, now: datetime) -> None:
        if call.place is place:
            return
        if call.place in (Place.INTAKE, Place.CALLED):
            refuse_in(call)
        if call.place in (Place.TALKING, Place.HELD):
            self._drop_parties(call, now)
            if call.phone is not None:
                self._part(call, PartyLost.PHONE_LOST, now)
        elif call.place is Place.RINGING:
            self._stop_ring(call, RingFailure.WITHDRAWN, now)
        self._put(call, place, now)

    def _answer(self, call: SimCall, order: AnswerForAgent, now: datetime) -> None:
        party = self._ringing_party(call, order.phone)
        if party is not None:
            self.party_answers(call, party, now)
            return
        if call.place is Place.TALKING and call.phone == order.phone:
            return
        is_called_out = call.place is Place.CALLED and Due.NO_ANSWER in call.due
        if not is_called_out and (call.place is not Place.RINGING or call.phone != order.phone):
            refuse_in(call)
        self._agent_takes(call, now)

    def _agent_takes(self, call: SimCall, now: datetime) -> None:
        if call.place is Place.CALLED and call.calls_out:
            self.agent_waits_for_citizen(call, call.calls_out, now)
        else:
            self._talk(call, now)
