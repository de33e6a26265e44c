"""The ledger after an absence: what the exchange carries now is what is so."""

from datetime import timedelta
from typing import Any

import pytest

from app.call_queue import service as call_queue
from app.call_queue.models import QueueEntry
from app.calls import adoption
from app.calls import service as calls
from app.calls.models import CallOrder, ExchangeLink, PhoneContact
from app.core.database import db, unit_of_work
from telephony.events import LinkChanged, PhoneChanged, Place
from telephony.port import LiveCall
from tests import people
from tests.calls.line_news import TEN, Line, live, tell

pytestmark = [pytest.mark.usefixtures("app", "frozen"), pytest.mark.postgresql]

LATER = TEN + timedelta(minutes=5)


def adopt(*up: LiveCall, boot_id: str = "boot-1", phones: dict[str, str] | None = None) -> None:
    with unit_of_work():
        adoption.adopt("sim", boot_id, live=up, phones=phones or {}, at=LATER)


def link(*, is_up: bool, boot_id: str = "boot-1") -> None:
    with unit_of_work():
        adoption.note_link(
            LinkChanged(
                exchange_id="sim", boot_id=boot_id, is_up=is_up, why="test", happened_at=TEN
            ),
            kind="simulator",
        )


def agent_at_desk() -> Any:
    person = people.one_person("agent")
    with unit_of_work():
        call_queue.open_desk(person.id, link_id=f"page-{person.id}")
        call_queue.become_ready(person.id)
        adoption.note_phone(
            PhoneChanged(
                exchange_id="sim",
                phone=person.work_number,
                is_there=True,
                contact="tab-1",
                happened_at=TEN,
            )
        )
    return person


def state_of(person: Any) -> str:
    db.session.rollback()
    presence = call_queue.presence_of(person.id)
    assert presence is not None
    return presence.state.value


def test_a_call_that_is_gone_is_ended_by_the_exchange() -> None:
    line = Line()
    tell(line.arrived(0), line.queued(2))

    adopt()

    call = line.call()
    assert (call.state.value, call.ended_by, call.ended_at) == ("ended", "exchange", LATER)
    assert call_queue.board().waiting == 0


def test_a_call_whose_true_end_was_heard_and_lost_is_ended_all_the_same() -> None:
    line = Line()
    tell(line.arrived(0), line.queued(2))
    with unit_of_work():
        # The news is in the raw book already; what it did was undone by hand, as a bad day can.
        adoption.apply_news([Line(call_key="call-1", boot_id="boot-1").ended(3)])
        call = calls.find_call("sim", "call-1")
        assert call is not None
        call.state, call.ended_at = calls.CallState.WAITING, None

    adopt()

    assert line.call().state.value == "ended"


def test_a_rebooted_exchange_with_the_same_keys_carries_other_calls() -> None:
    before, after = Line(boot_id="boot-1"), Line(boot_id="boot-2")
    tell(before.arrived(0), before.queued(2))
    old_id = before.call().id

    adopt(live(after, Place.QUEUE), boot_id="boot-2")

    assert after.call().id != old_id
    assert after.call().state.value == "waiting"
    assert calls.get_call(old_id).state.value == "ended"


def test_a_waiting_caller_keeps_his_moment_of_entry() -> None:
    line = Line()
    tell(line.arrived(0), line.queued(2))

    adopt(live(line, Place.QUEUE, place_counter=4))

    entry = db.session.execute(db.select(QueueEntry)).scalar_one()
    assert (entry.entered_at, entry.state.value) == (TEN + timedelta(seconds=2), "waiting")


def test_a_caller_on_hold_whom_the_ledger_never_heard_of_waits() -> None:
    line = Line()

    adopt(live(line, Place.QUEUE))

    assert line.call().state.value == "waiting"
    assert call_queue.board().waiting == 1


def test_a_caller_who_is_kept_for_an_agent_nobody_knows_waits_for_any() -> None:
    line = Line()

    adopt(live(line, Place.KEPT))

    assert line.call().state.value == "waiting"
    assert call_queue.board().waiting == 1


def test_a_talking_call_keeps_its_agent() -> None:
    agent = agent_at_desk()
    line = Line()
    tell(line.arrived(0), line.queued(2), line.answered(agent.work_number, 10))

    adopt(
        live(line, Place.TALKING, phone=agent.work_number, agent_leg_key="call-1-a1"),
        phones={agent.work_number: "tab-1"},
    )

    assert (line.call().state.value, line.call().agent_id) == ("talking", agent.id)
    assert state_of(agent) == "talking"


