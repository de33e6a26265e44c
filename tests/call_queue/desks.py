"""Agents at their desks and callers in line, moved by hand: no threads, no exchange."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from app.call_queue import deadlines
from app.call_queue import service as call_queue
from app.call_queue.models import Offer, Presence, QueueEntry
from app.calls import adoption, order_book
from app.calls.call_states import OrderState
from app.calls.models import CallOrder
from app.core import clock
from app.core.database import db, unit_of_work
from telephony.events import LinkChanged, PhoneChanged
from telephony.orders import Order, RingAgent
from tests import people
from tests.calls.line_news import Line, tell

if TYPE_CHECKING:
    from app.accounts.models import User


def link_up(exchange_id: str = "sim") -> None:
    """The exchange can be reached."""
    with unit_of_work():
        adoption.note_link(
            LinkChanged(
                exchange_id=exchange_id,
                boot_id="boot-1",
                is_up=True,
                why="test",
                happened_at=clock.now(),
            ),
            kind="simulator",
        )


def phone(person: "User", contact: str = "tab-1", *, is_there: bool = True) -> None:
    """The person's phone registers, or goes."""
    with unit_of_work():
        adoption.note_phone(
            PhoneChanged(
                exchange_id="sim",
                phone=person.work_number,
                is_there=is_there,
                contact=contact,
                happened_at=clock.now(),
            )
        )


def open_desk(person: "User", page: str = "page") -> None:
    """A page of this person's desk connects."""
    with unit_of_work():
        call_queue.open_desk(person.id, link_id=f"{page}-{person.id}")


def close_desk(person: "User", page: str = "page") -> None:
    """It goes away."""
    with unit_of_work():
        call_queue.close_desk(f"{page}-{person.id}")


def agent_at_desk(*, role: str = "agent", **changes: Any) -> "User":
    """An agent with a desk and a phone, at paperwork."""
    person = people.one_person(role, **changes)
    open_desk(person)
    phone(person)
    with unit_of_work():
        call_queue.become_not_ready(person.id, reason="paperwork")
    return person


def ready_agent(**changes: Any) -> "User":
    """An agent who takes calls."""
    person = agent_at_desk(**changes)
    become_ready(person)
    return person


def become_ready(person: "User") -> None:
    """Whoever has a desk says that he takes calls."""
    with unit_of_work():
        call_queue.become_ready(person.id)


def caller_in_line(key: str = "call-1", *, since: float = 0, who: str = "") -> Line:
    """A caller on our hold music since this second of the exchange's day."""
    line = Line(call_key=key, from_number=who) if who else Line(call_key=key)
    tell(line.arrived(since), line.queued(since + 1))
    return line


def finish_call(person: "User") -> None:
    """The work after the call is done; the agent is ready again."""
    call_id = presence(person).call_id
    assert call_id is not None
    with unit_of_work():
        call_queue.finish_wrap_up(person.id, call_id=call_id, code=None, next_state=None)


def offer_all() -> int:
    """One round of the router."""
    with unit_of_work():
        return call_queue.offer_all()


def run_deadlines(*, has_outcome: bool = False) -> None:
    """One round of the deadlines."""
    for leave in deadlines.find_due(clock.now(), has_outcome=lambda _call_id: has_outcome):
        with unit_of_work():
            leave()


def presence(person: "User") -> Presence:
    """What the person does now."""
    db.session.rollback()
    found = call_queue.presence_of(person.id)
    assert found is not None
    return found


def state(person: "User") -> str:
    """The same in one word."""
    return presence(person).state.value


def entry(line: Line) -> QueueEntry:
    """The caller's place in line."""
    call_id = line.call().id
    return db.session.execute(
        db.select(QueueEntry).where(QueueEntry.call_id == call_id)
    ).scalar_one()


def entered_at(line: Line) -> datetime:
    """Since when the caller stands in line."""
    return entry(line).entered_at


def offers() -> list[tuple[int, str]]:
    """Every offer as (agent, how it stands), oldest first."""
    db.session.rollback()
    rows = db.session.execute(db.select(Offer).order_by(Offer.id)).scalars()
    return [(row.agent_id, row.state.value) for row in rows]


def next_order() -> Order | None:
    """What the exchange is asked next: a ring that is being sent, or the oldest wish, taken up."""
    with unit_of_work():
        sent = db.select(CallOrder).where(CallOrder.state == OrderState.SENDING)
        rings = sent.where(CallOrder.kind == RingAgent.__name__).order_by(CallOrder.id).limit(1)
        row = db.session.execute(rings).scalar_one_or_none()
        return order_book.as_order(row) if row is not None else order_book.take_next("sim")


def answer_next(refusal: str | None = None) -> bool:
    """Let the exchange take what it is asked next, or refuse it; say whether there was anything."""
    order = next_order()
    if order is not None:
        with unit_of_work():
            if refusal is None:
                order_book.mark_taken(order.order_id)
            else:
                order_book.mark_refused(order.order_id, code=refusal)
    return order is not None


def orders(kind: str) -> list[dict[str, Any]]:
    """The bodies of every wish of this kind, oldest first."""
    db.session.rollback()
    wanted = db.select(CallOrder).where(CallOrder.kind == kind).order_by(CallOrder.id)
    return [row.body for row in db.session.execute(wanted).scalars()]
