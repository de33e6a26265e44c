"""The pop: line first, in time whatever is slow or broken, and to the offered agent alone."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from threading import Event as Flag
from typing import Any

import pytest
from flask import Flask

from app.accounts import service as accounts
from app.call_queue import service as call_queue
from app.callers import service as callers
from app.core import clock
from app.core.database import db, unit_of_work
from app.core.facts import Fact, agent_audience
from app.core.handed_down import hand_down
from app.organisation.models import Unit, UnitKind
from app.tickets.models import Ticket
from app.workstation import pop_cards
from app.workstation.pops import MOST_STUCK, PopMaker
from tests.call_queue import desks
from tests.calls.line_news import tell
from tests.conftest import PageClient
from tests.people import one_person
from tests.workstation.desk_people import CALLER, ring, take_call, ticket

PATIENCE = timedelta(milliseconds=800)
AS_LONG_AS_IT_TAKES = timedelta(seconds=30)


pytestmark = pytest.mark.usefixtures("registers")


@pytest.fixture
def desk(sign_in_as: Any) -> PageClient:
    browser: PageClient = sign_in_as("agent")
    return browser


@pytest.fixture
def maker(app: Flask) -> Iterator[PopMaker]:
    """A maker of pops with a thread of its own, as in the running workstation."""
    yield from started(PopMaker(app, patience=PATIENCE), app)


@pytest.fixture
def patient_maker(app: Flask) -> Iterator[PopMaker]:
    """One that waits for whatever is found: nothing is missing because this machine is busy."""
    yield from started(PopMaker(app, patience=AS_LONG_AS_IT_TAKES), app)


def started(maker: PopMaker, app: Flask) -> Iterator[PopMaker]:
    hand_down(app, maker)
    maker.start()
    yield maker
    maker.stop()


def told(browser: PageClient, name: str) -> list[dict[str, Any]]:
    db.session.rollback()
    wanted = db.select(Fact).where(
        Fact.audience == agent_audience(browser.person.id), Fact.name == name
    )
    return [fact.body for fact in db.session.scalars(wanted.order_by(Fact.number))]


def wait_for(look: Callable[[], Any]) -> Any:
    until = time.monotonic() + 10
    while not (found := look()):
        assert time.monotonic() < until, "nothing came"
        time.sleep(0.01)
    return found


def slow(monkeypatch: pytest.MonkeyPatch, part: str) -> Flag:
    """Let the look-up of this part take until the flag is set."""
    real, may_end = pop_cards.PARTS[part], Flag()

    def wait(*given: Any) -> Any:
        may_end.wait(20)
        return real(*given)

    monkeypatch.setitem(pop_cards.PARTS, part, wait)
    return may_end


def broken(monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    def fail(*_given: Any) -> Any:
        # A look-up that the database itself refuses, in the middle of the picture.
        db.session.execute(db.text("SELECT nothing FROM nowhere"))

    monkeypatch.setitem(pop_cards.PARTS, part, fail)


@pytest.mark.usefixtures("maker")
@pytest.mark.parametrize("part", list(pop_cards.PARTS))
def test_a_slow_look_up_holds_back_neither_line_nor_number(
    desk: PageClient, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    may_end = slow(monkeypatch, part)

    ring(desk)
    [body] = wait_for(lambda: told(desk, "desk.offer_made"))

    pop = body["offer"]
    assert pop["line"]["number"] == "12315"
    assert pop["caller"]["number_shown"] == "139****2817"
    # What comes before it in the order of need was there already.
    parts = list(pop_cards.PARTS)
    assert pop["missing"] == parts[parts.index(part) :]
    may_end.set()
    [late] = wait_for(lambda: told(desk, "desk.pop_renewed"))
    assert late["pop"]["missing"] == []
    assert late["pop"]["call_id"] == pop["call_id"]


@pytest.mark.postgresql
@pytest.mark.usefixtures("patient_maker")
@pytest.mark.parametrize("part", list(pop_cards.PARTS))
def test_a_broken_look_up_takes_nothing_else_with_it(
    desk: PageClient, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    broken(monkeypatch, part)

    line = ring(desk)
    [body] = wait_for(lambda: told(desk, "desk.offer_made"))

    pop = body["offer"]
    assert pop["missing"] == [part]
    assert (pop["line"]["number"], pop["caller"]["number_shown"]) == ("12315", "139****2817")
    monkeypatch.undo()
    answer = desk.post(f"/desk/calls/{line.call().id}/look-again", json={})
    assert answer.status_code == 204
    [renewed] = told(desk, "desk.pop_renewed")
    assert renewed["pop"]["missing"] == []


@pytest.mark.usefixtures("maker")
def test_one_hanging_look_up_does_not_delay_the_next_pop(
    desk: PageClient, monkeypatch: pytest.MonkeyPatch, sign_in_as: Any
) -> None:
    may_end = slow(monkeypatch, "line")
    ring(desk)
    wait_for(lambda: told(desk, "desk.offer_made"))
    monkeypatch.undo()  # only the first one hangs, and still does

    other = sign_in_as("agent")
    desks.open_desk(other.person)
    desks.phone(other.person)
    with unit_of_work():
        call_queue.become_ready(other.person.id)
    desks.caller_in_line("call-2", since=5)
    assert desks.offer_all() == 1

    [body] = wait_for(lambda: told(other, "desk.offer_made"))
    assert body["offer"]["missing"] == []
    assert told(desk, "desk.pop_renewed") == []
    may_end.set()
    wait_for(lambda: told(desk, "desk.pop_renewed"))


def test_when_everything_hangs_pops_come_at_once_without_look_ups(
    desk: PageClient, maker: PopMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_end = slow(monkeypatch, "line")
    maker._stuck = MOST_STUCK

    ring(desk)

    [body] = wait_for(lambda: told(desk, "desk.offer_made"))
    assert body["offer"]["missing"] == list(pop_cards.PARTS)
    assert body["offer"]["line"]["number"] == "12315"
    may_end.set()
    maker._stuck = 0


def test_a_pop_that_comes_after_its_call_has_gone_tells_nobody(
    desk: PageClient, maker: PopMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_end = slow(monkeypatch, "caller")
    line = ring(desk)
    wait_for(lambda: told(desk, "desk.offer_made"))
    tell(line.ended(9))
    may_end.set()
    wait_for(lambda: maker._stuck == 0)

    time.sleep(0.1)
    assert told(desk, "desk.pop_renewed") == []


@pytest.mark.postgresql
def test_the_pop_goes_to_the_offered_agent_alone(desk: PageClient, sign_in_as: Any) -> None:
    other = sign_in_as("agent")
    desks.open_desk(other.person)
    with unit_of_work():
        callers.get_or_open_caller(CALLER, "张女士")
    line = ring(desk)

    assert len(told(desk, "desk.offer_made")) == 1
    db.session.rollback()
    audiences = db.session.scalars(db.select(Fact.audience).where(Fact.name.like("desk.offer%")))
    assert set(audiences) == {agent_audience(desk.person.id)}
    snapshot = other.get("/desk/snapshot")
    assert snapshot.get_json()["offer"] is None
    for text in (snapshot.text, other.get("/desk/facts?after=0").text):
        assert "139****2817" not in text
        assert "张女士" not in text
    path = f"/desk/calls/{line.call().id}"
    assert other.post(f"{path}/look-again", json={}).status_code == 409
    assert other.put(f"{path}/caller", json={"caller_id": 1}).status_code == 409
    assert told(other, "desk.pop_renewed") == []


@pytest.mark.postgresql
def test_the_choice_of_a_person_is_remembered_on_the_call_and_merges_nobody(
    desk: PageClient,
) -> None:
    with unit_of_work():
        she = callers.get_or_open_caller(CALLER, "张女士").id
        he = callers.get_or_open_caller(CALLER, "张小明").id
        stranger = callers.get_or_open_caller("15407620009", "李先生").id
    line = take_call(desk)
    path = f"/desk/calls/{line.call().id}/caller"

    assert desk.get("/desk/snapshot").get_json()["call"]["caller"]["chosen_id"] is None
    assert desk.put(path, json={"caller_id": he}).status_code == 200

    card = desk.get("/desk/snapshot").get_json()["call"]["caller"]
    assert card["chosen_id"] == he
    assert [each["caller_id"] for each in card["persons"]] == [she, he]
    assert told(desk, "desk.caller_chosen") == [{"call_id": line.call().id, "caller_id": he}]
    refused = desk.put(path, json={"caller_id": stranger})
    assert (refused.status_code, refused.get_json()["refusal"]["code"]) == (
        422,
        "caller-not-behind-number",
    )
    # A ticket written for the masked name on the card is this person's, under his whole name.
    answer = desk.post(
        f"/desk/calls/{line.call().id}/ticket", json=ticket(caller_name="张*", contact_number="")
    )
    assert answer.status_code == 201
    db.session.rollback()
    opened = db.session.scalars(db.select(Ticket)).one()
    assert (opened.caller_id, opened.caller_name) == (he, "张小明")
    assert desk.put(path, json={"caller_id": None}).status_code == 200
    assert desk.get("/desk/snapshot").get_json()["call"]["caller"]["chosen_id"] is None


@pytest.mark.postgresql
@pytest.mark.usefixtures("frozen")  # a week after the day of these calls they would not be recent
def test_marks_of_the_caller_stand_in_the_pop(desk: PageClient, sign_in_as: Any) -> None:
    first = take_call(desk, "earlier", since=-600)
    path = f"/desk/calls/{first.call().id}"
    secret = ticket(is_confidential=True, title="举报某单位", caller_name="陈女士")
    assert desk.post(f"{path}/ticket", json=secret).status_code == 201
    until = clock.now() + timedelta(days=3)
    leader = one_person("shift_leader").id
    with unit_of_work():
        callers.restrict(CALLER, until=until, why="反复骚扰", put_by=leader)
    tell(first.ended(-500))
    desk.post(
        "/desk/wrap-up/finish",
        json={"call_id": first.call().id, "code": None, "next_state": "not_ready"},
    )
    other = sign_in_as("agent")
    take_call(other, "now")

    card = other.get("/desk/snapshot").get_json()["call"]["caller"]

    assert card["restricted_until"].startswith(until.strftime("%Y-%m-%d"))
    [open_ticket] = card["open_tickets"]
    assert (open_ticket["is_confidential"], open_ticket["title"]) == (True, "")
    assert card["recent_calls"][0]["summary"] is None
    assert "举报某单位" not in other.get("/desk/snapshot").text


@pytest.mark.usefixtures("app")
def test_a_pop_asks_once_for_all_persons_behind_a_number() -> None:
    with unit_of_work():
        callers.get_or_open_caller(CALLER, "甲先生")
    few = statements(lambda: callers.recognise(CALLER))
    with unit_of_work():
        for name in ("乙先生", "丙先生", "丁先生", "戊先生"):
            callers.get_or_open_caller(CALLER, name)

    assert (few, statements(lambda: callers.recognise(CALLER))) == (1, 1)


def test_a_pop_looks_at_the_units_once_and_only_for_a_caller_who_left_something(
    desk: PageClient,
) -> None:
    def looks_at_units(call: Any) -> int:
        def fill() -> None:
            pop_cards.fill({}, call, agent_id=desk.person.id)

        return statements(fill, of="FROM units")

    with unit_of_work():
        unit = Unit(code="T-1", name="热线中心", kind=UnitKind.CITY_BUREAU)
        db.session.add(unit)
        db.session.flush()
        accounts.get_person(desk.person.id).unit_id = unit.id
    first = take_call(desk, "earlier", since=-600)
    assert looks_at_units(first.call()) == 0

    path = f"/desk/calls/{first.call().id}/ticket"
    assert desk.post(path, json=ticket()).status_code == 201
    tell(first.ended(-500))
    again = desks.caller_in_line("now", who=CALLER)

    assert looks_at_units(again.call()) == 1


def statements(do: Callable[[], Any], *, of: str = "SELECT") -> int:
    asked: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        asked.append(statement)

    db.session.rollback()
    db.event.listen(db.engine, "before_cursor_execute", note)
    try:
        do()
    finally:
        db.event.remove(db.engine, "before_cursor_execute", note)
    return len([each for each in asked if each.startswith("SELECT") and of in each])
