"""What an exchange tells of one caller's line, on a clock of its own."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from app.calls import service as calls
from app.calls.models import Call
from app.calls.provider_events import apply_news
from app.core.database import db, unit_of_work
from telephony import events as news
from telephony.port import LiveCall

TEN = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""When the exchange's day begins here: ten in the morning in Heyuan."""


def tell(*events: news.TelephonyEvent) -> None:
    """Let the ledger hear these, in this order, in one save."""
    with unit_of_work():
        apply_news(events)


def live(line: "Line", place: news.Place, **more: Any) -> LiveCall:
    """Give what the exchange says of a line when it is asked what is up."""
    given: dict[str, Any] = {"place_counter": 1, **more}
    return LiveCall(
        exchange_id=line.exchange_id,
        boot_id=line.boot_id,
        call_key=line.call_key,
        from_number=line.from_number,
        from_name="",
        dialled_number=line.dialled_number,
        invited_at=TEN,
        place=place,
        **given,
    )


@dataclass(frozen=True, kw_only=True)
class Line:
    """One caller's line. Every method makes one piece of news; `at` is in seconds of the day."""

    call_key: str = "call-1"
    exchange_id: str = "sim"
    boot_id: str = "boot-1"
    from_number: str = "13900002817"
    dialled_number: str = "12315"

    def arrived(self, at: float = 0) -> news.CallArrived:
        """The INVITE."""
        return news.CallArrived(
            **self._own(at),
            from_number=self.from_number,
            from_name="",
            dialled_number=self.dialled_number,
            invited_at=TEN + timedelta(seconds=at),
        )

    def queued(self, at: float, *, counter: int = 1) -> news.CallerPlaced:
        """Hold music of our queue."""
        return self.placed(news.Place.QUEUE, at, counter=counter)

    def placed(self, place: news.Place, at: float, *, counter: int = 1) -> news.CallerPlaced:
        """Some hold music."""
        return news.CallerPlaced(**self._own(at), counter=counter, place=place)

    def rings(self, phone: str, at: float, *, leg: int = 1) -> news.AgentRinging:
        """A phone rings."""
        return news.AgentRinging(**self._agent(at, leg), phone=phone)

    def answered(self, phone: str, at: float, *, leg: int = 1) -> news.AgentAnswered:
        """A phone took the call."""
        return news.AgentAnswered(**self._agent(at, leg), phone=phone)

    def ring_failed(
        self,
        phone: str,
        at: float,
        *,
        leg: int = 1,
        reason: news.RingFailure = news.RingFailure.NO_ANSWER,
    ) -> news.RingFailed:
        """A phone did not take the call."""
        return news.RingFailed(**self._agent(at, leg), phone=phone, reason=reason)

    def lost(
        self,
        phone: str,
        at: float,
        *,
        leg: int = 1,
        reason: news.PartyLost = news.PartyLost.PHONE_LOST,
    ) -> news.AgentGone:
        """An agent's leg left the talk."""
        return news.AgentGone(**self._agent(at, leg), phone=phone, reason=reason)

    def ended(
        self, at: float, *, by: news.EndedBy = news.EndedBy.CALLER, cause: int = 16
    ) -> news.CallEnded:
        """The caller is gone."""
        return news.CallEnded(**self._own(at), cause=cause, ended_by=by)

    def call(self) -> Call:
        """What the ledger says of this line now."""
        call = self.find()
        assert call is not None, f"{self.call_key} is not in the ledger"
        return call

    def find(self) -> Call | None:
        """The same, or None where the ledger has never heard of it."""
        db.session.rollback()
        return calls.find_call(self.exchange_id, self.call_key)

    def _own(self, at: float) -> dict[str, Any]:
        return {
            "exchange_id": self.exchange_id,
            "boot_id": self.boot_id,
            "call_key": self.call_key,
            "leg_key": self.call_key,
            "happened_at": TEN + timedelta(seconds=at),
        }

    def _agent(self, at: float, leg: int) -> dict[str, Any]:
        return {**self._own(at), "leg_key": f"{self.call_key}-a{leg}"}
