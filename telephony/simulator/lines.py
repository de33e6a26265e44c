"""What becomes of a call in the make-believe world: the small steps, each with its news.

No order, no caller and no clock here: `world.py` decides when a step is taken.
"""

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NoReturn

from telephony.events import (
    AgentAnswered,
    AgentGone,
    AgentRinging,
    CallEnded,
    CallerPlaced,
    EndedBy,
    News,
    PartyLost,
    Place,
    RecordingReady,
    RingFailed,
    RingFailure,
)
from telephony.landing_events import CallForwarding, ForwardAnswered, ForwardFailed
from telephony.port import NO_SUCH_CALL, ExchangeRefused
from telephony.simulator.agents import Agents
from telephony.simulator.alone import AloneQueue
from telephony.simulator.old_seats import ForwardWish, OldSeats
from telephony.simulator.phones import PhoneRack
from telephony.simulator.sim_call import Due, SimCall

_ALONE_PIECE = timedelta(seconds=3)  # how often a caller left alone looks for the app
ALONE_RING = timedelta(seconds=15)  # how long the exchange's own queue rings one seat
_PICK_UP = timedelta(milliseconds=300)
_FILE_CLOSED = timedelta(milliseconds=500)
_ENDED_KEPT = 200  # ended calls that are remembered for the panel

NORMAL_CLEARING, NO_ANSWER, CALL_REJECTED = 16, 19, 21  # Q.850

HELD_FOR_US = frozenset({Place.QUEUE, Place.KEPT})
_RING_DATES = (Due.NO_ANSWER, Due.PICKS_UP, Due.AGENT_TAKES, Due.AGENT_REJECTS)


class Lines:
    """The calls of one simulated exchange and the steps they can take."""

    def __init__(self, exchange_id: str, boot_id: str, *, agents: Agents | None = None) -> None:
        self.exchange_id = exchange_id
        self.agents = agents or Agents(0)
        self.alone = AloneQueue()
        self.old_seats = OldSeats()
        self.chronicle: list[SimCall] | None = None  # every call that ended, when somebody asks
        self.boot_id = boot_id
        self.calls: dict[str, SimCall] = {}  # those that are up
        self.ended: list[SimCall] = []
        self.phones = PhoneRack()
        self.recordings: dict[str, timedelta] = {}  # name → length
        self.news: list[News] = []
        self._agenda: list[tuple[datetime, int, SimCall, Due]] = []
        self._dates_made = 0
        self._app_gone_at: datetime | None = None

    def _ring_phone(self, call: SimCall, phone: str, lasts: timedelta, now: datetime) -> None:
        is_busy = self._is_busy(phone)
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

    def _put(self, call: SimCall, place: Place, now: datetime) -> None:
        was_waiting = Due.GIVES_UP in call.due
        call.stop_hold(now)
        call.queued_at = call.queued_at or (None if place is Place.KEPT else now)
        call.place, call.place_since, call.phone = place, now, None
        call.place_counter += 1
        self._tell(CallerPlaced, call, now, counter=call.place_counter, place=place)
        for what in (Due.LOOKS_BACK, Due.GREETED):
            call.due.pop(what, None)
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
        if call.place is Place.CALLED:
            self._end(call, EndedBy.EXCHANGE, now, cause=NO_ANSWER)
            return
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
        call.stop_hold(now)
        call.is_muted = False  # it was that leg which was muted
        call.legs[-1].end(now, reason.value)
        self._tell(
            AgentGone, call, now, leg_key=call.agent_leg_key, phone=call.phone, reason=reason
        )

    def _end(
        self, call: SimCall, ended_by: EndedBy, now: datetime, *, cause: int = NORMAL_CLEARING
    ) -> None:
        call.stop_talk(now)
        call.stop_hold(now)
        call.due.clear()
        for party in call.parties:
            party.end(now, "call_ended")
        call.parties.clear()
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

    def _forward(self, call: SimCall, wish: ForwardWish, now: datetime) -> None:
        call.place, call.place_since = Place.FORWARDED, now
        call.forwards, call.forward_to = call.forwards + 1, wish.number
        self._tell_forward(CallForwarding, call, now)
        after = self.old_seats.picks_up(wish)
        if after is not None:
            self._expect(call, Due.FORWARD_TAKEN, now + after)
        else:
            self._expect(call, Due.FORWARD_FAILS, now + wish.ring)

    def _forward_taken(self, call: SimCall, now: datetime) -> None:
        call.due.pop(Due.GIVES_UP, None)
        self._tell_forward(ForwardAnswered, call, now)
        self._expect(call, Due.TALKED, now + call.talk_left)

    def _forward_failed(self, call: SimCall, now: datetime) -> None:
        self._tell_forward(ForwardFailed, call, now, reason=RingFailure.NO_ANSWER)
        self._greet(call, now)

    def _greet(self, call: SimCall, now: datetime) -> None:
        """Let the caller hear greeting and notice, if any, and then stand in line."""
        if call.greeted:
            self._expect(call, Due.GREETED, now + call.greeted)
        else:
            self._put(call, Place.QUEUE, now)

    def _tell_forward(
        self, kind: Callable[..., News], call: SimCall, now: datetime, **what: Any
    ) -> None:
        self._tell(kind, call, now, counter=call.forwards, number=call.forward_to, **what)

    def _call(self, call_key: str) -> SimCall:
        call = self.calls.get(call_key)
        if call is None:
            raise ExchangeRefused(NO_SUCH_CALL, is_retryable=False, detail=call_key)
        return call

    def _call_at(self, phone: str) -> SimCall | None:
        return next((call for call in self.calls.values() if call.phone == phone), None)

    def _is_busy(self, phone: str) -> bool:
        return self._call_at(phone) is not None

    def _on_hold(self) -> list[SimCall]:
        return [c for c in self.calls.values() if c.place in HELD_FOR_US]

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


def refuse_in(call: SimCall) -> NoReturn:
    """Refuse an order that does not fit the caller's place; he comes to the queue by himself."""
    raise ExchangeRefused(
        "refused",
        is_retryable=call.place in (Place.INTAKE, Place.ALONE),
        detail=f"the caller is in {call.place}",
    )
