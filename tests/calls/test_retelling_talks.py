"""News of held, handed-on and called-out calls past each other: any order gives the same rows."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from app.calls import spells, transfers
from app.calls.models import Call, CallLeg, CallOrder, CallStateChange
from app.calls.transfer_states import TransferKind
from app.core.database import db, unit_of_work
from app.core.permissions import Role
from telephony.control_orders import SupervisionMode
from telephony.events import Place, TelephonyEvent
from tests import people
from tests.calls.control_news import OUTSIDE, TAKER, Talk
from tests.calls.line_news import TEN, Line, tell

pytestmark = pytest.mark.usefixtures("app")

OUTSIDE_NUMBER = "07623380000"
ORDERS_TRIED = 15


@dataclass
class Cast:
    """One call's line, and who is in it."""

    line: Line
    agent: str
    colleague: str
    leader: str
    order: int = 0

    @property
    def begin(self) -> list[TelephonyEvent]:
        line = self.line
        return [line.arrived(0), line.queued(1), line.rings(self.agent, 2),
                line.answered(self.agent, 5)]  # fmt: skip


def held_twice(cast: Cast) -> list[TelephonyEvent]:
    talk = Talk(cast.line)
    return [*cast.begin, talk.held(cast.agent, 10), talk.resumed(cast.agent, 20),
            talk.held(cast.agent, 30), talk.resumed(cast.agent, 45),
            cast.line.ended(60)]  # fmt: skip


def asked_and_left(cast: Cast) -> list[TelephonyEvent]:
    talk, who = Talk(cast.line), {"order": cast.order}
    return [*cast.begin, talk.held(cast.agent, 10), talk.rings(cast.colleague, 11, **who),
            talk.answers(cast.colleague, 15, **who), talk.transferred(cast.agent, 30),
            cast.line.ended(70)]  # fmt: skip


def three_together(cast: Cast) -> list[TelephonyEvent]:
    talk, who = Talk(cast.line), {"order": cast.order}
    return [*cast.begin, talk.held(cast.agent, 10), talk.rings(cast.colleague, 11, **who),
            talk.answers(cast.colleague, 15, **who), talk.joined(20),
            talk.leaves(cast.colleague, 40, **who), cast.line.ended(70)]  # fmt: skip


def blindly_taken(cast: Cast) -> list[TelephonyEvent]:
    talk, who = Talk(cast.line), {"order": cast.order, "role": TAKER}
    return [*cast.begin, talk.transferred(cast.agent, 20), talk.rings(cast.colleague, 21, **who),
            talk.answers(cast.colleague, 26, **who), cast.line.ended(70)]  # fmt: skip


def blindly_not_taken(cast: Cast) -> list[TelephonyEvent]:
    talk, who = Talk(cast.line), {"order": cast.order, "role": TAKER}
    line = cast.line
    return [*cast.begin, talk.transferred(cast.agent, 20), talk.rings(cast.colleague, 21, **who),
            talk.fails(cast.colleague, 40, **who), line.queued(41, counter=2),
            line.rings(cast.colleague, 42, leg=2), line.answered(cast.colleague, 45, leg=2),
            line.ended(70)]  # fmt: skip


def handed_outside(cast: Cast) -> list[TelephonyEvent]:
    talk, who = Talk(cast.line), {"order": cast.order, "kind": OUTSIDE}
    return [*cast.begin, talk.held(cast.agent, 10), talk.rings(OUTSIDE_NUMBER, 11, **who),
            talk.answers(OUTSIDE_NUMBER, 15, **who), talk.transferred(cast.agent, 30),
            cast.line.ended(70)]  # fmt: skip


def asked_in_vain(cast: Cast) -> list[TelephonyEvent]:
    talk, who = Talk(cast.line), {"order": cast.order}
    return [*cast.begin, talk.held(cast.agent, 10), talk.rings(cast.colleague, 11, **who),
            talk.fails(cast.colleague, 25, **who), talk.resumed(cast.agent, 28),
            talk.supervised(cast.leader, 30, SupervisionMode.LISTEN),
            talk.supervised(cast.leader, 40, SupervisionMode.BARGE),
            talk.supervised(cast.leader, 50, None), cast.line.ended(70)]  # fmt: skip


def lost_while_held(cast: Cast) -> list[TelephonyEvent]:
    talk, line = Talk(cast.line), cast.line
    return [*cast.begin, talk.held(cast.agent, 10), line.lost(cast.agent, 20),
            line.placed(Place.KEPT, 21, counter=2), line.rings(cast.agent, 22, leg=2),
            line.answered(cast.agent, 24, leg=2), line.ended(70)]  # fmt: skip


STORIES: dict[Callable[[Cast], list[TelephonyEvent]], TransferKind | None] = {
    held_twice: None,
    asked_and_left: TransferKind.WARM,
    three_together: TransferKind.WARM,
    blindly_taken: TransferKind.COLD,
    blindly_not_taken: TransferKind.COLD,
    handed_outside: TransferKind.WARM,
    asked_in_vain: TransferKind.WARM,
    lost_while_held: None,
}


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_any_order_of_the_same_news_gives_the_same_rows(
    story: Callable[[Cast], list[TelephonyEvent]],
) -> None:
    names = [people.one_person(Role.AGENT).work_number for _ in range(3)]
    pick = random.Random(story.__name__)
    truth: dict[str, Any] | None = None
    for nth in range(ORDERS_TRIED):
        cast = Cast(Line(call_key=f"{story.__name__[:20]}-{nth}"), *names)
        first = story(cast)[:1]
        tell(*first)  # the raw book needs the call before an order of it can be
        if STORIES[story]:
            cast.order = wished(cast, STORIES[story])
        rest = story(cast)[1:]
        if nth:
            pick.shuffle(rest)
        for piece in rest:
            tell(piece)
        rows = rows_of(cast)
        truth = truth or rows
        assert rows == truth, [f"{one.kind} {(one.happened_at - TEN).seconds}" for one in rest]


def wished(cast: Cast, kind: TransferKind | None) -> int:
    call = cast.line.call()
    with unit_of_work():
        order = CallOrder(
            exchange_id=call.exchange_id, call_id=call.id, kind="CallParty", body={},
            state="taken", wished_at=TEN,
        )  # fmt: skip
        db.session.add(order)
        db.session.flush()
        handing = transfers.Handing(kind=kind or TransferKind.WARM, address=cast.colleague)
        transfers.open_transfer(order, handing)
        return order.id


def rows_of(cast: Cast) -> dict[str, Any]:
    """Return everything durations and reports are computed from, without ids."""
    call: Call = cast.line.call()
    steps = db.select(CallStateChange).where(CallStateChange.call_id == call.id)
    legs = db.select(CallLeg).where(CallLeg.call_id == call.id)
    return {
        "call": (call.state, call.agent_id, call.result, call.waiting_at, call.talk_started_at,
                 call.ended_at),
        "steps": [(row.new, row.at, row.agent_id)
                  for row in db.session.scalars(steps.order_by(CallStateChange.id))],
        "legs": sorted((row.phone, str(row.role), row.is_outside, str(row.ringing_at),
                        str(row.answered_at), str(row.took_over_at), str(row.ended_at),
                        row.end_reason) for row in db.session.scalars(legs)),
        "spells": [(row.kind, row.phone, row.mode, row.began_at, row.ended_at)
                   for row in spells.list_spells(call.id)],
        "transfers": [(row.kind, row.state, row.answered_at, row.ended_at, row.end_reason)
                      for row in transfers.list_transfers(call.id)],
    }  # fmt: skip
