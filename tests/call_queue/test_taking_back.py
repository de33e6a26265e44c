"""A call that an exchange still carries after it has ended for us goes on: nobody is lost."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from app.calls import mending, order_book, wishes
from app.calls import service as calls
from app.calls.call_spells import SpellKind
from app.calls.mending import Look
from app.calls.models import CallStateChange, PhoneContact
from app.calls.recheck import recheck
from app.calls.reconciliation import DifferenceKind, Disagreement
from app.core.database import db, unit_of_work
from telephony.events import Place
from telephony.orders import StopRinging
from telephony.port import LiveCall
from tests.call_queue import desks
from tests.calls.control_news import Talk
from tests.calls.line_news import TEN, Line, live, tell
from tests.calls.mended import spells_of

if TYPE_CHECKING:
    from app.accounts.models import User

pytestmark = [pytest.mark.usefixtures("app", "frozen"), pytest.mark.postgresql]

AGENT_LEG = "call-1-a1"


@pytest.fixture(autouse=True)
def link(app: object) -> None:  # noqa: ARG001 - its database
    desks.link_up()


def talking() -> tuple["User", Line]:
    """An agent in a talk that began five seconds after the call came."""
    agent = desks.ready_agent()
    line = desks.caller_in_line()
    desks.offer_all()
    desks.answer_next()
    tell(line.rings(agent.work_number, 3), line.answered(agent.work_number, 5))
    return agent, line


def refused(line: Line, agent: "User") -> None:
    """What this agent wished of his call is answered by: no such call."""
    hold(line, agent)
    desks.answer_next("no-such-call")
    assert line.call().state.value == "ended"


def hold(line: Line, agent: "User") -> None:
    call_id = line.call().id
    with unit_of_work():
        wishes.hold(call_id, phone=agent.work_number, wished_by=agent.id)


def shown(line: Line, place: Place, *, phone: str | None = None, **more: Any) -> LiveCall:
    return live(line, place, phone=phone, agent_leg_key=AGENT_LEG if phone else None, **more)


def look(*up: LiveCall, at: float = 60) -> Look:
    phones = db.session.execute(db.select(PhoneContact)).scalars()
    known = {each.phone: each.contact for each in phones}
    moment = TEN + timedelta(seconds=at)
    return Look(exchange_id="sim", boot_id="boot-1", live=up, phones=known, at=moment)


def differences(*up: LiveCall) -> frozenset[Disagreement]:
    db.session.rollback()
    return mending.find_differences(look(*up))


def mend(*up: LiveCall, seen: frozenset[Disagreement] | None = None) -> list[DifferenceKind]:
    """Mend what two looks, one after the other, found."""
    seen = differences(*up) if seen is None else seen
    with unit_of_work():
        return [one.kind for one in mending.mend(look(*up), seen)]


def test_a_caller_whose_end_was_a_mistake_stands_in_his_old_place_in_the_line() -> None:
    agent = desks.ready_agent()
    line = desks.caller_in_line()
    since = desks.entered_at(line)
    desks.offer_all()
    desks.answer_next("no-such-call")
    assert line.call().state.value == "ended"

    assert mend(shown(line, Place.QUEUE)) == [DifferenceKind.MISSING_IN_LEDGER]

    call = line.call()
    assert (call.state.value, call.ended_at, call.cause, call.result) == (
        "waiting", None, None, None,
    )  # fmt: skip
    assert (desks.entry(line).state.value, desks.entered_at(line)) == ("waiting", since)
    desks.become_ready(agent)
    assert desks.offer_all() == 1
    assert differences(shown(line, Place.QUEUE)) == frozenset()


def test_a_talk_that_was_ended_by_mistake_is_on_its_agents_desk_again() -> None:
    agent, line = talking()
    refused(line, agent)
    assert desks.state(agent) == "wrap_up"
    up = shown(line, Place.TALKING, phone=agent.work_number)

    assert mend(up) == [DifferenceKind.MISSING_IN_LEDGER]

    assert line.call().state.value == "talking"
    assert line.call().talk_started_at == TEN + timedelta(seconds=5)
    assert (desks.state(agent), desks.presence(agent).call_id) == ("talking", line.call().id)
    assert differences(up) == frozenset()
    hold(line, agent)

    tell(line.ended(90))

    assert desks.state(agent) == "wrap_up"
    call = line.call()
    assert calls.talk_seconds(call.id) == 85
    assert recheck().differences == []


def test_a_held_caller_whose_end_was_a_mistake_is_held_since_he_was() -> None:
    agent, line = talking()
    tell(Talk(line).held(agent.work_number, 10))
    call_id = line.call().id
    with unit_of_work():
        wishes.resume(call_id, phone=agent.work_number, wished_by=agent.id)
    desks.answer_next("no-such-call")
    up = shown(line, Place.HELD, phone=agent.work_number)

    assert mend(up) == [DifferenceKind.MISSING_IN_LEDGER]

    assert line.call().state.value == "held"
    assert spells_of(line, SpellKind.HOLD) == [(10, None)]
    assert differences(up) == frozenset()


def test_a_caller_on_the_music_of_a_lost_agent_goes_back_to_the_line() -> None:
    agent, line = talking()
    tell(line.lost(agent.work_number, 20), line.placed(Place.KEPT, 20, counter=2))
    call_id = line.call().id
    with unit_of_work():
        call = db.session.get_one(calls.Call, call_id)
        order_id = order_book.wish(call, StopRinging, phone=agent.work_number).id
    with unit_of_work():
        order_book.mark_refused(order_id, code="no-such-call")
    assert line.call().state.value == "ended"

    mend(shown(line, Place.KEPT, place_counter=2))

    assert [body["call_key"] for body in desks.orders("ReturnToQueue")] == [line.call_key]
    tell(line.queued(70, counter=3))
    assert line.call().state.value == "waiting"
    assert desks.entry(line).state.value == "waiting"


def test_who_hung_up_meanwhile_is_not_brought_back() -> None:
    line = desks.caller_in_line()
    seen = differences(shown(line, Place.TALKING))  # at the first look his call went on
    tell(line.ended(61))

    assert mend(shown(line, Place.QUEUE), seen=seen) == []

    assert line.call().state.value == "ended"


def test_who_came_and_went_between_two_looks_is_not_brought_back() -> None:
    line = Line()
    seen = differences(shown(line, Place.QUEUE))  # nobody had told us of him yet
    tell(line.arrived(), line.queued(1), line.ended(2))

    assert mend(shown(line, Place.QUEUE), seen=seen) == []

    assert line.call().state.value == "ended"


def test_a_talk_lacks_none_of_the_time_in_which_we_held_it_for_ended() -> None:
    agent, line = talking()
    refused(line, agent)
    mend(shown(line, Place.TALKING, phone=agent.work_number))

    assert line.call().state_since == TEN + timedelta(seconds=5)
    assert [step.new.value for step in _steps(line)] == ["intake", "waiting", "ringing", "talking"]


def test_an_end_that_the_exchange_itself_told_stays_among_the_steps() -> None:
    line = desks.caller_in_line()
    tell(line.ended(7))
    mend(shown(line, Place.QUEUE))

    steps = [(step.new.value, step.because) for step in _steps(line)]

    assert steps[2:] == [
        ("ended", "call_ended"), ("waiting", "found_up"),
    ]  # fmt: skip
    tell(line.rings("1006", 40))  # told late: the steps are laid anew, and he still waits
    assert line.call().state.value == "waiting"


def _steps(line: Line) -> list[CallStateChange]:
    wanted = db.select(CallStateChange).where(CallStateChange.call_id == line.call().id)
    return list(db.session.execute(wanted.order_by(CallStateChange.id)).scalars())
