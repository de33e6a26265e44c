"""What a pretended node answers to actions about calls; everything behind its lock.

What becomes of a call is the node's affair (fake_node), what becomes of a third leg fake_rooms'.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from tests.bed.fake_ami import Action, FakeAmi, Reply
from tests.bed.fake_calls import FakeCall

if TYPE_CHECKING:
    from tests.bed.fake_node import FakeNode


class Actions:
    """The actions that this node knows beside those of its registers."""

    def __init__(self, node: "FakeNode") -> None:
        self._node = node

    def replies(self) -> Mapping[str, Reply]:
        """Give what is answered, by the name of the action."""
        known = {
            "Ping": self._ping,
            "CoreStatus": self._core_status,
            "Setvar": self._set_variable,
            "Getvar": self._get_variable,
            "Redirect": self._redirect,
            "Hangup": self._hang_up,
            "Status": self._status,
            "Originate": self._node.rooms.originate,
            "MuteAudio": self._mute,
            "UserEvent": self._tell_for_an_application,
        }
        return {name: self._locked(reply) for name, reply in known.items()}

    def _locked(self, reply: Callable[[Action], None]) -> Reply:
        def answer(_ami: FakeAmi, action: Action) -> None:
            with self._node.lock:
                reply(action)

        return answer

    def _ping(self, action: Action) -> None:
        self._node.ami.answer(action, "Ping: Pong", f"Timestamp: {self._node.time.now:.6f}")

    def _core_status(self, action: Action) -> None:
        started = f"CoreStartupTime: 06:00:{self._node.boots:02}"
        self._node.ami.answer(action, "CoreStartupDate: 2026-11-23", started)

    def _set_variable(self, action: Action) -> None:
        if "Channel" not in action:
            if action["Variable"] == "HL_HEARTBEAT":
                self._node.heartbeat = int(action["Value"])
            self._node.ami.answer(action, "Message: Variable Set")
        elif (variables := self._variables_of(action["Channel"])) is not None:
            variables[action["Variable"]] = action["Value"]
            self._node.ami.answer(action, "Message: Variable Set")
        else:
            self._node.ami.refuse(action, "No such channel")

    def _get_variable(self, action: Action) -> None:
        call = self._node.calls.get(action["Channel"])
        if call is None:
            self._node.ami.refuse(action, "No such channel")
            return
        name = action["Variable"]
        self._node.ami.answer(action, f"Variable: {name}", f"Value: {call.variable(name)}")

    def _variables_of(self, key: str) -> dict[str, str] | None:
        party = self._node.rooms.find(key)
        if party is not None:
            return party[1].variables
        if key in self._node.calls:
            return self._node.calls[key].variables
        legs = (call.leg for call in self._node.calls.values() if call.leg)
        return next((leg.variables for leg in legs if leg.key == key), None)

    def _mute(self, action: Action) -> None:
        # No list of a node shows this mute: what it shows is the variable that is set beside it.
        if self._variables_of(action["Channel"]) is None:
            self._node.ami.refuse(action, "No such channel")
        else:
            self._node.ami.answer(action)

    def _tell_for_an_application(self, action: Action) -> None:
        self._node.ami.answer(action)
        more = [f"{name}: {value}" for name, value in action.items()
                if name not in ("Action", "ActionID", "UserEvent")]  # fmt: skip
        self._node.say_user_event(self._node.calls[action["Call"]], action["UserEvent"], *more)

    def _redirect(self, action: Action) -> None:
        if (found := self._node.rooms.find(action["Channel"])) is not None:
            self._node.ami.answer(action, "Message: Redirect successful")
            self._node.rooms.change_mode(*found, action["Exten"])
            return
        call = self._node.calls.get(action["Channel"])
        if call is None:
            self._node.ami.refuse(action, f"Channel does not exist: {action['Channel']}")
            return
        self._node.ami.answer(action, "Message: Redirect successful")
        if not self._node.rooms.move(call, action["Context"], action["Exten"]):
            self._move_caller(call, action["Context"], action["Exten"])

    def _move_caller(self, call: FakeCall, context: str, extension: str) -> None:
        match context, extension:
            case "to-agent", phone:
                self._node.ring(call, phone)
            case "withdrawn", _:
                self._node.not_taken(call, "WITHDRAWN")
            case "kept", _:
                if call.place in ("talking", "held"):
                    self._node.agent_left(call, "phone_lost")
                self._node.place(call, "kept")
            case _:
                self._node.place(call, context)

    def _hang_up(self, action: Action) -> None:
        if (found := self._node.rooms.find(action["Channel"])) is not None:
            self._node.ami.answer(action, "Message: Channel Hungup")
            self._node.rooms.ends(*found)
            return
        call = self._node.calls.get(action["Channel"])
        if call is None:
            self._node.ami.refuse(action, "No such channel")
            return
        self._node.ami.answer(action, "Message: Channel Hungup")
        self._node.end(call, cause=int(action["Cause"]))

    def _status(self, action: Action) -> None:
        wanted = action.get("Variables", "").split(",")
        entries = [entry for call in self._node.calls.values() for entry in call.status(wanted)]
        entries += self._node.rooms.status(wanted)
        self._node.ami.answer_list(action, entries, ends_with="StatusComplete")
