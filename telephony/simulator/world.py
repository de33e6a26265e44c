"""The make-believe world behind the port: its callers, and what comes of each order.

Holds no thread, no lock and no clock. Each act takes the moment and leaves its news in `news`.
`pass_time` plays what fell due in between, each at its own moment, so that a jump of an hour
tells the same story as an hour.
"""

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NoReturn

from telephony.events import (
    AgentAnswered,
    AgentGone,
    AgentRinging,
    CallArrived,
    CallEnded,
    CallerPlaced,
    EndedBy,
    News,
    PartyLost,
    PhoneChanged,
    Place,
    RecordingReady,
    RingFailed,
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
from telephony.simulator.alone import AloneQueue
from telephony.simulator.phones import PhoneRack
from telephony.simulator.sim_call import Caller, Due, SimCall, as_live

INTAKE_LIMIT = timedelta(seconds=2)  # decisions 15
APP_GONE_LIMIT = timedelta(seconds=6)  # decisions 16
_ALONE_PIECE = timedelta(seconds=3)  # how often a caller left alone looks for the app
ALONE_RING = timedelta(seconds=15)  # how long the exchange's own queue rings one seat
_ANNOUNCEMENT = timedelta(seconds=4)
_PICK_UP = timedelta(milliseconds=300)
_FILE_CLOSED = timedelta(milliseconds=500)
_ENDED_KEPT = 200  # ended calls that are remembered for the panel

NORMAL_CLEARING, CALL_REJECTED = 16, 21  # Q.850

_HELD_FOR_US = frozenset({Place.QUEUE, Place.KEPT})
_RING_DATES = (Due.NO_ANSWER, Due.PICKS_UP, Due.AGENT_TAKES, Due.AGENT_REJECTS)


class World:
    """Callers, calls, phones and recordings of one simulated exchange."""

    def __init__(self, exchange_id: str, boot_id: str, *, agents: Agents | None = None) -> None:
        self.exchange_id = exchange_id
        self.agents = agents or Agents(0)
        self.alone = AloneQueue()
        self.chronicle: list[SimCall] | None = None  # every call that ended, when somebody asks
        self.boot_id = boot_id
        self.calls: dict[str, SimCall] = {}  # those that are up
        self.ended: list[SimCall] = []
        self.phones = PhoneRack()
        self.recordings: dict[str, timedelta] = {}  # name → length
        self.news: list[News] = []
        self._agenda: list[tuple[datetime, int, SimCall, Due]] = []
        self._calls_placed = 0
        self._dates_made = 0
        self._app_gone_at: datetime | None = None
        self._acts: dict[Due, Callable[[SimCall, datetime], None]] = {
            Due.INTAKE: lambda call, now: self._put(call, Place.ALONE, now),
            Due.ANNOUNCED: lambda call, now: self._end(call, EndedBy.EXCHANGE, now),
            Due.GIVES_UP: lambda call, now: self._end(call, EndedBy.CALLER, now),
            Due.NO_ANSWER: lambda call, now: self._ring_failed(call, RingFailure.NO_ANSWER, now),
            Due.PICKS_UP: self._talk,
            Due.TALKED: lambda call, now: self._end(call, EndedBy.CALLER, now),
            Due.RECORDED: self._tell_recordings,
            Due.LOOKS_BACK: self._look_for_the_app,
            Due.AGENT_TAKES: self._talk,
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

    def let_in(self, call_key: str, action: IntakeAction | None, now: datetime) -> None:
        """Do with a call at the door as the app said; None: the app failed to say."""
        call = self.calls.get(call_key)
        if call is None or call.place is not Place.INTAKE or Due.INTAKE not in call.due:
            return  # said too late, or said already
        del call.due[Due.INTAKE]
        if action is IntakeAction.QUEUE:
            self._put(call, Place.QUEUE, now)
        elif action is IntakeAction.ANNOUNCE:
            self._expect(call, Due.ANNOUNCED, now + _ANNOUNCEMENT)
        elif action is IntakeAction.REFUSE:
            self._end(call, EndedBy.EXCHANGE, now, cause=CALL_REJECTED)
        else:
            self._put(call, Place.ALONE, now)

    def caller_hangs_up(self, call_key: str, now: datetime) -> None:
        """Let the caller end the call."""
        self._end(self._call(call_key), EndedBy.CALLER, now)

    # --- the app --------------------------------------------------------------------------

    def app_left(self, now: datetime) -> None:
        """Note that nobody listens from now on; callers on hold soon go the exchange's way."""
        self._app_gone_at = self._app_gone_at or now

    def app_is_back(self) -> None:
        """Note that somebody listens; callers left alone see it when they look next."""
        self._app_gone_at = None

    def reboot(self, boot_id: str) -> None:
        """Crash and start again: every call is gone without a word, phones and files stay."""
        self.boot_id = boot_id
        self.calls.clear()
        self.news.clear()
        self._agenda.clear()

    def obey(self, order: Order, now: datetime) -> None:
        """Do what an order says, once; raise ExchangeRefused when that cannot be."""
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

    def agent_leaves(self, phone: str, reason: PartyLost, now: datetime) -> None:
        """Let an agent's leg leave its talk: hung up ends the call, a loss keeps the caller."""
        call = self._call_at(phone)
        if call is None or call.place is not Place.TALKING:
            raise ExchangeRefused("refused", is_retryable=False, detail="the phone is not talking")
        self._part(call, reason, now)
        if reason is PartyLost.HUNG_UP:
            self._end(call, EndedBy.AGENT, now)
        else:
            self._put(call, Place.KEPT, now)

    def lose_phone(self, phone: str, now: datetime, *, is_away: timedelta = timedelta(0)) -> None:
        """Let a phone go away in mid-call; it comes back after `is_away`, or as its talk plans."""
        call = self._call_at(phone)
        away = is_away or (call.away if call else timedelta(0))
        if call is not None and call.place is Place.TALKING:
            self.agent_leaves(phone, PartyLost.PHONE_LOST, now)
        self.change_phone(phone, now, is_desk_open=False)
        self.phones.plan_return(phone, now + away)

    # --- orders ---------------------------------------------------------------------------

    def _ring(self, call: SimCall, order: RingAgent, now: datetime) -> None:
        if call.place in (Place.RINGING, Place.TALKING) and call.phone == order.phone:
            return
        if call.place not in _HELD_FOR_US:
            _refuse_in(call)
        call.is_resumed, call.is_rung_alone = order.resumes, False
        self._ring_phone(call, order.phone, timedelta(seconds=order.ring_seconds), now)

    def _ring_phone(self, call: SimCall, phone: str, lasts: timedelta, now: datetime) -> None:
        is_busy = self._call_at(phone) is not None
        leg = call.new_leg(phone)
        if not self.phones.is_there(phone):
            self._ring_failed(call, RingFailure.UNREACHABLE, now)
        elif is_busy:
            self._ring_failed(call, RingFailure.BUSY, now)
        else:
            call.due.pop(Due.LOOKS_BACK, None)
            call.place, call.place_since, leg.rang_at = Place.RINGING, now, now
            self._tell(AgentRinging, call, now, leg_key=leg.leg_key, phone=phone)
            self._expect(call, Due.NO_ANSWER, now + lasts)
            if call.is_resumed:
                self._expect(call, Due.PICKS_UP, now + _PICK_UP)
            elif (act := self.agents.at_a_ring(phone, leg.leg_key)) is not None:
                self._expect(call, act.what, now + act.after)

    def _stop_ringing(self, call: SimCall, order: StopRinging, now: datetime) -> None:
        if call.place is Place.RINGING and call.phone == order.phone:
            self._ring_failed(call, RingFailure.WITHDRAWN, now)
        elif call.place in (Place.RINGING, Place.TALKING):
            _refuse_in(call)

    def _hold_at(self, call: SimCall, place: Place, now: datetime) -> None:
        if call.place is place:
            return
        if call.place is Place.INTAKE:
            _refuse_in(call)
        if call.place is Place.TALKING:
            self._part(call, PartyLost.PHONE_LOST, now)
        elif call.place is Place.RINGING:
            self._stop_ring(call, RingFailure.WITHDRAWN, now)
        self._put(call, place, now)

    def _answer(self, call: SimCall, order: AnswerForAgent, now: datetime) -> None:
        if call.place is Place.TALKING and call.phone == order.phone:
            return
        if call.place is not Place.RINGING or call.phone != order.phone:
            _refuse_in(call)
        self._talk(call, now)

    # --- what becomes of a call -------------------------------------------------------------

    def _put(self, call: SimCall, place: Place, now: datetime) -> None:
        was_waiting = Due.GIVES_UP in call.due
        call.queued_at = call.queued_at or (None if place is Place.KEPT else now)
        call.place, call.place_since, call.phone = place, now, None
        call.place_counter += 1
        self._tell(CallerPlaced, call, now, counter=call.place_counter, place=place)
        call.due.pop(Due.LOOKS_BACK, None)
        if place is Place.ALONE:
            self._expect(call, Due.LOOKS_BACK, now + _ALONE_PIECE)
        if not was_waiting and call.patience is not None:
            self._expect(call, Due.GIVES_UP, now + call.patience)

    def _look_for_the_app(self, call: SimCall, now: datetime) -> None:
        if self._app_gone_at is None:
            self._put(call, Place.QUEUE, now)
            return
        phone = self.alone.next_seat(
            lambda seat: self.phones.is_there(seat) and self._call_at(seat) is None
        )
        if phone is None:
            self._expect(call, Due.LOOKS_BACK, now + _ALONE_PIECE)
        else:
            call.is_resumed, call.is_rung_alone = False, True
            self._ring_phone(call, phone, ALONE_RING, now)

    def _talk(self, call: SimCall, now: datetime) -> None:
        for what in (*_RING_DATES, Due.GIVES_UP):
            call.due.pop(what, None)
        call.place, call.place_since, call.talking_since = Place.TALKING, now, now
        call.legs[-1].answered_at = now
        self._tell(AgentAnswered, call, now, leg_key=call.agent_leg_key, phone=call.phone)
        self._expect(call, Due.TALKED, now + call.talk_left)
        act = self.agents.in_a_talk(call.agent_leg_key, length=call.talk_left)
        if act is not None:
            call.away = act.is_away
            self._expect(call, act.what, now + act.after)

    def _ring_failed(self, call: SimCall, reason: RingFailure, now: datetime) -> None:
        self._stop_ring(call, reason, now)
        # a conversation that could not be resumed stays where it was kept
        back = Place.ALONE if call.is_rung_alone else Place.QUEUE
        self._put(call, Place.KEPT if call.is_resumed else back, now)

    def _stop_ring(self, call: SimCall, reason: RingFailure, now: datetime) -> None:
        for what in _RING_DATES:
            call.due.pop(what, None)
        call.legs[-1].end(now, reason.value)
        self._tell(
            RingFailed, call, now, leg_key=call.agent_leg_key, phone=call.phone, reason=reason
        )

    def _part(self, call: SimCall, reason: PartyLost, now: datetime) -> None:
        call.stop_talk(now)
        call.legs[-1].end(now, reason.value)
        self._tell(
            AgentGone, call, now, leg_key=call.agent_leg_key, phone=call.phone, reason=reason
        )

    def _end(
        self, call: SimCall, ended_by: EndedBy, now: datetime, *, cause: int = NORMAL_CLEARING
    ) -> None:
        call.stop_talk(now)
        call.due.clear()
        call.ended_at, call.ended_by, call.cause = now, ended_by, cause
        if call.legs:
            call.legs[-1].end(now, "call_ended")
        del self.calls[call.call_key]
        if self.chronicle is not None:
            self.chronicle.append(call)
        self.ended = [*self.ended[-_ENDED_KEPT:], call]
        self._tell(CallEnded, call, now, cause=cause, ended_by=ended_by)
        if call.segments:
            self._expect(call, Due.RECORDED, now + _FILE_CLOSED)

    def _tell_recordings(self, call: SimCall, now: datetime) -> None:
        for number, length in enumerate(call.segments, start=1):
            name = f"{self.exchange_id}_{call.call_key}_{number}.wav"
            self.recordings[name] = length
            self._tell(RecordingReady, call, now, counter=number, recording_name=name)

    # --- small things -----------------------------------------------------------------------

    def _call(self, call_key: str) -> SimCall:
        call = self.calls.get(call_key)
        if call is None:
            raise ExchangeRefused("no-such-call", is_retryable=False, detail=call_key)
        return call

    def _call_at(self, phone: str) -> SimCall | None:
        return next((call for call in self.calls.values() if call.phone == phone), None)

    def _on_hold(self) -> list[SimCall]:
        return [c for c in self.calls.values() if c.place in _HELD_FOR_US]

    def _expect(self, call: SimCall, what: Due, at: datetime) -> None:
        call.due[what] = at
        self._dates_made += 1  # so that two dates at one moment keep their order
        heapq.heappush(self._agenda, (at, self._dates_made, call, what))

    def _tell(
        self,
        kind: Callable[..., News],
        call: SimCall,
        now: datetime,
        *,
        leg_key: str = "",
        **what: Any,
    ) -> None:
        self.news.append(
            kind(
                exchange_id=self.exchange_id,
                boot_id=self.boot_id,
                call_key=call.call_key,
                leg_key=leg_key or call.call_key,
                happened_at=now,
                **what,
            )
        )


def _refuse_in(call: SimCall) -> NoReturn:
    """Refuse an order that does not fit the caller's place; he comes to the queue by himself."""
    raise ExchangeRefused(
        "refused",
        is_retryable=call.place in (Place.INTAKE, Place.ALONE),
        detail=f"the caller is in {call.place}",
    )
