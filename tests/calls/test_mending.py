"""The ledger compared with an exchange while the link holds: counted, mended, nobody harmed."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from app.calls import adoption, mending, order_book, wishes
from app.calls import service as calls
from app.calls.events import CallWaiting
from app.calls.link_lag import LinkLag
from app.calls.mending import Look
from app.calls.models import Call, PhoneContact
from app.calls.reconciliation import DifferenceKind, Disagreement
from app.core import clock
from app.core.database import db, unit_of_work
from app.core.events import Event
from telephony.events import LinkChanged, PhoneChanged, Place
from telephony.port import LiveCall
from tests import people
from tests.calls.line_news import TEN, Line, live, tell

pytestmark = [pytest.mark.usefixtures("app", "frozen", "link_up"), pytest.mark.postgresql]


def note_link(*, is_up: bool, boot_id: str = "boot-1") -> None:
    with unit_of_work():
        adoption.note_link(
            LinkChanged(
                exchange_id="sim", boot_id=boot_id, is_up=is_up, why="test", happened_at=TEN
            ),
            kind="simulator",
        )


@pytest.fixture
def link_up(app: object) -> None:  # noqa: ARG001 - its database
    note_link(is_up=True)


def look(*up: LiveCall, phones: dict[str, str] | None = None, at: float = 60) -> Look:
    moment = TEN + timedelta(seconds=at)
    return Look(exchange_id="sim", boot_id="boot-1", live=up, phones=phones or {}, at=moment)


def mend(found: Look, seen: frozenset[Disagreement] | None = None) -> list[DifferenceKind]:
    """Mend what this look finds, as if an earlier one had found the same."""
    if seen is None:
        db.session.rollback()
        seen = mending.find_differences(found)
    with unit_of_work():
        return [one.kind for one in mending.mend(found, seen)]


def counted() -> dict[DifferenceKind, int]:
    db.session.rollback()
    return mending.count_differences("sim", since=clock.now() - timedelta(minutes=1))


def test_a_call_nobody_told_us_of_is_brought_in_and_counted(heard: list[Event]) -> None:
    line = Line()

    assert mend(look(live(line, Place.QUEUE))) == [DifferenceKind.MISSING_IN_LEDGER]

    assert line.call().state is calls.CallState.WAITING
    assert counted() == {DifferenceKind.MISSING_IN_LEDGER: 1}
    assert [one.name for one in heard].count("call.ledger_mended") == 1


def test_a_caller_of_whom_only_his_arrival_was_heard_comes_into_the_line(
    heard: list[Event],
) -> None:
    """News of his hold music was lost: he stood at the door for ever, and nobody was rung."""
    line = Line()
    tell(line.arrived())

    assert mend(look(live(line, Place.QUEUE))) == [DifferenceKind.OTHER_PLACE]

    assert line.call().state is calls.CallState.WAITING
    assert [one.is_first for one in heard if isinstance(one, CallWaiting)] == [True]


@pytest.mark.parametrize("place", [Place.INTAKE, Place.FORWARDED])
def test_a_caller_who_still_is_at_the_door_or_was_sent_on_is_no_difference(place: Place) -> None:
    line = Line()
    tell(line.arrived())

    assert mend(look(live(line, place))) == []


def test_a_call_that_is_up_although_it_has_ended_for_us_is_counted_and_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    line = Line()
    tell(line.arrived(), line.queued(1), line.ended(5))

    assert mend(look(live(line, Place.QUEUE))) == [DifferenceKind.MISSING_IN_LEDGER]

    assert "a call that has ended in the ledger is up" in caplog.text
    assert line.call().state is calls.CallState.WAITING
    assert counted() == {DifferenceKind.MISSING_IN_LEDGER: 1}


def test_a_call_whose_end_nobody_told_us_is_ended_and_counted() -> None:
    line = Line()
    tell(line.arrived(), line.queued(1))

    assert mend(look()) == [DifferenceKind.MISSING_AT_EXCHANGE]

    assert line.call().state is calls.CallState.ENDED
    assert counted() == {DifferenceKind.MISSING_AT_EXCHANGE: 1}


def test_a_talk_that_began_unheard_is_a_talk_and_counted() -> None:
    line = Line()
    tell(line.arrived(), line.queued(1))
    talking = live(line, Place.TALKING, phone="1006", agent_leg_key="call-1-a1")

    assert mend(look(talking)) == [DifferenceKind.OTHER_PLACE]

    assert line.call().state is calls.CallState.TALKING
    assert counted() == {DifferenceKind.OTHER_PLACE: 1}


def test_phones_that_came_went_and_moved_unheard_are_mended() -> None:
    with unit_of_work():
        for phone, contact in {"1001": "sip:old", "1002": "sip:gone"}.items():
            adoption.note_phone(
                PhoneChanged(
                    exchange_id="sim", phone=phone, is_there=True, contact=contact, happened_at=TEN
                )
            )

    mended = mend(look(phones={"1001": "sip:new", "1003": "sip:came"}))

    assert mended == [DifferenceKind.PHONE] * 3
    rows = db.session.execute(db.select(PhoneContact.phone, PhoneContact.contact))
    assert {tuple(row) for row in rows} == {("1001", "sip:new"), ("1003", "sip:came")}


def test_a_difference_seen_once_changes_nothing() -> None:
    line = Line()
    tell(line.arrived(), line.queued(1))

    assert mend(look(), seen=frozenset()) == []

    assert line.call().state is calls.CallState.WAITING
    assert counted() == {}


@pytest.mark.parametrize(
    "news_in_between",
    [
        lambda line: [line.rings("1006", 61), line.answered("1006", 62)],
        lambda line: [line.placed(Place.ALONE, 61, counter=2)],
    ],
)
def test_a_call_that_was_heard_of_between_the_looks_is_left_alone(
    news_in_between: Callable[[Line], list[Any]],
) -> None:
    line = Line()
    tell(line.arrived(), line.queued(1))
    seen = mending.find_differences(look())
    tell(*news_in_between(line))
    before = line.call().state

    assert mend(look(at=63), seen=seen) == []

    assert line.call().state is before


def test_news_that_comes_after_all_changes_nothing_a_second_time() -> None:
    line = Line()
    mend(look(live(line, Place.QUEUE), at=60))
    tell(line.arrived(0), line.queued(1))

    assert line.call().state is calls.CallState.WAITING
    tell(line.ended(90))
    assert line.call().state is calls.CallState.ENDED


def test_what_agrees_is_not_touched() -> None:
    waiting, talking = Line(call_key="w"), Line(call_key="t")
    tell(waiting.arrived(), waiting.queued(1))
    tell(talking.arrived(), talking.queued(1), talking.answered("1006", 5))

    same = look(
        live(waiting, Place.QUEUE),
        live(talking, Place.TALKING, phone="1006", agent_leg_key="t-a1"),
    )

    db.session.rollback()
    assert mending.find_differences(same) == frozenset()


@pytest.mark.parametrize(("is_up", "boot_id"), [(False, "boot-1"), (True, "boot-2")])
def test_a_look_over_a_link_that_is_another_one_now_mends_nothing(
    is_up: bool, boot_id: str
) -> None:
    line = Line()
    tell(line.arrived(), line.queued(1))
    seen = mending.find_differences(look())
    note_link(is_up=is_up, boot_id=boot_id)

    assert mend(look(), seen=seen) == []
    assert line.call().state is calls.CallState.WAITING


def test_the_lamp_of_a_link_is_kept_and_told_only_when_it_changes(heard: list[Event]) -> None:
    def note(lag: LinkLag, seconds: float) -> None:
        with unit_of_work():
            mending.note_lag("sim", lag, age=timedelta(seconds=seconds))

    note(LinkLag.OK, 0.1)
    note(LinkLag.SLOW, 3)
    note(LinkLag.SLOW, 4)

    told = [one for one in heard if one.name == "call.exchange_lag_changed"]
    assert [(one.lag, one.event_age_ms) for one in told] == [("slow", 3000)]  # type: ignore[attr-defined]
    assert [one.lag for one in calls.list_links()] == [LinkLag.SLOW]
    note_link(is_up=False)
    assert [one.lag for one in calls.list_links()] == [LinkLag.OK]


def call_out_from(phone: str) -> Call:
    """A call to a citizen that was wished, and that the exchange has not been asked for yet."""
    with unit_of_work():
        there = PhoneChanged(
            exchange_id="sim", phone=phone, is_there=True, contact="sip:page", happened_at=TEN
        )
        adoption.note_phone(there)
    person = people.one_person("agent")
    with unit_of_work():
        call_id, _order = wishes.call_out(
            agent_id=person.id,
            phone=phone,
            number="13800001234",
            shown_number="12345",
            ring_seconds=20,
        )
    return calls.get_call(call_id)


def test_a_call_out_that_still_waits_to_be_sent_is_not_found_gone() -> None:
    call = call_out_from("1006")

    assert mend(look(phones={"1006": "sip:page"})) == []

    assert calls.get_call(call.id).state is calls.CallState.CALLING


def test_a_call_out_has_a_name_that_asterisk_can_compare() -> None:
    call = call_out_from("1006")

    assert re.fullmatch(r"out-\d{10}\.\d{1,9}", call.call_key)


def refuse(call: Call, code: str) -> None:
    with unit_of_work():
        order = order_book.take_next("sim")
        assert order is not None
        order_book.mark_refused(order.order_id, code=code)
    db.session.refresh(call)


@pytest.mark.parametrize("code", ["no-answer", "link-down"])
def test_a_call_out_whose_answer_was_lost_goes_on_until_the_exchange_says_that_it_is_not_there(
    code: str,
) -> None:
    call = call_out_from("1006")

    refuse(call, code)
    assert call.state is calls.CallState.CALLING

    there = {"1006": "sip:page"}
    assert mend(look(phones=there)) == [DifferenceKind.MISSING_AT_EXCHANGE]
    db.session.refresh(call)
    assert call.state is calls.CallState.ENDED


def test_a_call_out_that_was_never_sent_or_truly_refused_has_ended() -> None:
    refused, never_sent = call_out_from("1006"), call_out_from("1007")

    refuse(refused, "refused")
    with unit_of_work():
        order_book.give_up_unsent("sim", code="link-down")
    db.session.refresh(never_sent)

    assert (refused.state, never_sent.state) == (calls.CallState.ENDED, calls.CallState.ENDED)
