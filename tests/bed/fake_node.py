"""A pretended Asterisk node: calls, phones and the way of deploy/asterisk, on the AMI of fake_ami.

The real adapter (telephony/asterisk) drives it as it drives a node: it is asked at the door over
FastAGI, sends actions, hears events. What a citizen's call does in between is the dialplan of
deploy/asterisk/templates/extensions.conf in short, calls of more than two are in fake_rooms. Not
here: sound, recordings, members of the fallback queue that ring by themselves.

Its time stands still until `pass_time`, or is the real one (`runs_by_itself`).
"""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.bed.fake_actions import Actions
from tests.bed.fake_ami import FakeAmi
from tests.bed.fake_calls import AgentLeg, FakeCall
from tests.bed.fake_door import Door
from tests.bed.fake_registers import NodeRegisters
from tests.bed.fake_rooms import Rooms
from tests.bed.fake_time import NodeTime

INTAKE_SECONDS = 2
HEARTBEAT_LIMIT = 6
ALONE_PIECE_SECONDS = 3
ANNOUNCEMENT_SECONDS = 4
NOTICE_SECONDS = 2
RTP_TIMEOUT_SECONDS = 3
PICK_UP_SECONDS = 0.3
CAUSE_NORMAL, CAUSE_REJECTED, CAUSE_NO_SOUND = 16, 21, 44

Act = Callable[["FakeNode", FakeCall], None]


