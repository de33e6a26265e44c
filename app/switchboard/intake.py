"""Where a call at the door goes: the number register answers (decision 4)."""

import logging
from collections.abc import Callable
from datetime import datetime
from threading import Lock, Thread

from flask import Flask

from app.calls import service as calls
from app.calls.call_states import CallState
from app.calls.door_reasons import door_answered
from app.calls.provider_events import apply_news
from app.channels import door
from app.core import clock
from app.core.database import unit_of_work
from app.core.database_limits import hurried
from app.core.phone_numbers import normalise
from telephony.port import Ask, IncomingCall, IntakeAction, IntakeAnswer, Tell

logger = logging.getLogger(__name__)

REMEMBERED = 1000
"""Forwards that are kept in mind; a call that comes round does so within a minute."""

_ACTIONS = {
    door.DoorAction.QUEUE: IntakeAction.QUEUE,
    door.DoorAction.ANNOUNCE: IntakeAction.ANNOUNCE,
    door.DoorAction.FORWARD: IntakeAction.FORWARD,
    door.DoorAction.HUMAN_FIRST: IntakeAction.HUMAN_FIRST,
}


class ForwardsLately:
    """The calls sent on to old seats a moment ago, for callers whose carrier strips headers.

    A call that bounces is back within milliseconds, sooner than news of it is in the ledger.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: list[door.Forwarded] = []

    def list(self) -> "list[door.Forwarded]":
        """Return them, oldest first."""
        with self._lock:
            return list(self._kept)

    def add(self, forwarded: door.Forwarded) -> None:
        """Keep one more; the oldest are forgotten."""
        with self._lock:
            self._kept = [*self._kept[1 - REMEMBERED :], forwarded]


def make_ask(app: Flask, *, tell: Tell | None = None) -> Ask:
    """Return the question that exchanges ask about each new call.

    `tell` takes news where one thread writes it: two writers of one call, neither of which sees the
    other's save yet, could each take it for unknown.
    """
    lately = ForwardsLately()

    def ask(incoming: IncomingCall) -> IntakeAnswer:
        call = call_at_door(incoming)
        now = clock.now()
        with app.app_context(), hurried():
            answer = door.answer_at_door(
                call, at=now, before=lately.list(), is_up=_is_up_on(incoming.exchange_id)
            )
        if answer.line is None:
            # A citizen who reached us is never turned away because a register has a hole.
            logger.warning("number not in the register", extra={"dialled": call.delivered})
        _remember(lately, call, answer, at=now)
        if answer.decision.reason:
            keep = (app, call, answer, now, tell)
            # beside the call: the caller is not kept waiting for the database
            Thread(target=_keep_reason, args=keep, name="intake-reason", daemon=True).start()
        return intake_answer(answer)

    return ask


def call_at_door(incoming: IncomingCall) -> door.CallAtDoor:
    """Return the call in the words of the register."""
    passage = incoming.passage
    return door.CallAtDoor(
        exchange_id=incoming.exchange_id,
        call_key=incoming.call_key,
        from_number=normalise(incoming.from_number),
        delivered=incoming.dialled_number,
        trunk=passage.trunk,
        hops=passage.hops,
        diverted_from=passage.diverted_from,
        max_forwards=passage.max_forwards,
    )


def intake_answer(answer: door.DoorAnswer) -> IntakeAnswer:
    """Return the register's decision in the words of the exchange."""
    decision, line = answer.decision, answer.line
    has_heard_it = decision.action is door.DoorAction.HUMAN_FIRST  # he was here before
    return IntakeAnswer(
        action=_ACTIONS[decision.action],
        announcement=decision.announcement,
        greeting=line.greeting_sound if line and not has_heard_it else "",
        forward_to=decision.forward_to,
        ring_seconds=decision.ring_seconds,
        plays_recording_notice=line.plays_recording_notice if line else False,
    )


def _is_up_on(exchange_id: str) -> Callable[[str], bool]:
    def is_up(call_key: str) -> bool:
        call = calls.find_call(exchange_id, call_key)
        # what is not yet in the ledger has only just come in
        return call is None or call.state is not CallState.ENDED

    return is_up


def _remember(
    lately: ForwardsLately, call: door.CallAtDoor, answer: door.DoorAnswer, *, at: datetime
) -> None:
    if answer.decision.action is not door.DoorAction.FORWARD or answer.line is None:
        return
    lately.add(
        door.Forwarded(
            call_key=call.call_key,
            from_number=call.from_number,
            number_id=answer.line.id,
            forward_to=answer.decision.forward_to,
            at=at,
        )
    )


def _keep_reason(
    app: Flask, call: door.CallAtDoor, answer: door.DoorAnswer, at: datetime, tell: Tell | None
) -> None:
    decision = answer.decision
    if decision.sign is not None:
        logger.error(
            "call given to a human", extra={"sign": decision.sign, "call_key": call.call_key}
        )
    try:
        with app.app_context():
            if decision.sign is not None:
                with unit_of_work():
                    door.raise_alarm(call, answer, at=at)
            of_call = {"exchange_id": call.exchange_id, "call_key": call.call_key}
            told = door_answered(**of_call, reason=decision.reason, at=at)
            if told is not None and tell is not None:
                tell([told])
            elif told is not None:
                with unit_of_work():
                    apply_news([told])
    except Exception:
        logger.exception("why a call was turned away could not be kept",
                         extra={"call_key": call.call_key})  # fmt: skip
