"""Bring a talk of the ledger to where the exchange has it: held, called out, handed on, with whom.

What the exchange's list shows and the ledger lacks is told as the news that was missed, at the
moment of the look. Such news is counted downwards from nought, so that the real one, should it
come after all, is no repeat of it and puts the true moment in its place (`retelling`).
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from app.accounts import service as accounts
from app.calls import legs, spells
from app.calls.call_spells import SpellKind
from app.calls.call_states import WITH_AGENT, CallState
from app.calls.models import Call, CallLeg, LegRole
from app.calls.provider_events import apply_news
from telephony import control_events as control
from telephony import control_orders as wishes
from telephony import events as news
from telephony.control_events import PartyRole
from telephony.port import LiveCall, LiveParty

TALKERS = frozenset({LegRole.CONSULTED, LegRole.TRANSFERRED_TO})


def adopt_talk(live: LiveCall, call: Call, *, at: datetime) -> None:
    """Tell what is missing, in the order in which it may have happened."""
    teller = _Teller(live, call, at)
    parties = [each for each in live.parties if each.role is not PartyRole.SUPERVISOR]
    taker = [live.agent_party] if live.agent_party else []
    teller.parties_that_went(keep={each.leg_key for each in (*parties, *taker)})
    teller.parties([each for each in (*parties, *taker) if each.role is PartyRole.CONSULTED])
    teller.agent_who_left()
    teller.parties([each for each in (*parties, *taker) if each.role is PartyRole.TRANSFERRED_TO])
    teller.agent()
    teller.place()
    teller.supervision()
    teller.mute()
    teller.recording()


def talking_parties(call_id: int) -> list[CallLeg]:
    """Return the legs that an exchange's list names as parties: also who has the caller outside."""
    return [
        leg
        for leg in legs.open_legs(call_id)
        if leg.role in TALKERS and (leg.took_over_at is None or leg.is_outside)
    ]


def supervision(call_id: int) -> dict[str, str]:
    """Return phone → mode of who supervises the call."""
    return {
        spell.phone: spell.mode
        for spell in spells.open_spells(call_id)
        if spell.kind is SpellKind.SUPERVISION
    }


