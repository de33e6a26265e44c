"""Calls of more than two on a pretended node: what control.conf does with legs, in short.

No sound: who hears whom is judged on the real node (tests/telephony/control_on_the_bed).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.bed.fake_ami import Action
from tests.bed.fake_calls import NOT_SET, AgentLeg, FakeCall

if TYPE_CHECKING:
    from tests.bed.fake_node import FakeNode

OUTSIDE_ANSWERS_SECONDS = 2.0
CAUSE_NO_ANSWER = 19


@dataclass(eq=False)
class Party:
    """A further leg: rung, talking, or beside the call as a supervisor's."""

    key: str
    variables: dict[str, str] = field(default_factory=dict)
    is_answered: bool = False

    @property
    def role(self) -> str:
        """What it is there for: party or supervisor; a transferred caller's own leg: transfer."""
        return self.variables.get("HL_ROLE", "")

    @property
    def address(self) -> str:
        """The phone or number that rings now."""
        return self.variables["HL_ADDRESS"]

    @property
    def is_outside(self) -> bool:
        """Say whether the carrier carries it."""
        return self.variables["HL_TARGET"] == "number"


class Rooms:
    """Who is in which call beside caller and agent; everything behind the node's lock."""

    def __init__(self, node: "FakeNode") -> None:
        self._node = node
        self._parties: dict[str, list[Party]] = {}
        self._early_rings: set[str] = set()  # keys of calls out that are not there yet
        self.let_ring: set[str] = set()  # numbers outside that nobody picks up
        self._moves: dict[str, Callable[[FakeCall, str], None]] = {
            "held": self._held,
            "room": self._into_room,
            "transfer": self._transfer,
            "left-to-parties": self._left_to_parties,
        }

    # ------------------------------------------------------------------ what a test does

    def answers(self, phone: str) -> bool:
        """Let a party or supervisor pick up; say whether one rings at this phone."""
        for call, party in self._all():
            if party.address == phone and not party.is_outside and not party.is_answered:
                self._answered(call, party)
                return True
        return False

    def is_busy(self, phone: str) -> bool:
        """Say whether the phone rings or talks for a call that is not its own."""
        return any(one.address == phone and not one.is_outside for _call, one in self._all())

    # ------------------------------------------------------------------ actions

    def originate(self, action: Action) -> None:
        """Bring a leg: a party's, a supervisor's, or a citizen's whom an agent calls."""
        node = self._node
        if "PreDialGoSub" in action:
            self._call_out(action["ChannelId"], action["PreDialGoSub"])
            return
        node.ami.answer(action, "Message: Originate successfully queued")
        if "@out-ring" in action["Channel"]:
            self._ring_agent_of(action["Channel"].removeprefix("Local/").split("@")[0])
            return
        said = dict(value.split("=", 1) for name, value in action.all if name == "Variable")
        call = node.calls[said["__HL_OF"]]
        party = Party(key=action["ChannelId"], variables=said)
        if party.role == "supervisor":
            party.variables["HL_MODE"] = action["Exten"]
        self._ring(call, party)

    def move(self, call: FakeCall, context: str, extension: str) -> bool:
        """Do what the dialplan does with a caller there; False where it is none of ours."""
        if context not in self._moves:
            return False
        self._moves[context](call, extension)
        return True

    def find(self, key: str) -> tuple[FakeCall, Party] | None:
        """Return the party of this channel, and its call."""
        return next((pair for pair in self._all() if pair[1].key == key), None)

    def change_mode(self, call: FakeCall, party: Party, mode: str) -> None:
        """A supervisor takes part in another way."""
        party.variables["HL_MODE"] = mode
        self._supervision(call, party, mode)

    def ends(self, call: FakeCall, party: Party) -> None:
        """The leg of a party is over: it hung up, or was dropped."""
        self._parties[call.key].remove(party)
        if party.role == "supervisor":
            self._supervision(call, party, "")
        else:
            self._tell_party(call, party, "HLPartyGone", "")

    def empty(self, call: FakeCall) -> None:
        """Nobody stays with a call that goes elsewhere or ends."""
        for party in list(self._parties.get(call.key, [])):
            if party.role != "transfer":
                self.ends(call, party)
        self._parties.pop(call.key, None)

    def status(self, wanted: list[str]) -> list[list[str]]:
        """Return the Status entries of all legs of parties."""
        entries = []
        for call, party in self._all():
            if party.role == "transfer":
                continue
            own = {**party.variables, "HL_OF": call.key}
            own["HL_ANSWERED"] = "yes" if party.is_answered else ""
            entries.append(
                ["Event: Status", f"Channel: Local/{party.key};1", f"Uniqueid: {party.key}",
                 *(f"Variable: {one}={own.get(one) or NOT_SET}" for one in wanted)]
            )  # fmt: skip
        return entries

    # ------------------------------------------------------------------ the caller is moved

    def _held(self, call: FakeCall, _extension: str) -> None:
        call.place, call.context = "held", "held"
        self.tell(call, "HLCallerHeld", f"Phone: {call.phone}")

    def _into_room(self, call: FakeCall, extension: str) -> None:
        call.place, call.context = "talking", "room"
        told = {"resumed": "HLCallerResumed", "joined": "HLPartiesJoined"}
        if extension in told:
            self.tell(call, told[extension], f"Phone: {call.phone}")

    def _left_to_parties(self, call: FakeCall, _extension: str) -> None:
        self._node.agent_gone(call, "transferred")
        self._into_room(call, "s")
        call.phone = call.variables.get("HL_NEXT", "")
        found = self.find(call.variables.get("HL_NEXT_LEG", ""))
        if found is not None:
            self._parties[call.key].remove(found[1])
            call.leg = AgentLeg(key=found[1].key, channel=f"Local/{call.phone}", phone=call.phone)

    def _transfer(self, call: FakeCall, _extension: str) -> None:
        self._node.agent_gone(call, "transferred")
        self.empty(call)
        call.place, call.context, call.phone = "held", "transfer", ""
        _order, _role, kind, address = call.variables["HL_PARTY"].split("/")
        said = {**call.variables, "HL_ROLE": "transfer", "HL_TARGET": kind, "HL_ADDRESS": address}
        self._ring(call, Party(key=call.key, variables=said))

    # ------------------------------------------------------------------ ringing

    def _ring(self, call: FakeCall, party: Party) -> None:
        node = self._node
        self._parties.setdefault(call.key, []).append(party)
        if not party.is_outside and not node.registers.contacts_of(party.address):
            self._failed(call, party, "CHANUNAVAIL")
        elif not party.is_outside and node.is_phone_busy(party.address):
            self._failed(call, party, "BUSY")
        else:
            self._say_dial(call, party, "DialState", "RINGING")
            address = party.address
            node.time.after(
                float(party.variables["HL_SECONDS"]),
                lambda: self._not_in_time(call, party, address),
            )
            if party.is_outside and address not in self.let_ring:
                node.time.after(OUTSIDE_ANSWERS_SECONDS, lambda: self._answered(call, party))

    def _not_in_time(self, call: FakeCall, party: Party, address: str) -> None:
        if self._is_there(call, party) and not party.is_answered and party.address == address:
            self._failed(call, party, "NOANSWER")

    def _answered(self, call: FakeCall, party: Party) -> None:
        if not self._is_there(call, party) or party.is_answered:
            return
        party.is_answered = True
        self._say_dial(call, party, "DialEnd", "ANSWER")
        if party.role == "supervisor":
            self._supervision(call, party, party.variables["HL_MODE"])
        elif party.role == "transfer":
            self._taken(call, party)

    def _taken(self, call: FakeCall, party: Party) -> None:
        call.place = "talking"
        if not party.is_outside:
            self._parties[call.key].remove(party)
            call.phone = party.address
            call.leg = AgentLeg(key=f"{call.key}9", channel=f"PJSIP/{call.phone}-00000099",
                                phone=call.phone)  # fmt: skip

    def _failed(self, call: FakeCall, party: Party, status: str) -> None:
        self._parties[call.key].remove(party)
        second = party.variables.pop("HL_FALLBACK", "")
        if second:
            before = party.variables["HL_PARTY"].split("/")[:3]
            party.variables |= {"HL_ADDRESS": second, "HL_PARTY": "/".join([*before, second, "2"])}
            self._ring(call, party)
            return
        self._tell_party(call, party, "HLPartyFailed", status)
        if party.role == "transfer":
            self._node.place(call, "queue")

    # ------------------------------------------------------------------ calling out

    def _call_out(self, key: str, gosub: str) -> None:
        node = self._node
        name, number, dialled, _shown, phone, _contact, seconds, phone_is = (
            gosub.partition("(")[2].rstrip(")").split(",")
        )
        call = FakeCall(key=key, channel="PJSIP/carrier-000000ff", number=number, name="",
                        dialled=dialled, invited=node.time.now, place="called")  # fmt: skip
        call.phone = phone
        call.variables |= {"HL_PARTY": name, "HL_SECONDS": seconds, "HL_ENDED_BY": "exchange",
                           "HL_PHONE_IS": phone_is}  # fmt: skip
        node.calls[key] = call
        self._node.say_user_event(
            call, "HLCallPlacedOut", f"Phone: {phone}", f"Number: {number}", f"Shown: {dialled}"
        )

        if key in self._early_rings:
            self._early_rings.remove(key)
            self._ring_agent(call)

    def _ring_agent_of(self, key: str) -> None:
        """The citizen's leg is asked for over another link: it may come behind the agent's."""
        if key in self._node.calls:
            self._ring_agent(self._node.calls[key])
        else:
            self._early_rings.add(key)

    def _ring_agent(self, call: FakeCall) -> None:
        node = self._node
        if call.variables["HL_PHONE_IS"] == "number":
            self._ring_telephone_of(call)
            return
        if not node.registers.contacts_of(call.phone):
            node.say_user_event(call, "HLRingFailed", f"Call: {call.key}", f"Phone: {call.phone}",
                                "Status: CHANUNAVAIL", "Ring: 1")  # fmt: skip
            node.end(call, cause=CAUSE_NO_ANSWER)
            return
        call.leg = AgentLeg(key=f"{call.key}-agent", channel=f"PJSIP/{call.phone}-000000fe",
                            phone=call.phone)  # fmt: skip
        node.say_dial(call, "DialState", "RINGING")

    def _ring_telephone_of(self, call: FakeCall) -> None:
        """Whoever calls has no phone here: his own one outside is rung, and picked up by itself."""
        call.variables["HL_TELEPHONE"] = call.phone
        call.leg = AgentLeg(key=f"{call.key}-agent", channel="PJSIP/carrier-000000fe",
                            phone=call.phone)  # fmt: skip
        self._node.say_dial(call, "DialState", "RINGING")
        if call.phone in self.let_ring:
            seconds = float(call.variables["HL_SECONDS"])
            self._node.time.after(seconds, lambda: self._telephone_rang_in_vain(call))
        else:
            self._node.time.after(OUTSIDE_ANSWERS_SECONDS, lambda: self.agent_calls(call))

    def _telephone_rang_in_vain(self, call: FakeCall) -> None:
        self._node.say_user_event(
            call, "HLRingFailed", f"Call: {call.key}", f"Phone: {call.phone}",
            f"Leg: {call.key}-agent", "Status: NOANSWER", "Ring: 1",
        )  # fmt: skip
        self._node.end(call, cause=CAUSE_NO_ANSWER)

    def agent_calls(self, call: FakeCall) -> None:
        """The agent has picked up: now the citizen's phone rings."""
        node = self._node
        if call.leg is not None:
            call.leg.waits_for_citizen = True
        node.say_dial(call, "DialEnd", "ANSWER")
        node.ami.tell(
            "Event: DialState", "Privilege: call,all", f"Timestamp: {node.time.now:.6f}",
            f"DestUniqueid: {call.key}", f"DestChanVariable: HL_OF={call.key}",
            f"DestChanVariable: HL_PARTY={call.variables['HL_PARTY']}", "DialStatus: RINGING",
        )  # fmt: skip
        node.time.after(OUTSIDE_ANSWERS_SECONDS, lambda: self._citizen_answers(call))

    def _citizen_answers(self, call: FakeCall) -> None:
        if call.key in self._node.calls and call.place == "called":
            call.variables |= {"HL_PARTY": "", "HL_ENDED_BY": ""}
            self._into_room(call, "s")
            self._node.say_user_event(call, "HLCitizenAnswered")

    # ------------------------------------------------------------------ telling

    def tell(self, call: FakeCall, name: str, *more: str, leg: str = "") -> None:
        """Tell a control event of a leg, counted."""
        call.steps += 1
        order = call.variables.pop("HL_ORDER", "")
        self._node.say_user_event(
            call, name, f"Call: {call.key}", f"Leg: {leg or call.key}", f"Step: {call.steps}",
            f"Order: {order}", *more,
        )  # fmt: skip

    def _supervision(self, call: FakeCall, party: Party, mode: str) -> None:
        call.variables["HL_ORDER"] = party.variables.pop("HL_ORDER", "")
        phone = f"Phone: {party.variables['HL_PHONE']}"
        self.tell(call, "HLSupervision", phone, f"Mode: {mode}", leg=party.key)

    def _tell_party(self, call: FakeCall, party: Party, name: str, status: str) -> None:
        self._node.say_user_event(
            call, name, f"Call: {call.key}", f"Leg: {party.key}",
            f"Party: {party.variables['HL_PARTY']}", f"Status: {status}",
        )  # fmt: skip

    def _say_dial(self, call: FakeCall, party: Party, event: str, status: str) -> None:
        dialler = call.key if party.role == "transfer" else f"l{party.key}"
        self._node.ami.tell(
            f"Event: {event}", "Privilege: call,all", f"Timestamp: {self._node.time.now:.6f}",
            f"Uniqueid: {dialler}", f"ChanVariable: HL_OF={call.key}",
            f"ChanVariable: HL_PARTY={party.variables['HL_PARTY']}",
            f"DestUniqueid: {call.key}9", f"DialStatus: {status}",
        )  # fmt: skip

    def _is_there(self, call: FakeCall, party: Party) -> bool:
        return party in self._parties.get(call.key, [])

    def _all(self) -> list[tuple[FakeCall, Party]]:
        calls = self._node.calls
        return [
            (calls[key], one)
            for key, parties in self._parties.items()
            if key in calls
            for one in list(parties)
        ]
