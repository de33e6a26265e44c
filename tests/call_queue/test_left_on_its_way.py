"""An order whose sender stood still is given up by a deadline; nobody waits for it for ever."""

from collections.abc import Callable

import pytest

from app.calls import mending, order_book, wishes
from app.calls.call_states import OrderState
from app.calls.mending import Look
from app.calls.models import Call, CallOrder
from app.calls.reconciliation import DifferenceKind
from app.core import clock
from app.core.database import db, unit_of_work
from tests.call_queue import desks
from tests.calls.line_news import tell

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen"), pytest.mark.postgresql]


def newest_order(kind: str) -> CallOrder:
    db.session.rollback()
    of_kind = db.select(CallOrder).where(CallOrder.kind == kind)
    return db.session.execute(of_kind.order_by(CallOrder.id.desc()).limit(1)).scalar_one()


def test_a_ring_that_was_never_answered_for_frees_its_agent(tick: Callable[..., None]) -> None:
    desks.link_up()
    agent = desks.ready_agent()
    desks.caller_in_line()
    desks.offer_all()
    desks.next_order()  # taken up; whoever took it stands still

    tick(seconds=61)
    desks.run_deadlines()

    order = newest_order("RingAgent")
    assert (order.state, order.answer_code) == (OrderState.REFUSED, "no-answer")
    assert desks.offers() == [(agent.id, "missed")]  # the ring's own deadline came first


def test_a_wish_that_was_never_answered_for_can_be_wished_again(tick: Callable[..., None]) -> None:
    desks.link_up()
    agent = desks.ready_agent()
    line = desks.caller_in_line()
    desks.offer_all()
    desks.answer_next()
    tell(line.rings(agent.work_number, 3), line.answered(agent.work_number, 5))
    call_id = line.call().id
    with unit_of_work():
        held = wishes.hold(call_id, phone=agent.work_number, wished_by=agent.id)
    desks.next_order()

    tick(seconds=59)
    desks.run_deadlines()
    assert newest_order("HoldCaller").state is OrderState.SENDING
    tick(seconds=2)
    desks.run_deadlines()

    assert newest_order("HoldCaller").state is OrderState.REFUSED
    with unit_of_work():
        order_book.mark_taken(held)  # he goes on at last
    assert newest_order("HoldCaller").state is OrderState.REFUSED
    with unit_of_work():
        assert wishes.hold(call_id, phone=agent.work_number, wished_by=agent.id) != held


def test_a_call_out_that_was_never_answered_for_is_compared_like_any_other(
    tick: Callable[..., None],
) -> None:
    desks.link_up()
    agent = desks.agent_at_desk()
    with unit_of_work():
        call_id, _order = wishes.call_out(
            agent_id=agent.id,
            phone=agent.work_number,
            number="13900002817",
            shown_number="12345",
            ring_seconds=20,
        )
    desks.next_order()
    tick(seconds=61)

    assert missing_at_exchange() == []
    desks.run_deadlines()

    assert newest_order("CallOut").state is OrderState.REFUSED
    call = db.session.get_one(Call, call_id)
    assert (call.state.value, missing_at_exchange()) == ("calling", [call.call_key])


def missing_at_exchange() -> list[str]:
    """The calls of the ledger that an exchange which carries none is found to lack."""
    db.session.rollback()
    nothing = Look(exchange_id="sim", boot_id="boot-1", live=[], phones={}, at=clock.now())
    found = mending.find_differences(nothing)
    return [one.subject for one in found if one.kind is DifferenceKind.MISSING_AT_EXCHANGE]
