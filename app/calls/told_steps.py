"""Lays the steps of a call from everything that was told of it, in the order it happened. Pure.

Whatever order the news was heard in, the same news lays the same steps: who had the caller, who
took him over, and what became of each handing over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.calls.call_states import MOVES, WITH_AGENT, CallState, Sign, state_after
from app.calls.transfer_states import TransferState

# At one moment: an end of something comes before what follows it, the end of all comes last.
RANK = {
    "call_arrived": 0,
    "ring_failed": 1,
    "agent_gone": 1,
    "party_failed": 1,
    "party_gone": 1,
    "caller_placed": 2,
    "caller_held": 2,
    "agent_ringing": 3,
    "party_ringing": 3,
    "agent_answered": 4,
    "party_answered": 4,
    "citizen_answered": 4,
    "caller_resumed": 5,
    "parties_joined": 5,
    "call_ended": 9,
}
HANDS_ON = 6  # an agent who leaves the caller to others: they have answered before
TAKES_OVER = 7
LAST = 99
CONSULTED, TRANSFERRED_TO = "consulted", "transferred_to"


@dataclass(frozen=True)
class Step:
    """One step of a call as it shall stand."""

    new: CallState
    at: datetime
    because: str
    agent_id: int | None


@dataclass(frozen=True)
class Told:
    """One piece of the exchange's news, or a step of ours that no news explains."""

    at: datetime
    kind: str
    leg_key: str = ""
    phone: str = ""
    word: str = ""  # the place, or the reason
    order_id: int | None = None  # of a party: the order that called it, its name
    role: str = ""
    is_outside: bool = False
    step: Step | None = None

    @property
    def order(self) -> tuple[datetime, int]:
        """Say where it stands among the others."""
        if self.kind == "agent_gone" and self.word == "transferred":
            return self.at, HANDS_ON
        if self.role == TRANSFERRED_TO and self.kind in {"party_ringing", "party_answered"}:
            return self.at, TAKES_OVER
        return self.at, RANK.get(self.kind, LAST)


@dataclass(frozen=True)
class Found:
    """What became of handing the caller over: of one order's transfer, or of all (no order)."""

    at: datetime
    what: TransferState | None
    order_id: int | None = None
    why: str | None = None
    kind: str = ""  # without an order: parties_joined, came_back


@dataclass
class Laid:
    """What the whole story comes to."""

    steps: list[Step] = field(default_factory=list)
    agent_id: int | None = None
    took_over: dict[int, datetime] = field(default_factory=dict)  # by the party's order
    found: list[Found] = field(default_factory=list)


def lay(told: Sequence[Told], *, agents: Mapping[str, int | None]) -> Laid:
    """Lay the steps of what was told; `agents` are the people of the phones in it."""
    fold = _Fold(agents)
    for each in sorted(told, key=lambda one: one.order):
        fold.take(each)
    return fold.laid


