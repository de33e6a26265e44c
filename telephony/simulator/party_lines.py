"""Who is in a make-believe call besides caller and agent: rung, talking, gone, taking over.

As on a real exchange: a colleague who takes a transferred caller becomes the call's agent, and
supervisors leave with the agent they are beside. Numbers outside answer by themselves, unless a
story tells them to let it ring.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from telephony.control_events import (
    CitizenAnswered,
    PartyAnswered,
    PartyFailed,
    PartyGone,
    PartyRinging,
    PartyRole,
    SupervisionChanged,
)
from telephony.control_orders import Target, TargetKind
from telephony.events import EndedBy, News, PartyLost, Place, RingFailure
from telephony.orders import Order
from telephony.simulator.lines import NO_ANSWER, Lines
from telephony.simulator.sim_call import Due, SimCall, SimLeg, SimParty

OUTSIDE_ANSWERS = timedelta(seconds=2)


class PartyLines(Lines):
    """Further legs and the steps they can take."""

    def _ring_party(self, call: SimCall, party: SimParty, lasts: timedelta, now: datetime) -> None:
        call.parties.append(party)
        party.rings_for = lasts
        if party not in call.all_parties:  # else he is rung at his second number
            call.all_parties.append(party)
        is_there = party.is_outside or self.phones.is_there(party.address)
        if not is_there:
            self._party_failed(call, party, RingFailure.UNREACHABLE, now)
        elif not party.is_outside and self._is_busy(party.address, but=party):
            self._party_failed(call, party, RingFailure.BUSY, now)
        else:
            party.rang_at = now
            self._tell_party(PartyRinging, call, party, now)
            self._expect(call, _no_answer_of(party), now + lasts)
            if party.is_outside:
                self._await_outside(call, party, now)

    def _await_outside(self, call: SimCall, party: SimParty, now: datetime) -> None:
        if not self.agents.is_told(party.address):
            self._expect(call, Due.PARTY_TAKES, now + OUTSIDE_ANSWERS)
        elif (act := self.agents.at_a_ring(party.address, party.leg_key)) is not None:
            takes = act.what is Due.AGENT_TAKES
            self._expect(call, Due.PARTY_TAKES if takes else Due.PARTY_REJECTS, now + act.after)

    def party_answers(self, call: SimCall, party: SimParty, now: datetime) -> None:
        """Let a ringing party take the call."""
        self._ring_no_longer(call, party)
        party.is_talking, party.answered_at = True, now
        if party.role is PartyRole.CITIZEN:
            call.parties.remove(party)
            self._count(CitizenAnswered, call, now)
            self._talk_on(call, now)
            return
        self._tell_party(PartyAnswered, call, party, now)
        if party.role is PartyRole.SUPERVISOR:
            self._tell_supervision(call, party, now, order_id=party.order_id)
        elif party.role is PartyRole.TRANSFERRED_TO:
            self._hand_to(call, party, now)

    def party_takes(self, call: SimCall, now: datetime) -> None:
        """Let whoever rings outside answer."""
        for party in [each for each in call.talkers if not each.is_talking]:
            self.party_answers(call, party, now)

    def party_rejects(self, call: SimCall, now: datetime) -> None:
        """Whoever rings outside is busy."""
        for party in [each for each in call.talkers if not each.is_talking]:
            self._party_failed(call, party, RingFailure.BUSY, now)

    def party_is_silent(self, call: SimCall, now: datetime) -> None:
        """Nobody answered at the party's phone in time."""
        for party in [each for each in call.talkers if not each.is_talking]:
            self._party_failed(call, party, RingFailure.NO_ANSWER, now)

    def supervisor_is_silent(self, call: SimCall, now: datetime) -> None:
        """The supervisor did not answer in time."""
        for party in [each for each in call.supervisors if not each.is_talking]:
            self._party_failed(call, party, RingFailure.NO_ANSWER, now)

    def _party_failed(
        self, call: SimCall, party: SimParty, reason: RingFailure, now: datetime
    ) -> None:
        self._ring_no_longer(call, party)
        call.parties.remove(party)
        if party.fallback_number and reason is not RingFailure.WITHDRAWN:
            party.address, party.fallback_number = party.fallback_number, ""
            self._ring_party(call, party, party.rings_for, now)
            return
        party.end(now, reason.value)
        self._tell_party(PartyFailed, call, party, now, reason=reason)
        if party.role is PartyRole.TRANSFERRED_TO:
            self._put(call, Place.QUEUE, now)
        elif party.role is PartyRole.CITIZEN:
            self._end(call, EndedBy.EXCHANGE, now, cause=NO_ANSWER)

    def _party_goes(self, call: SimCall, party: SimParty, now: datetime) -> None:
        """A party's leg ends. The last one, with no agent in the call, ends it."""
        self._ring_no_longer(call, party)
        call.parties.remove(party)
        party.end(now, "gone")
        self._tell_party(PartyGone, call, party, now)
        if call.phone is None and call.place is Place.TALKING and not call.talkers:
            self._end(call, EndedBy.AGENT, now)

    def _drop_parties(self, call: SimCall, now: datetime) -> None:
        """The agent they were there for is gone."""
        self._end_supervision(call, now)
        for party in call.talkers:
            self._ring_no_longer(call, party)
            call.parties.remove(party)
            party.end(now, "gone")
            self._tell_party(PartyGone, call, party, now)

    def _phone_leaves_its_party(self, phone: str, now: datetime) -> None:
        """The phone of a party is gone: it stops ringing, or its leg ends."""
        for call in list(self.calls.values()):
            for party in list(call.parties):
                if party.is_outside or party.address != phone:
                    continue
                if not party.is_talking:
                    self._party_failed(call, party, RingFailure.UNREACHABLE, now)
                elif party.role is PartyRole.SUPERVISOR:
                    self._end_supervisor(call, party, now)
                else:
                    self._party_goes(call, party, now)

    def _end_supervision(self, call: SimCall, now: datetime) -> None:
        for party in list(call.supervisors):
            self._end_supervisor(call, party, now)

    def _end_supervisor(
        self, call: SimCall, party: SimParty, now: datetime, *, order_id: int | None = None
    ) -> None:
        if not party.is_talking:
            self._party_failed(call, party, RingFailure.WITHDRAWN, now)
            return
        party.mode = None
        self._tell_supervision(call, party, now, order_id=order_id)
        self._party_goes(call, party, now)

    def _tell_supervision(
        self, call: SimCall, party: SimParty, now: datetime, *, order_id: int | None
    ) -> None:
        self._count(
            SupervisionChanged,
            call,
            now,
            leg_key=party.leg_key,
            phone=party.address,
            mode=party.mode,
            order_id=order_id,
        )

    def _leave_to_parties(self, call: SimCall, now: datetime) -> None:
        """The agent goes; one of ours who answered becomes the agent, else the call talks on."""
        self._part(call, PartyLost.TRANSFERRED, now)
        self._end_supervision(call, now)
        answered = [party for party in call.talkers if party.is_talking]
        self._hand_to(call, min(answered, key=lambda party: party.is_outside), now)

    def _hand_to(self, call: SimCall, party: SimParty, now: datetime) -> None:
        call.is_muted = False
        call.phone = None
        if party.is_outside:
            party.role = PartyRole.TRANSFERRED_TO
        else:
            call.parties.remove(party)
            call.all_parties.remove(party)  # from now on his leg is the agent's
            call.phone, call.taker = party.address, party
            leg = SimLeg(leg_key=party.leg_key, phone=party.address)
            leg.rang_at, leg.answered_at = party.rang_at, party.answered_at
            call.legs.append(leg)
        self._talk_on(call, now)

    def _talk_on(self, call: SimCall, now: datetime) -> None:
        call.stop_hold(now)
        call.place, call.place_since, call.talking_since = Place.TALKING, now, now
        self._expect(call, Due.TALKED, now + call.talk_left)

    @staticmethod
    def _ring_no_longer(call: SimCall, party: SimParty) -> None:
        for what in (_no_answer_of(party), Due.PARTY_TAKES, Due.PARTY_REJECTS):
            call.due.pop(what, None)

    # --- small things -----------------------------------------------------------------------

    def _is_busy(self, phone: str, *, but: SimParty | None = None) -> bool:
        return self._call_at(phone) is not None or any(
            party.address == phone and not party.is_outside and party is not but
            for call in self.calls.values()
            for party in call.parties
        )

    def _ringing_party(self, call: SimCall, phone: str) -> SimParty | None:
        return next((p for p in call.parties if p.address == phone and not p.is_talking), None)

    def _tell_party(
        self,
        kind: Callable[..., News],
        call: SimCall,
        party: SimParty,
        now: datetime,
        **what: Any,
    ) -> None:
        self._count(
            kind,
            call,
            now,
            leg_key=party.leg_key,
            order_id=party.order_id,
            role=party.role,
            target_kind=TargetKind.NUMBER if party.is_outside else TargetKind.PHONE,
            address=party.address,
            **what,
        )

    def _count(
        self,
        kind: Any,
        call: SimCall,
        now: datetime,
        *,
        leg_key: str = "",
        **what: Any,
    ) -> None:
        """Tell news that one leg can tell several times: each with the next counter."""
        leg_key = leg_key or call.call_key
        call.told[(leg_key, kind.kind)] += 1
        counter = call.told[(leg_key, kind.kind)]
        self._tell(kind, call, now, leg_key=leg_key, counter=counter, **what)


def make_party(call: SimCall, order: Order, role: PartyRole, target: Target) -> SimParty:
    return SimParty(
        order_id=order.order_id,
        leg_key=f"{call.call_key}-p{order.order_id}",
        role=role,
        address=target.address,
        is_outside=target.kind is TargetKind.NUMBER,
        fallback_number=target.fallback_number,
    )


def _no_answer_of(party: SimParty) -> Due:
    is_supervisor = party.role is PartyRole.SUPERVISOR
    return Due.SUPERVISOR_NO_ANSWER if is_supervisor else Due.PARTY_NO_ANSWER
