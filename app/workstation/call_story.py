"""The story of one call: every row that any room keeps of it, in one line of time, masked."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.accounts import service as accounts
from app.call_queue import call_rows as queue_rows
from app.calls import call_rows
from app.calls import service as calls
from app.core.phone_numbers import mask, mask_in_text
from app.workstation import story_words as words
from app.workstation.call_verdict import CallPicture, Verdict, cause_key, verdict_of
from app.workstation.story_words import Said


@dataclass(frozen=True, kw_only=True)
class Moment:
    """One thing that happened, in words. `source` says who keeps it."""

    at: datetime
    source: str
    what: Said
    detail: tuple[Said, ...] = ()
    agent_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Story:
    """What became of a call, and how."""

    verdict: Verdict
    waited_seconds: float
    talked_seconds: float
    cause: int | None
    cause_key: str
    door: Said | None
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
        sent_on=(rows.forwards[-1].outcome or "") if rows.forwards else None,
        was_refused=any(o.kind == "CallOut" and o.answer_code for o in rows.orders),
        was_own_phone_taken=any(leg.role == "agent" and leg.answered_at for leg in rows.legs),
    )
    moments = sorted(_moments(call, rows), key=lambda each: each.at)
    return Story(
        verdict=verdict_of(picture),
        waited_seconds=waited,
        talked_seconds=talked,
        cause=call.cause,
        cause_key=cause_key(call.cause),
        door=words.door(call.door_reason) if call.door_reason else None,
        moments=moments,
        people=accounts.people({each.agent_id for each in moments if each.agent_id is not None}),
    )


def _moments(call: calls.Call, rows: call_rows.CallRows) -> Iterator[Moment]:
    yield Moment(
        at=call.invited_at,
        source="exchange",
        what=words.said("event", "invited"),
        detail=words.text(call.exchange_id),
    )
    for step in rows.steps:
        yield Moment(
            at=step.at,
            source="ledger",
            what=Said(key=f"calls.state_{step.new.value}"),
            detail=words.because(step.because),
            agent_id=step.agent_id,
        )
    yield from _of_legs(rows)
    yield from _of_orders(rows)
    for event in rows.events:
        yield Moment(
            at=event.happened_at,
            source="exchange",
            what=words.said("event", event.kind),
            detail=tuple(_masked(each) for each in words.told(event.body)),
        )
    for forward in rows.forwards:
        outcome = (words.said("reason", forward.outcome),) if forward.outcome else ()
        yield Moment(
            at=forward.started_at,
            source="leg",
            what=Said(key="story.leg_forwarded"),
            detail=(*words.text(mask(forward.number)), *outcome),
        )
    yield from _of_queue(call.id)


def _of_legs(rows: call_rows.CallRows) -> Iterator[Moment]:
    for leg in rows.legs:
        phone = words.text(mask(leg.phone) if leg.is_outside else leg.phone)
        why = (words.said("reason", leg.end_reason),) if leg.end_reason else ()
        marks = (
            ("ringing", leg.ringing_at, phone),
            ("answered", leg.answered_at, phone),
            ("left", leg.ended_at, (*phone, *why)),
        )
        for what, at, detail in marks:
            if at is not None:
                yield Moment(
                    at=at,
                    source="leg",
                    what=Said(key=f"story.leg_{what}"),
                    detail=detail,
                    agent_id=leg.agent_id,
                )


def _of_orders(rows: call_rows.CallRows) -> Iterator[Moment]:
    for order in rows.orders:
        what = words.said("order", order.kind)
        yield Moment(at=order.wished_at, source="order", what=what, agent_id=order.wished_by)
        if order.answered_at is not None:
            code = (words.said("code", order.answer_code),) if order.answer_code else ()
            answer = (words.said("order_state", order.state.value), *code)
            yield Moment(at=order.answered_at, source="order", what=what, detail=answer)
        if order.is_alarmed:
            nothing = words.said("order_state", "nothing_came")
            at = order.answered_at or order.wished_at
            yield Moment(at=at, source="order", what=what, detail=(nothing,))


def _of_queue(call_id: int) -> Iterator[Moment]:
    for offer in queue_rows.offers_of(call_id):
        made = Said(key="story.offer_made")
        yield Moment(at=offer.made_at, source="offer", what=made, agent_id=offer.agent_id)
        if offer.ended_at is not None:
            yield Moment(
                at=offer.ended_at,
                source="offer",
                what=Said(key=f"story.offer_{offer.state.value}"),
                agent_id=offer.agent_id,
            )
    for step in queue_rows.presence_steps_of(call_id):
        yield Moment(
            at=step.at,
            source="presence",
            what=words.said("presence", step.new.value),
            detail=(words.said("pause", step.reason),) if step.reason else (),
            agent_id=step.agent_id,
        )


def _masked(piece: Said) -> Said:
    return Said(text=mask_in_text(piece.text)) if piece.text else piece
