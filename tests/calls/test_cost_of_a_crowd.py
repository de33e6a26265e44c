"""What is asked of the database does not grow with every call and every phone that is there."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from app.calls import adoption, mending
from app.calls.mending import Look
from app.core.database import db, unit_of_work
from telephony.events import LinkChanged, Place
from telephony.port import LiveCall
from tests import people
from tests.calls.line_news import TEN, Line, tell

pytestmark = [pytest.mark.usefixtures("app", "frozen"), pytest.mark.postgresql]


@contextmanager
def counted() -> Iterator[list[str]]:
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: Any) -> None:
        if not statement.startswith("BEGIN"):
            asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def link_up() -> None:
    change = LinkChanged(exchange_id="sim", boot_id="boot-1", is_up=True, why="", happened_at=TEN)
    with unit_of_work():
        adoption.note_link(change, kind="simulator")


def talk(key: str) -> LiveCall:
    """A call that is talked, on both sides."""
    person = people.one_person("agent")
    line = Line(call_key=key)
    phone = person.work_number
    tell(line.arrived(0), line.queued(1), line.rings(phone, 2), line.answered(phone, 3))
    return LiveCall(
        exchange_id=line.exchange_id,
        boot_id=line.boot_id,
        call_key=key,
        from_number=line.from_number,
        from_name="",
        dialled_number=line.dialled_number,
        invited_at=TEN,
        place=Place.TALKING,
        place_counter=1,
        phone=phone,
        agent_leg_key=f"{key}-a1",
    )


def test_comparing_many_calls_asks_no_more_than_comparing_one() -> None:
    link_up()

    def look(*live: LiveCall) -> list[str]:
        picture = Look(
            exchange_id="sim", boot_id="boot-1", live=live, phones={},
            at=TEN + timedelta(seconds=60),
        )  # fmt: skip
        db.session.rollback()
        with counted() as asked:
            found = mending.find_differences(picture)
        assert found == frozenset()
        return asked

    first = talk("call-1")
    of_one = look(first)
    of_many = look(first, *(talk(f"call-{count}") for count in range(2, 12)))

    assert len(of_many) == len(of_one)


def test_a_crowd_of_phones_is_written_together_and_nobody_without_a_call_is_locked() -> None:
    link_up()

    def come(phones: dict[str, str]) -> list[str]:
        with counted() as asked, unit_of_work():
            adoption.adopt("sim", "boot-1", live=[], phones=phones, at=TEN)
        return asked

    ten = {str(number): "tab-1" for number in range(2001, 2011)}
    forty = {str(number): "tab-1" for number in range(2001, 2041)}
    of_ten, of_forty = come(ten), come(forty)

    assert len(of_forty) - len(of_ten) <= 32  # for each of those who are more, one look
    assert not any("FOR UPDATE" in statement for statement in of_forty)
    db.session.rollback()
    assert mending._phones("sim") == forty


def test_phones_that_go_are_told_each_and_deleted_together() -> None:
    link_up()
    with unit_of_work():
        adoption.adopt(
            "sim", "boot-1", live=[], phones={str(n): "t" for n in range(2001, 2041)}, at=TEN
        )

    with counted() as asked, unit_of_work():
        adoption.adopt("sim", "boot-1", live=[], phones={"2001": "t"}, at=TEN)

    assert len([each for each in asked if each.startswith("DELETE")]) == 1
    assert mending._phones("sim") == {"2001": "t"}