class FakeNode:
    """One node. A test places calls and moves phones; everything is behind one lock."""

    def __init__(self, *, runs_by_itself: bool = False, first_number: int = 1) -> None:
        self.time = NodeTime(runs_by_itself=runs_by_itself)
        self.lock = self.time.lock
        self.calls: dict[str, FakeCall] = {}
        self.loses: Callable[[str], bool] = lambda _event: False  # which events never arrive
        self.agi_port = 0
        self._numbers = itertools.count(first_number)
        self._channels = itertools.count()
        self.heartbeat = 0  # HL_HEARTBEAT; an application that cannot work says 0
        self.boots = 1
        self._door = Door()
        self.ami = FakeAmi({})
        self.rooms = Rooms(self)
        self.registers = NodeRegisters(self.ami)
        self.ami.script |= {**self.registers.replies(), **Actions(self).replies()}
        self.time.every_second(self._look_at_the_heartbeat)

    def close(self) -> None:
        """End it, with every connection."""
        self.time.stop()
        self._door.close()
        self.ami.close()

    # ------------------------------------------------------------------ citizens and phones

    def place_call(
        self, dialled: str, *, number: str = "", name: str = "", patience: float = 600
    ) -> str:
        """Let somebody call; return the unique id of his channel."""
        with self.lock:
            call = FakeCall(
                key=f"{int(self.time.now)}.{next(self._numbers)}",
                channel=f"PJSIP/carrier-{next(self._channels):08x}",
                number=number, name=name, dialled=dialled, invited=self.time.now,
            )  # fmt: skip
            self.calls[call.key] = call
            self.time.after(patience, lambda: self._gives_up(call))
            self.say_user_event(
                call, "HLCallArrived", f"Dialled: {dialled}", f"Invited: {call.invited_ms}"
            )
            if self._is_app_away():
                self.place(call, "alone")
                return call.key
            self.time.after(INTAKE_SECONDS, lambda: self._door_is_silent(call))
        self._door.ask(call, self.agi_port, lambda said: self._let_in(call, said))
        return call.key

    def caller_hangs_up(self, key: str) -> None:
        """Let the citizen end it."""
        with self.lock:
            self.end(self.calls[key], cause=CAUSE_NORMAL)

    def phone_registers(self, phone: str) -> str:
        """Open a page whose phone registers; return its address. It must have been admitted."""
        with self.lock:
            for old in self.registers.contacts_of(phone):
                self._say_contact(phone, old, "Removed")
            contact = self.registers.register(phone)
            self._say_contact(phone, contact, "NonQualified")
            return contact

    def phone_goes(self, phone: str) -> None:
        """Close the page: its registration goes at once, its sound is missed after a while."""
        with self.lock:
            for contact in self.registers.contacts_of(phone):
                self._say_contact(phone, contact, "Removed")
            self.registers.unregister(phone)
            for call in self._calls_at(phone):
                leg = call.leg
                self.time.after(
                    RTP_TIMEOUT_SECONDS, lambda call=call, leg=leg: self._miss_sound(call, leg)
                )

    def phone_answers(self, phone: str) -> None:
        """Let the agent take the call that rings at this phone."""
        with self.lock:
            if self.rooms.answers(phone):
                return
            (call,) = self._calls_at(phone)
            if call.place == "called":
                self.rooms.agent_calls(call)
            else:
                self._answer(call, call.leg)

    def phone_hangs_up(self, phone: str) -> None:
        """Let the agent end his leg: the talk is over, or the offer is rejected."""
        with self.lock:
            for call in self._calls_at(phone):
                if call.place == "talking":
                    self.agent_left(call, "hung_up")
                else:
                    self.not_taken(call, "BUSY")

    def restart(self) -> None:
        """Crash and start again: calls are gone without a word, registrations stay."""
        with self.lock:
            self.calls.clear()
            self.boots += 1
            self.heartbeat = 0
        for session in self.ami.sessions:
            session.hang_up()

    def pass_time(self, seconds: float) -> None:
        """Let the node's time go on; what falls due happens in its order.

        An application that is joined beats all the while, as it does in real time.
        """
        self._door.settle(0.3)
        self.time.pass_by(seconds, each_step=self._beat_along)

    # ------------------------------------------------------------------ the way of a call

    def _let_in(self, call: FakeCall, said: dict[str, str]) -> None:
        with self.lock:
            if call.place != "intake" or call.key not in self.calls:
                return
            match said.get("HL_ACTION"):
                case "queue" if said.get("HL_NOTICE") == "yes":
                    call.is_let_in = True
                    self.time.after(NOTICE_SECONDS, lambda: self._stand_in_line(call))
                case "queue":
                    self.place(call, "queue")
                case "announce":
                    call.variables["HL_ENDED_BY"] = "exchange"
                    call.place = "announced"
                    self.time.after(
                        ANNOUNCEMENT_SECONDS, lambda: self.end(call, cause=CAUSE_NORMAL)
                    )
                case "refuse":
                    call.variables["HL_ENDED_BY"] = "exchange"
                    self.end(call, cause=CAUSE_REJECTED)
                case _:
                    self.place(call, "alone")

    def _stand_in_line(self, call: FakeCall) -> None:
        if call.place == "intake" and call.key in self.calls:
            self.place(call, "queue")

    def _door_is_silent(self, call: FakeCall) -> None:
        if call.place == "intake" and not call.is_let_in and call.key in self.calls:
            self._door.hang_up(call)
            self.place(call, "alone")

    def place(self, call: FakeCall, place: str) -> None:
        call.place, call.context, call.is_resumed = place, "hotline", False
        self.rooms.empty(call)
        call.passes += 1
        self._drop_leg(call)
        self.say_user_event(call, "HLCallerPlaced", f"Place: {place}", f"Pass: {call.passes}")
        if place == "alone":
            self.time.after(ALONE_PIECE_SECONDS, lambda: self._look_for_the_app(call, call.passes))

    def _look_for_the_app(self, call: FakeCall, passes: int) -> None:
        if call.key not in self.calls or (call.place, call.passes) != ("alone", passes):
            return
        if self._is_app_away():
            self.time.after(ALONE_PIECE_SECONDS, lambda: self._look_for_the_app(call, passes))
        else:
            self.place(call, "queue")

    def _look_at_the_heartbeat(self) -> None:
        if self._is_app_away():
            for call in list(self.calls.values()):
                if call.place in ("queue", "kept"):
                    self.place(call, "alone")

    def _is_app_away(self) -> bool:
        is_old = self.time.now - self.heartbeat > HEARTBEAT_LIMIT
        return is_old or not self.ami.is_joined

    def _beat_along(self) -> None:
        if self.ami.is_joined and self.heartbeat and not self.time.runs_by_itself:
            self.heartbeat = int(self.time.now)

    def ring(self, call: FakeCall, phone: str) -> None:
        self._drop_leg(call)
        call.place, call.phone, call.rings = "ringing", phone, call.rings + 1
        call.is_resumed = call.variables.get("HL_RESUMES") == "yes"
        wanted = call.variables.get("HL_CONTACT") or "any"
        there = self.registers.contacts_of(phone)
        if not call.is_resumed and any(one is not call for one in self._calls_at(phone)):
            self.not_taken(call, "BUSY")
        elif not there or wanted not in ("any", *there):
            self.not_taken(call, "CHANUNAVAIL")
        else:
            channel = f"PJSIP/{phone}-{next(self._channels):08x}"
            call.leg = AgentLeg(
                key=f"{int(self.time.now)}.{next(self._numbers)}", channel=channel, phone=phone
            )
            self.say_dial(call, "DialState", "RINGING")
            self._expect_of_phone(call, call.leg)

    def _expect_of_phone(self, call: FakeCall, leg: AgentLeg) -> None:
        seconds = float(call.variables.get("HL_RING_SECONDS") or 20)
        self.time.after(seconds, lambda: self._no_answer(call, leg))
        if call.is_resumed:  # the page answers by itself
            self.time.after(PICK_UP_SECONDS, lambda: self._answer(call, leg))

    def _no_answer(self, call: FakeCall, leg: AgentLeg) -> None:
        if call.leg is leg and call.place == "ringing":
            self.say_dial(call, "DialEnd", "NOANSWER")
            self.not_taken(call, "NOANSWER")

    def _answer(self, call: FakeCall, leg: AgentLeg | None) -> None:
        if leg is not None and call.leg is leg and call.place == "ringing":
            call.place = "talking"
            self.say_dial(call, "DialEnd", "ANSWER")

    def not_taken(self, call: FakeCall, status: str) -> None:
        self.say_user_event(
            call,
            "HLRingFailed",
            f"Phone: {call.phone}",
            f"Leg: {call.leg.key if call.leg else ''}",
            f"Status: {status}",
            f"Ring: {call.rings}",
        )
        self.place(call, "kept" if call.is_resumed else "queue")

    def _miss_sound(self, call: FakeCall, leg: AgentLeg | None) -> None:
        if call.leg is leg and call.place == "talking":
            self.agent_left(call, "media_lost")

    def agent_left(self, call: FakeCall, reason: str) -> None:
        leg = call.leg.key if call.leg else ""
        self.say_user_event(
            call, "HLAgentGone", f"Phone: {call.phone}", f"Leg: {leg}", f"Reason: {reason}"
        )
        if reason == "hung_up":
            call.variables["HL_ENDED_BY"] = "agent"
            self.end(call, cause=CAUSE_NORMAL)
        elif reason == "media_lost":
            self.place(call, "kept")

    def _gives_up(self, call: FakeCall) -> None:
        if call.key in self.calls and call.place != "talking":
            self.end(call, cause=CAUSE_NORMAL)

    def end(self, call: FakeCall, *, cause: int) -> None:
        if call.key not in self.calls:
            return
        self.rooms.empty(call)
        self.calls.pop(call.key)
        self._drop_leg(call)
        self._say(call.hangup(cause, at=self.time.now))

    def _drop_leg(self, call: FakeCall) -> None:
        if call.leg is not None:
            self._say(call.leg_hangup(at=self.time.now))
            call.leg = None

    def _calls_at(self, phone: str) -> list[FakeCall]:
        return [call for call in self.calls.values() if call.leg and call.leg.phone == phone]

    def is_phone_busy(self, phone: str) -> bool:
        """Say whether the phone rings or talks already; the party that asks is counted once."""
        return bool(self._calls_at(phone))

    def agent_gone(self, call: FakeCall, reason: str) -> None:
        """Tell that the agent's leg left, and let it end."""
        leg = call.leg.key if call.leg else ""
        self.say_user_event(
            call, "HLAgentGone", f"Phone: {call.phone}", f"Leg: {leg}", f"Reason: {reason}"
        )
        self._drop_leg(call)

    # ------------------------------------------------------------------ events

    def _say(self, lines: list[str]) -> None:
        if not self.loses(lines[0].removeprefix("Event: ")):
            self.ami.tell(*lines)

    def say_user_event(self, call: FakeCall, name: str, *more: str) -> None:
        head = call.headers("UserEvent", at=self.time.now)
        if not self.loses(name):
            self.ami.tell(*head, f"UserEvent: {name}", *more)

    def say_dial(self, call: FakeCall, event: str, status: str) -> None:
        self._say(call.dial(event, status, at=self.time.now))

    def _say_contact(self, phone: str, contact: str, status: str) -> None:
        self._say(
            ["Event: ContactStatus", "Privilege: system,all", f"Timestamp: {self.time.now:.6f}",
             f"URI: {contact}", f"ContactStatus: {status}", f"AOR: {phone}",
             f"EndpointName: {phone}", "RoundtripUsec: 0"]
        )  # fmt: skip


@contextmanager
def fake_node(*, runs_by_itself: bool = False, first_number: int = 1) -> Iterator[FakeNode]:
    """Give a running pretended node, and end it."""
    node = FakeNode(runs_by_itself=runs_by_itself, first_number=first_number)
    try:
        yield node
    finally:
        node.close()
