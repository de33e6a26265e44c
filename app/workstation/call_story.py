"""The story of one call: every row that any room keeps of it, in one line of time, masked."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.accounts import service as accounts
from app.call_queue import call_rows as queue_rows
from app.calls import call_rows
from app.calls import service as calls
from app.core.phone_numbers import mask, mask_in_text
from app.workstation.call_verdict import CallPicture, Verdict, cause_key, verdict_of

SHOWN_OF_EVENTS = ("place", "phone", "reason", "cause", "ended_by", "recording_name", "status")


@dataclass(frozen=True, kw_only=True)
class Moment:
    """One thing that happened. `source` says who keeps it; `what` and `detail` are codes."""

    at: datetime
    source: str
    what: str
    detail: str = ""
    agent_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Story:
    """What became of a call, and how."""

    verdict: Verdict
    waited_seconds: float
    talked_seconds: float
    cause: int | None
    cause_key: str
    moments: list[Moment]
    people: dict[int, Any]


def story_of(call: calls.Call) -> Story:
    """Read and tell the story of a call."""
    rows = call_rows.rows_of(call)
    waited, talked = calls.wait_seconds(call.id), calls.talk_seconds(call.id)
    failures = [leg.end_reason for leg in rows.legs if leg.end_reason and not leg.answered_at]
    failures += [o.answer_code for o in rows.orders if o.kind == "RingAgent" and o.answer_code]
    picture = CallPicture(
        is_ended=call.ended_at is not None,
        is_outgoing=call.direction.value == "out",
        states=[step.new.value for step in rows.steps if step.new.value != "ended"],
        waited_seconds=waited,
        talked_seconds=talked,
        ended_by=call.ended_by,
        cause=call.cause,
        ring_failures=[why for why in failures if why != "call_ended"],
        was_sent_on=bool(rows.forwards),
    )
    moments = sorted(_moments(call, rows), key=lambda each: each.at)
    return Story(
        verdict=verdict_of(picture),
        waited_seconds=waited,
        talked_seconds=talked,
        cause=call.cause,
        cause_key=cause_key(call.cause),
        moments=moments,
        people=accounts.people({each.agent_id for each in moments if each.agent_id is not None}),
    )


def _moments(call: calls.Call, rows: call_rows.CallRows) -> Iterator[Moment]:
    yield Moment(at=call.invited_at, source="exchange", what="invited", detail=call.exchange_id)
    for step in rows.steps:
        yield Moment(
            at=step.at,
            source="ledger",
            what=step.new.value,
            detail=step.because,
            agent_id=step.agent_id,
        )
    yield from _of_legs(rows)
    yield from _of_orders(rows)
    for event in rows.events:
        detail = _told(event.body)
        yield Moment(at=event.happened_at, source="exchange", what=event.kind, detail=detail)
    for forward in rows.forwards:
        yield Moment(
            at=forward.started_at,
            source="leg",
            what="forwarded",
            detail=f"{mask(forward.number)} {forward.outcome or ''}".strip(),
        )
    yield from _of_queue(call.id)


def _of_legs(rows: call_rows.CallRows) -> Iterator[Moment]:
    for leg in rows.legs:
        phone = mask(leg.phone) if leg.is_outside else leg.phone
        marks = (
            ("ringing", leg.ringing_at, phone),
            ("answered", leg.answered_at, phone),
            ("left", leg.ended_at, f"{phone} {leg.end_reason or ''}".strip()),
        )
        for what, at, detail in marks:
            if at is not None:
                yield Moment(at=at, source="leg", what=what, detail=detail, agent_id=leg.agent_id)


def _of_orders(rows: call_rows.CallRows) -> Iterator[Moment]:
    for order in rows.orders:
        yield Moment(at=order.wished_at, source="order", what=order.kind, agent_id=order.wished_by)
        if order.answered_at is not None:
            answer = " ".join(filter(None, (order.state.value, order.answer_code)))
            yield Moment(at=order.answered_at, source="order", what=order.kind, detail=answer)


def _of_queue(call_id: int) -> Iterator[Moment]:
    for offer in queue_rows.offers_of(call_id):
        yield Moment(at=offer.made_at, source="offer", what="made", agent_id=offer.agent_id)
        if offer.ended_at is not None:
            yield Moment(
                at=offer.ended_at,
                source="offer",
                what=offer.state.value,
                agent_id=offer.agent_id,
            )
    for step in queue_rows.presence_steps_of(call_id):
        yield Moment(
            at=step.at,
            source="presence",
            what=step.new.value,
            detail=step.reason or "",
            agent_id=step.agent_id,
        )


def _told(body: dict[str, Any]) -> str:
    """Return what is worth reading of an event as the exchange told it, numbers masked."""
    told: Iterable[str] = (
        f"{name}={body[name]}" for name in SHOWN_OF_EVENTS if body.get(name) not in (None, "")
    )
    return mask_in_text(" ".join(told))
