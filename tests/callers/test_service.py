from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.callers import service
from app.callers.models import Caller, CallerNumber
from app.core.database import db, unit_of_work

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
MOBILE = "15407620001"

pytestmark = pytest.mark.usefixtures("app")


@pytest.mark.postgresql
def test_a_family_on_one_number_stays_several_persons() -> None:
    with unit_of_work():
        first = service.get_or_open_caller(MOBILE, "张女士").id
        second = service.get_or_open_caller(MOBILE, "李建国").id

    context = service.recognise(MOBILE)

    assert first != second
    assert [(person.caller_id, person.name_shown) for person in context.persons] == [
        (first, "张女士"),
        (second, "李*"),
    ]


@pytest.mark.parametrize(
    "spelling", ["15407620001", "+8615407620001", "0 154 0762 0001", "8615407620001"]
)
def test_a_number_is_recognised_however_the_carrier_writes_it(spelling: str) -> None:
    with unit_of_work():
        service.get_or_open_caller(MOBILE, "张女士")

    context = service.recognise(spelling)

    assert context.normalised == "+8615407620001"
    assert context.number_shown == "154****0001"
    assert len(context.persons) == 1


@pytest.mark.parametrize("number", ["", "anonymous", "unknown", "  "])
def test_a_withheld_number_has_no_persons_and_leaves_no_trace(number: str) -> None:
    with unit_of_work():
        service.remember_call(number, at=AT)

    context = service.recognise(number)

    assert context.is_withheld
    assert (context.number_shown, context.normalised, context.persons) == ("", "", [])
    assert db.session.scalars(select(Caller)).all() == []


def test_a_name_cannot_be_kept_without_a_number() -> None:
    with pytest.raises(service.NumberNeeded), unit_of_work():
        service.get_or_open_caller("anonymous", "张女士")
    with pytest.raises(service.NameNeeded), unit_of_work():
        service.get_or_open_caller(MOBILE, "  ")


@pytest.mark.postgresql
def test_a_first_call_is_remembered_without_a_name_and_named_later() -> None:
    with unit_of_work():
        service.remember_call(MOBILE, at=AT)
    assert service.recognise(MOBILE).persons == []

    with unit_of_work():
        named = service.get_or_open_caller(MOBILE, "张女士").id

    assert [person.caller_id for person in service.recognise(MOBILE).persons] == [named]
    assert len(db.session.scalars(select(Caller)).all()) == 1


def test_the_same_person_on_the_same_number_is_opened_once() -> None:
    with unit_of_work():
        first = service.get_or_open_caller(MOBILE, "张女士").id
        again = service.get_or_open_caller("+86" + MOBILE, " 张女士 ").id

    assert first == again


def test_the_same_name_on_another_number_is_another_person() -> None:
    with unit_of_work():
        first = service.get_or_open_caller(MOBILE, "张女士").id
        other = service.get_or_open_caller("15407620002", "张女士").id

    assert first != other


@pytest.mark.postgresql
def test_late_news_does_not_move_the_last_call_backwards() -> None:
    with unit_of_work():
        service.remember_call(MOBILE, at=AT)
        service.remember_call(MOBILE, at=AT + timedelta(hours=2))
        service.remember_call(MOBILE, at=AT + timedelta(hours=1))

    assert db.session.scalar(select(CallerNumber.last_called_at)) == AT + timedelta(hours=2)


@pytest.mark.postgresql
def test_known_numbers_are_those_with_a_name_and_the_newest_first() -> None:
    with unit_of_work():
        for minute, number in enumerate(("15407620001", "15407620002", "15407620003")):
            service.remember_call(number, at=AT + timedelta(minutes=minute))
        service.get_or_open_caller("15407620001", "张女士")
        service.get_or_open_caller("15407620002", "李先生")

    assert service.known_numbers(limit=5) == ["+8615407620002", "+8615407620001"]


def test_an_unknown_caller_is_refused() -> None:
    with pytest.raises(service.UnknownCaller):
        service.get_caller(10_000)
