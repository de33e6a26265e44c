"""Control orders as AMI actions: hold, parties, transfer, supervision, calling out (ADR 0016).

What an order needs to know of the call it reads from the node first; nothing is remembered here.
The dialplan (deploy/asterisk/templates/control.conf) does the moving and tells the outcomes. Only
what an action does by itself (mute, keys, recording) is told by us, as a UserEvent through the
node, so that every application hears it.
"""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from telephony.asterisk import call_legs
from telephony.asterisk.call_legs import CallLegs, Leg, PartyName, party_name
from telephony.asterisk.calling_out import call_out
from telephony.asterisk.checked_orders import checked_phone, checked_target, refused
from telephony.asterisk.node_link import NodeLink
from telephony.control_events import PartyRole
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
    SupervisionMode,
    Target,
    TargetKind,
    TransferCaller,
)
from telephony.events import Place
from telephony.orders import Order
from telephony.port import NO_SUCH_CALL, ExchangeRefused

NORMAL_CLEARING = 16
KEY_MILLISECONDS = 120
LONGEST_DIGITS = 32

_DIGITS = re.compile(r"^[0-9*#A-D]+$")


class CallControl:
    """Carries out control orders on one node."""

    def __init__(self, link: NodeLink) -> None:
        self._link = link
        self._ways: dict[type[Order], Callable[[Any], None]] = {
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
            CallOut: partial(call_out, self._link),
        }

    def take(self, order: Order) -> bool:
        """Carry an order out if it is a control order; raises ExchangeRefused."""
        carry_out = self._ways.get(type(order))
        if carry_out is None:
            return False
        try:
            carry_out(order)
        except ExchangeRefused as why:
            if why.code == NO_SUCH_CALL and self._is_up(order.call_key):
                # another leg has just gone: the caller's call goes on
                raise refused(str(why)) from why
            raise
        return True

    # ------------------------------------------------------------------ hold

    def _hold(self, order: HoldCaller) -> None:
        call = self._call_of_agent(order, order.phone)
        if call.place is not Place.HELD:
            self._put_on_hold(order, call)

    def _put_on_hold(self, order: Order, call: CallLegs) -> None:
        if call.place is not Place.TALKING:
            raise refused(f"the caller is {call.place}")
        self._set(order.call_key, HL_ORDER=order.order_id)
        if call.is_in_room:
            self._move(order.call_key, "held", "s")
        else:
            self._part(call, "held", "s")

    def _resume(self, order: ResumeCaller) -> None:
        call = self._call_of_agent(order, order.phone)
        if call.place is Place.TALKING:
            return
        if call.place is not Place.HELD or call.parties:
            raise refused("a party is there: join it or end it first")
        self._set(order.call_key, HL_ORDER=order.order_id)
        self._move(order.call_key, "room", "resumed")

    # ------------------------------------------------------------------ what an action does alone

    def _mute(self, order: MuteAgent) -> None:
        agent = _agent_of(self._call_of_agent(order, order.phone))
        if agent.noted("HL_MUTED") is order.is_muted:
            return
        state = "on" if order.is_muted else "off"
        self._set(agent.key, HL_MUTED=call_legs.UNSURE)
        self._link.ask(Action="MuteAudio", Channel=agent.key, Direction="in", State=state)
        self._set(agent.key, HL_MUTED=_yes(order.is_muted))
        self._tell(order, "HLAgentMuted", Phone=order.phone, Is=_yes(order.is_muted))

    def _send_digits(self, order: SendDigits) -> None:
        if not _DIGITS.match(order.digits) or len(order.digits) > LONGEST_DIGITS:
            raise refused("not keys of a telephone")
        call = self._call(order)
        talking = [leg for leg in call.parties if leg.is_talking]
        if call.place is Place.HELD and talking:
            pressed_for = talking[-1]
        elif call.place is Place.TALKING:
            pressed_for = call.caller
        else:
            raise refused("nobody is there to hear keys")
        for digit in order.digits:
            self._link.ask(
                Action="PlayDTMF", Channel=pressed_for.channel, Digit=digit,
                Duration=KEY_MILLISECONDS,
            )  # fmt: skip
        self._tell(order, "HLDigitsSent", HowMany=len(order.digits))

    def _pause_recording(self, order: PauseRecording) -> None:
        call = self._call(order)
        if call.caller.noted("HL_PAUSED") is order.is_paused:
            return
        state = "1" if order.is_paused else "0"
        self._set(order.call_key, HL_PAUSED=call_legs.UNSURE)
        self._link.ask(
            Action="MixMonitorMute", Channel=call.caller.channel, Direction="both", State=state
        )
        self._set(order.call_key, HL_PAUSED=_yes(order.is_paused))
        self._tell(order, "HLRecordingPaused", Is=_yes(order.is_paused))

    # ------------------------------------------------------------------ parties

    def _call_party(self, order: CallParty) -> None:
        call = self._call_of_agent(order, order.phone)
        if call.brought_by(order.order_id):
            return
        target = checked_target(order.target)
        if call.place is not Place.HELD:
            self._put_on_hold(order, call)
        name = party_name(order.order_id, PartyRole.CONSULTED, target)
        leg = call_legs.party_leg(order.order_id, order.call_key)
        self._bring(
            call, leg, name, target, line="party-line", into="party", extension="s",
            HL_ROLE="party", HL_WHY="consult", HL_SECONDS=order.ring_seconds,
        )  # fmt: skip

    def _join(self, order: JoinParties) -> None:
        call = self._call_of_agent(order, order.phone)
        if not any(leg.is_talking for leg in call.parties):
            raise refused("no party has answered")
        if call.place is Place.HELD:
            self._set(order.call_key, HL_ORDER=order.order_id)
            self._move(order.call_key, "room", "joined")

    def _leave(self, order: LeaveToParties) -> None:
        call = self._call_of_agent(order, order.phone)
        talking = [leg for leg in call.parties if leg.is_talking]
        if not talking:
            raise refused("no party has answered")
        colleague = next((leg for leg in talking if _is_phone(leg)), None)
        phone = colleague.party.address if colleague and colleague.party else ""
        if colleague is not None:
            self._set(colleague.key, HL_ROLE="agent", HL_PHONE=phone)
        self._set(
            order.call_key,
            HL_NEXT=phone,
            HL_NEXT_LEG=colleague.key if colleague else "",
            HL_NEXT_NAME=colleague.channel if colleague else "",
        )
        self._move(order.call_key, "left-to-parties", "s")

    def _drop(self, order: DropParty) -> None:
        leg = self._call(order).brought_by(order.party)
        if leg is not None:
            self._end_if_there(leg.key, HL_DROPPED="yes")

    def _transfer(self, order: TransferCaller) -> None:
        call = self._call_of_agent(order, order.phone)
        if call.place not in (Place.TALKING, Place.HELD):
            raise refused(f"the caller is {call.place}")
        if call.parties:
            raise refused("a party is there: leave the caller to it, or end it first")
        target = checked_target(order.target)
        self._set(
            order.call_key,
            HL_PARTY=party_name(order.order_id, PartyRole.TRANSFERRED_TO, target),
            HL_SECONDS=order.ring_seconds,
            HL_SHOWN=target.shown_number,
            HL_FALLBACK=target.fallback_number,
            HL_CONTACT=self._contact_of(target),
        )
        self._move(order.call_key, "transfer", "s")

    # ------------------------------------------------------------------ supervisors

    def _supervise(self, order: Supervise) -> None:
        call = self._call_of_agent(order, order.agent_phone)
        agent = _agent_of(call)
        if order.mode is SupervisionMode.BARGE and not call.is_in_room:
            self._into_room(call)
        key = call_legs.supervisor_leg(checked_phone(order.phone), order.call_key)
        leg = next((leg for leg in call.supervisors if leg.key == key), None)
        if leg is None:
            target = Target(kind=TargetKind.PHONE, address=order.phone)
            self._bring(
                call, key, party_name(order.order_id, PartyRole.SUPERVISOR, target), target,
                line="supervisor-line", into="supervise", extension=order.mode,
                HL_ROLE="supervisor", HL_SECONDS=order.ring_seconds, HL_PHONE=order.phone,
                HL_SPIED=agent.key, HL_ORDER=order.order_id,
            )  # fmt: skip
        elif leg.variable("HL_MODE") != order.mode:
            self._set(leg.key, HL_ORDER=order.order_id, HL_SPIED=agent.key)
            self._move(leg.key, "supervise", order.mode)

    def _into_room(self, call: CallLegs) -> None:
        if call.place is Place.TALKING:
            self._part(call, "room", "s")
        elif call.place is not Place.HELD:
            raise refused(f"the caller is {call.place}")

    def _stop_supervising(self, order: StopSupervising) -> None:
        key = call_legs.supervisor_leg(checked_phone(order.phone), order.call_key)
        for leg in self._call(order).supervisors:
            if leg.key == key:
                self._end_if_there(key, HL_ORDER=order.order_id)

    # ------------------------------------------------------------------ actions

    def _bring(
        self, call: CallLegs, leg: str, name: PartyName, target: Target, *,
        line: str, into: str, extension: str, **variables: Any,
    ) -> None:  # fmt: skip
        """Ring somebody for a call and put him where he belongs."""
        self._originate(
            leg,
            call_legs.other_half(leg),
            line=line,
            into=into,
            extension=extension,
            caller_id=call.caller.entry.headers.get("CallerIDNum", ""),
            __HL_OF=call.caller.key,
            HL_PARTY=name,
            HL_TARGET=target.kind,
            HL_ADDRESS=target.address,
            HL_SHOWN=target.shown_number,
            HL_FALLBACK=target.fallback_number,
            HL_DIALLED=call.caller.variable("HL_DIALLED"),
            HL_CONTACT=self._contact_of(target),
            **variables,
        )

    def _originate(
        self, key: str, other_key: str, *,
        line: str, into: str, extension: str, caller_id: str, **variables: Any,
    ) -> None:  # fmt: skip
        self._link.ask(
            Action="Originate",
            Channel=f"Local/s@{line}/n",
            ChannelId=key,
            OtherChannelId=other_key,
            Context=into,
            Exten=extension,
            Priority=1,
            CallerID=caller_id or None,
            Timeout=300_000,
            Async="true",
            Variable=[f"{name}={value}" for name, value in variables.items()],
        )

    def _contact_of(self, target: Target) -> str:
        if target.kind is TargetKind.NUMBER:
            return ""
        return self._link.newest_contact(target.address)

    def _part(self, call: CallLegs, context: str, extension: str) -> None:
        """Move the caller out of the conversation with one leg, and the agent into the room."""
        self._link.ask(
            Action="Redirect",
            Channel=call.caller.key,
            ExtraChannel=_agent_of(call).channel,
            Context=context,
            Exten=extension,
            Priority=1,
            ExtraContext="room-agent",
            ExtraExten="s",
            ExtraPriority=1,
        )

    def _move(self, key: str, context: str, extension: str) -> None:
        self._link.ask(Action="Redirect", Channel=key, Context=context, Exten=extension, Priority=1)

    def _end(self, key: str) -> None:
        self._link.ask(Action="Hangup", Channel=key, Cause=NORMAL_CLEARING)

    def _set(self, key: str, **variables: Any) -> None:
        for name, value in variables.items():
            self._link.ask(Action="Setvar", Channel=key, Variable=name, Value=str(value))

    def _tell(self, order: Order, event: str, **fields: Any) -> None:
        self._link.ask(
            Action="UserEvent", UserEvent=event, Call=order.call_key, Leg=order.call_key,
            Step=order.order_id, Order=order.order_id, **fields,
        )  # fmt: skip

    def _end_if_there(self, key: str, **variables: Any) -> None:
        """End a leg; one that went by itself meanwhile is what was wished."""
        try:
            self._set(key, **variables)
            self._end(key)
        except ExchangeRefused as why:
            if why.code != NO_SUCH_CALL:
                raise

    # ------------------------------------------------------------------ what is there

    def _is_up(self, call_key: str) -> bool:
        entries = self._link.ask_for_list(Action="Status", Variables=call_legs.STATUS_VARIABLES)
        return call_legs.legs_of(entries, call_key) is not None

    def _call(self, order: Order) -> CallLegs:
        entries = self._link.ask_for_list(Action="Status", Variables=call_legs.STATUS_VARIABLES)
        call = call_legs.legs_of(entries, order.call_key)
        if call is None:
            raise ExchangeRefused(NO_SUCH_CALL, is_retryable=False, detail=order.call_key)
        return call

    def _call_of_agent(self, order: Order, phone: str) -> CallLegs:
        call = self._call(order)
        if call.agent is None or call.agent_phone != checked_phone(phone):
            raise refused("this phone is not in the call")
        return call


def _agent_of(call: CallLegs) -> Leg:
    if call.agent is None:
        raise refused("no agent is in the call")
    return call.agent


def _is_phone(leg: Leg) -> bool:
    return leg.party is not None and leg.party.target_kind is TargetKind.PHONE


def _yes(value: bool) -> str:
    return "yes" if value else "no"