def test_a_call_answered_while_we_were_away_stands_on_the_desk_that_answered_it() -> None:
    agent = agent_at_desk()
    line = Line()

    adopt(
        live(line, Place.TALKING, phone=agent.work_number, agent_leg_key="call-1-a1"),
        phones={agent.work_number: "tab-1"},
    )

    assert (line.call().state.value, line.call().agent_id) == ("talking", agent.id)
    assert state_of(agent) == "talking"


def test_a_call_that_changed_hands_while_we_were_away_is_the_other_agents() -> None:
    first, second = agent_at_desk(), agent_at_desk()
    line = Line()
    tell(line.arrived(0), line.queued(2), line.answered(first.work_number, 10))

    adopt(
        live(line, Place.TALKING, phone=second.work_number, agent_leg_key="call-1-a2"),
        phones={first.work_number: "tab-1", second.work_number: "tab-1"},
    )

    assert line.call().agent_id == second.id
    assert state_of(second) == "talking"
    assert state_of(first) == "wrap_up", "nobody may be left talking with nobody"


def test_an_agent_whose_caller_went_back_in_line_while_we_were_away_is_not_left_talking() -> None:
    agent = agent_at_desk()
    line = Line()
    tell(line.arrived(0), line.queued(2), line.answered(agent.work_number, 10))

    adopt(live(line, Place.QUEUE, place_counter=3), phones={agent.work_number: "tab-1"})

    assert line.call().state.value == "waiting"
    assert state_of(agent) == "wrap_up"


def test_a_ringing_phone_is_shown_as_an_offer_and_the_caller_offered_to_nobody_else() -> None:
    agent, other = agent_at_desk(), agent_at_desk()
    line = Line()
    tell(line.arrived(0), line.queued(2))
    link(is_up=True)

    adopt(
        live(line, Place.RINGING, phone=agent.work_number, agent_leg_key="call-1-a1"),
        phones={agent.work_number: "tab-1", other.work_number: "tab-1"},
    )
    with unit_of_work():
        made = call_queue.offer_all()

    assert made == 0
    assert state_of(agent) == "offered"
    assert state_of(other) == "ready"


def test_phones_are_set_anew() -> None:
    agent, gone = agent_at_desk(), agent_at_desk()

    adopt(phones={agent.work_number: "tab-2"})

    rows = {row.phone: row.contact for row in db.session.execute(db.select(PhoneContact)).scalars()}
    assert rows == {agent.work_number: "tab-2"}
    assert gone.work_number not in calls.phones_there()


def test_an_older_registration_that_goes_does_not_take_the_newer_one_along() -> None:
    agent = agent_at_desk()
    change: dict[str, Any] = {"exchange_id": "sim", "phone": agent.work_number, "happened_at": TEN}
    with unit_of_work():
        adoption.note_phone(PhoneChanged(**change, is_there=True, contact="tab-2"))
        adoption.note_phone(PhoneChanged(**change, is_there=False, contact="tab-1"))

    assert agent.work_number in calls.phones_there()


def test_a_link_that_goes_down_frees_offered_agents_and_gives_up_unsent_orders() -> None:
    agent = agent_at_desk()
    line = Line()
    link(is_up=True)
    tell(line.arrived(0), line.queued(2))
    with unit_of_work():
        assert call_queue.offer_all() == 1
    assert state_of(agent) == "offered"

    link(is_up=False)

    assert state_of(agent) == "ready"
    assert [row.state.value for row in db.session.execute(db.select(CallOrder)).scalars()] == [
        "refused"
    ]
    row = db.session.get(ExchangeLink, "sim")
    assert row is not None
    assert not row.is_up
    assert call_queue.board().waiting == 1
    with unit_of_work():
        assert call_queue.offer_all() == 0, "no ring goes out over a link that is down"


def test_a_call_that_came_in_while_the_exchange_was_asked_is_not_found_gone() -> None:
    line = Line()
    link(is_up=True)
    known = adoption.believed_now("sim")
    tell(line.arrived(), line.queued(1))

    with unit_of_work():
        adoption.adopt("sim", "boot-1", live=[], phones={}, at=LATER, known=known)

    assert line.call().state.value == "waiting"
