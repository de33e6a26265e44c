"""What an exchange tells of a call with more than two; beside `line_news`."""

from datetime import timedelta
from typing import Any

from telephony import control_events as control
from telephony import control_orders as wishes
from telephony.events import PartyLost, RingFailure
from tests.calls.line_news import TEN, Line

OUR_PHONE, OUTSIDE = wishes.TargetKind.PHONE, wishes.TargetKind.NUMBER
CONSULTED, TAKER = control.PartyRole.CONSULTED, control.PartyRole.TRANSFERRED_TO


class Talk:
    """News of one talk; `at` is in seconds of the exchange's day. Counters count by themselves."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self._told = 0

    def held(self, phone: str, at: float, order: int | None = None) -> control.CallerHeld:
        return control.CallerHeld(**self._own(at), phone=phone, order_id=order)

    def resumed(self, phone: str, at: float, order: int | None = None) -> control.CallerResumed:
        return control.CallerResumed(**self._own(at), phone=phone, order_id=order)

    def muted(self, phone: str, at: float, *, is_muted: bool = True) -> control.AgentMuted:
        return control.AgentMuted(**self._own(at), phone=phone, is_muted=is_muted)

    def recording(self, at: float, *, is_paused: bool) -> control.RecordingPaused:
        return control.RecordingPaused(**self._own(at), is_paused=is_paused)

    def joined(self, at: float) -> control.PartiesJoined:
        return control.PartiesJoined(**self._own(at))

    def supervised(
        self, phone: str, at: float, mode: wishes.SupervisionMode | None
    ) -> control.SupervisionChanged:
        return control.SupervisionChanged(**self._own(at), phone=phone, mode=mode)

    def rings(self, address: str, at: float, **who: Any) -> control.PartyRinging:
        return control.PartyRinging(**self._party(address, at, **who))

    def answers(self, address: str, at: float, **who: Any) -> control.PartyAnswered:
        return control.PartyAnswered(**self._party(address, at, **who))

    def fails(
        self, address: str, at: float, reason: RingFailure = RingFailure.NO_ANSWER, **who: Any
    ) -> control.PartyFailed:
        return control.PartyFailed(**self._party(address, at, **who), reason=reason)

    def leaves(self, address: str, at: float, **who: Any) -> control.PartyGone:
        return control.PartyGone(**self._party(address, at, **who))

    def transferred(self, phone: str, at: float, leg: int = 1) -> Any:
        return self.line.lost(phone, at, leg=leg, reason=PartyLost.TRANSFERRED)

    def citizen_answers(self, at: float) -> control.CitizenAnswered:
        return control.CitizenAnswered(**self._own(at))

    def _party(
        self,
        address: str,
        at: float,
        *,
        order: int,
        role: control.PartyRole = CONSULTED,
        kind: wishes.TargetKind = OUR_PHONE,
    ) -> dict[str, Any]:
        return {
            **self._own(at),
            "leg_key": f"{self.line.call_key}-p{order}",
            "order_id": order,
            "role": role,
            "target_kind": kind,
            "address": address,
        }

    def _own(self, at: float) -> dict[str, Any]:
        self._told += 1
        return {
            "exchange_id": self.line.exchange_id,
            "boot_id": self.line.boot_id,
            "call_key": self.line.call_key,
            "leg_key": self.line.call_key,
            "counter": self._told,
            "happened_at": TEN + timedelta(seconds=at),
        }