class _Fold:
    def __init__(self, agents: Mapping[str, int | None]) -> None:
        self.laid = Laid()
        self._agents = agents
        self._state: CallState | None = None
        self._talks_over = ""
        self._parties: dict[int, Told] = {}  # who has answered and is there

    def take(self, each: Told) -> None:
        if self._state is None:
            self._begin(each)
        elif each.step is not None:
            if each.step.new in MOVES[self._state]:
                self._move(each.step.new, each, by=each.step.agent_id)
        elif each.order_id is not None and each.kind.startswith("party_"):
            self._party(each)
        elif each.kind == "agent_answered":
            self._answered(each)
        elif each.kind == "agent_gone" and each.word == "transferred":
            self._handed_on(each)
        else:
            self._sign(each, self._sign_of(each))

    def _begin(self, each: Told) -> None:
        if each.step is not None:
            self.laid.agent_id = each.step.agent_id
            self._move(each.step.new, each, by=each.step.agent_id)
        elif each.kind == "call_arrived":
            self._move(CallState.INTAKE, each, by=self.laid.agent_id)

    def _sign(self, each: Told, sign: Sign | None) -> None:
        if sign is None or self._state is None:
            return
        was = self._state
        self._move(state_after(was, sign), each, by=self.laid.agent_id)
        was_handed_on = was in {CallState.TRANSFERRING, CallState.HANDED_OVER}
        if was_handed_on and self._state is CallState.WAITING:
            self.laid.found.append(Found(each.at, None, kind="came_back"))
        if each.kind == "parties_joined":
            self.laid.found.append(Found(each.at, None, kind=each.kind))

    def _move(self, new: CallState, each: Told, *, by: int | None) -> None:
        if new is not self._state:
            self._state = new
            self.laid.steps.append(Step(new, each.at, each.kind, by))

    def _change_hands(self, each: Told, agent: int | None, sign: Sign) -> None:
        """The call is this agent's from now on, also where its state stays what it is."""
        before, was = self.laid.agent_id, self._state
        self.laid.agent_id = agent or before
        self._sign(each, sign)
        if self._state is was is not None and agent not in {None, before}:
            self.laid.steps.append(Step(was, each.at, each.kind, agent))

    def _answered(self, each: Told) -> None:
        self._talks_over = each.leg_key
        if self._state is CallState.TALKING:
            self._change_hands(each, self._agents.get(each.phone), Sign.ANSWERED)
            return
        self.laid.agent_id = self._agents.get(each.phone) or self.laid.agent_id
        self._sign(each, Sign.ANSWERED)

    def _handed_on(self, each: Told) -> None:
        answered = sorted(
            (party for party in self._parties.values() if party.role == CONSULTED),
            key=lambda party: (party.is_outside, party.order_id),
        )
        if not answered:
            self._sign(each, Sign.TRANSFER_BEGAN)
            return
        for party in answered:
            self._find(party, TransferState.TAKEN, at=each.at)
        self._take_over(answered[0], each)

    def _take_over(self, party: Told, each: Told) -> None:
        if party.order_id is not None:
            self.laid.took_over.setdefault(party.order_id, each.at)
        if party.is_outside:
            self._sign(each, Sign.TAKEN_OUTSIDE)
        else:
            self._talks_over = party.leg_key
            self._change_hands(each, self._agents.get(party.phone), Sign.TAKEN_OVER)

    def _party(self, each: Told) -> None:
        match each.kind, each.role:
            case "party_ringing", role:
                self._find(each, TransferState.RINGING)
                if role == CONSULTED:
                    self._sign(each, Sign.HELD)
                elif role == TRANSFERRED_TO and self._state in WITH_AGENT:
                    self._sign(each, Sign.TRANSFER_BEGAN)
            case "party_answered", _:
                self._party_answered(each)
            case "party_failed", _:
                is_ours = each.word == "withdrawn"
                state = TransferState.WITHDRAWN if is_ours else TransferState.NOT_ANSWERED
                self._find(each, state, why=each.word)
            case "party_gone", _:
                self._party_gone(each)

    def _party_answered(self, each: Told) -> None:
        assert each.order_id is not None  # noqa: S101 - asked by `take`
        self._parties[each.order_id] = each
        takes = each.role == TRANSFERRED_TO
        takes = takes or (each.role == CONSULTED and self._state is CallState.TRANSFERRING)
        self._find(each, TransferState.TAKEN if takes else TransferState.ASKED)
        if takes:
            self._take_over(each, each)

    def _party_gone(self, each: Told) -> None:
        assert each.order_id is not None  # noqa: S101 - asked by `take`
        if self._parties.pop(each.order_id, None) is None:
            self._find(each, TransferState.WITHDRAWN)
        elif each.order_id not in self.laid.took_over:
            self._find(each, TransferState.RETURNED)

    def _find(
        self,
        party: Told,
        what: TransferState,
        *,
        at: datetime | None = None,
        why: str | None = None,
    ) -> None:
        self.laid.found.append(Found(at or party.at, what, order_id=party.order_id, why=why))

    def _sign_of(self, told: Told) -> Sign | None:
        has_agent = self.laid.agent_id is not None
        if told.kind == "caller_placed":
            if told.word == "alone":
                return Sign.LEFT_ALONE
            return Sign.KEPT if told.word == "kept" and has_agent else Sign.PLACED_IN_QUEUE
        if told.kind == "agent_gone" and told.word in {"media_lost", "phone_lost"}:
            if self._talks_over not in {"", told.leg_key}:
                return None  # the talk goes on over a newer leg
            return Sign.AGENT_LOST if has_agent else Sign.PLACED_IN_QUEUE
        return _SIGNS.get(told.kind)


_SIGNS = {
    "agent_ringing": Sign.RINGS,
    "caller_held": Sign.HELD,
    "caller_resumed": Sign.RESUMED,
    "parties_joined": Sign.RESUMED,
    "citizen_answered": Sign.CITIZEN_ANSWERED,
    "call_ended": Sign.ENDED,
}