class _Teller:
    """Knows the call on both sides, and tells the ledger one missed piece of news at a time."""

    def __init__(self, live: LiveCall, call: Call, at: datetime) -> None:
        self._live, self._call = live, call
        self._own: dict[str, Any] = {
            "exchange_id": live.exchange_id,
            "boot_id": live.boot_id,
            "call_key": live.call_key,
            "happened_at": at,
        }
        self._found = {**self._own, "counter": -int(at.timestamp())}

    def parties_that_went(self, *, keep: set[str]) -> None:
        for leg in talking_parties(self._call.id):
            if leg.leg_key not in keep and leg.order_id is not None:
                apply_news([control.PartyGone(**self._found, **_party_of_leg(leg))])

    def parties(self, parties: list[LiveParty]) -> None:
        for party in parties:
            leg = self._leg(party.leg_key)
            who = {"leg_key": party.leg_key, **_party(party)}
            if leg is None or leg.ringing_at is None:
                apply_news([control.PartyRinging(**self._found, **who)])
            if party.is_talking and (leg is None or leg.answered_at is None):
                apply_news([control.PartyAnswered(**self._found, **who)])

    def agent_who_left(self) -> None:
        """Whoever the ledger has as the agent handed the caller on, if he is not there any more."""
        live, leg_key = self._live, legs.last_answered_leg(self._call.id)
        is_passed_on = live.agent_party is not None or live.phone is None
        if self._call.state not in WITH_AGENT or leg_key is None or not is_passed_on:
            return
        leg = self._leg(leg_key)
        if leg is None or leg.ended_at is not None or leg.leg_key == live.agent_leg_key:
            return
        gone = news.AgentGone(
            **self._found,
            leg_key=leg.leg_key,
            phone=leg.phone,
            reason=news.PartyLost.TRANSFERRED,
        )
        apply_news([gone])

    def agent(self) -> None:
        live, call = self._live, self._call
        if live.phone is None or live.agent_leg_key is None:
            return
        leg = self._leg(live.agent_leg_key)
        if call.state is CallState.CALLING:
            is_told = leg is not None and leg.answered_at is not None
        else:
            agent = accounts.find_by_work_number(live.phone)
            is_his = agent is None or agent.id == call.agent_id
            is_told = call.state in WITH_AGENT and is_his
        if not is_told:
            answered = news.AgentAnswered(
                **self._found, leg_key=live.agent_leg_key, phone=live.phone
            )
            apply_news([answered])

    def place(self) -> None:
        """Hold music begins or ends; a citizen whom we called has answered."""
        for piece in self._of_place():
            apply_news([piece])

    def _of_place(self) -> Iterator[news.TelephonyEvent]:
        place, state = self._live.place, self._call.state
        own = {**self._found, "leg_key": self._live.call_key}
        if place is news.Place.HELD and state is CallState.TALKING and self._live.phone:
            yield control.CallerHeld(**own, phone=self._live.phone)
        elif place is news.Place.TALKING and state is CallState.CALLING:
            yield control.CitizenAnswered(**own)
        elif place is news.Place.TALKING and state is CallState.HELD and self._live.phone:
            if any(leg.answered_at is not None for leg in talking_parties(self._call.id)):
                yield control.PartiesJoined(**own)
            else:
                yield control.CallerResumed(**own, phone=self._live.phone)

    def supervision(self) -> None:
        there = {each.address: each for each in self._live.parties if each.mode is not None}
        known = supervision(self._call.id)
        for phone in known.keys() - there.keys():
            self._supervised(phone, None)
        for phone, party in there.items():
            if known.get(phone) != party.mode:
                self._supervisor_is_there(party)
                self._supervised(phone, party)
        self._supervisors_that_went()

    def mute(self) -> None:
        """Say whether the caller hears his agent: what is, not what the agent wished.

        An order that made it so again could fail, and until then his desk would show a lie.
        """
        live, call = self._live, self._call
        if live.is_muted is None or not live.phone or call.state not in WITH_AGENT:
            return
        if spells.goes_on(call, SpellKind.MUTE, phone=live.phone) is not live.is_muted:
            muted = control.AgentMuted(
                **self._found,
                leg_key=live.agent_leg_key or live.call_key,
                phone=live.phone,
                is_muted=live.is_muted,
            )
            apply_news([muted])

    def recording(self) -> None:
        """Say whether the recorder writes what is said; for the same reason, what is."""
        live, is_paused = self._live, self._live.is_recording_paused
        goes_on = spells.goes_on(self._call, SpellKind.RECORDING_PAUSE)
        if is_paused is not None and goes_on is not is_paused:
            paused = control.RecordingPaused(
                **self._found, leg_key=live.call_key, is_paused=is_paused
            )
            apply_news([paused])

    def _supervisor_is_there(self, party: LiveParty) -> None:
        leg = self._leg(party.leg_key)
        if leg is None or leg.answered_at is None:
            who = {"leg_key": party.leg_key, **_party(party)}
            apply_news([control.PartyAnswered(**self._found, **who)])

    def _supervised(self, phone: str, party: LiveParty | None) -> None:
        changed = control.SupervisionChanged(
            **self._found,
            leg_key=party.leg_key if party else self._live.call_key,
            phone=phone,
            mode=party.mode if party else None,
            order_id=party.order_id if party else None,
        )
        apply_news([changed])

    def _supervisors_that_went(self) -> None:
        there = {each.leg_key for each in self._live.parties}
        for leg in legs.open_legs(self._call.id):
            is_gone = leg.role is LegRole.SUPERVISOR and leg.leg_key not in there
            if is_gone and leg.answered_at is not None and leg.order_id is not None:
                apply_news([control.PartyGone(**self._found, **_party_of_leg(leg))])

    def _leg(self, leg_key: str) -> CallLeg | None:
        return legs.leg_with_key(self._call.id, leg_key)


def _party(party: LiveParty) -> dict[str, Any]:
    return {
        "order_id": party.order_id,
        "role": party.role,
        "target_kind": party.target_kind,
        "address": party.address,
    }


def _party_of_leg(leg: CallLeg) -> dict[str, Any]:
    kind = wishes.TargetKind.NUMBER if leg.is_outside else wishes.TargetKind.PHONE
    return {
        "leg_key": leg.leg_key,
        "order_id": leg.order_id,
        "role": PartyRole(leg.role.value),
        "target_kind": kind,
        "address": leg.phone,
    }
