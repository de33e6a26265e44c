import csv
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.channels import service
from app.channels.models import MergeMode
from app.channels.number_states import StateDoesNotFollow
from app.channels.registrable_numbers import EMERGENCY_NUMBERS, EmergencyNumber
from app.channels.service import NewNumber
from app.core.database import unit_of_work
from app.organisation import service as organisation

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("register")


@pytest.fixture
def register(numbers: None, app: Flask) -> Flask:  # noqa: ARG001
    """Load the register."""
    return app


def rows() -> list[dict[str, str]]:
    """Return the register as its file has it."""
    with (service.DATA / "legacy_numbers.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def new_number(number: str) -> NewNumber:
    """Make a number that any unit could bring in."""
    return NewNumber(
        number=number,
        name="试用",
        owner_unit_id=organisation.find_unit_by_code("hotline").id,
        mode=MergeMode.MERGED,
        greeting="您好，工号{work_number}",
        valid_from=AT,
    )


@pytest.mark.postgresql
def test_the_register_holds_each_number_of_the_file_once_in_its_mode() -> None:
    found = {entry.number: entry.mode for entry in service.list_numbers()}

    assert len(service.list_numbers()) == len(rows()) == len(found)
    assert found == {row["number"]: MergeMode(row["mode"]) for row in rows()}


def test_the_modes_are_counted_as_the_file_has_them() -> None:
    counted = Counter(entry.mode for entry in service.list_numbers())

    assert counted == Counter(MergeMode(row["mode"]) for row in rows())
    assert counted == {
        MergeMode.MAIN: 1,
        MergeMode.DUAL_NUMBER: 14,
        MergeMode.SUB_CENTRE: 5,
        MergeMode.MERGED: 15,
    }


def test_every_number_is_marked_as_a_sample_to_be_confirmed() -> None:
    for entry in service.list_numbers():
        assert entry.is_sample
        assert entry.note.startswith("示例，待核实")


def test_no_emergency_number_and_no_line_of_others_is_in_the_register() -> None:
    numbers = {entry.number for entry in service.list_numbers()}

    assert not numbers & (EMERGENCY_NUMBERS | {"12388", "12380", "12309", "12368", "95598"})


def test_12345_is_the_main_number() -> None:
    entry = service.recognise_number("12345", AT)

    assert entry is not None
    assert entry.mode == MergeMode.MAIN


@pytest.mark.parametrize(
    "dialled",
    [
        "12315",
        "sip:12315@10.1.2.3",
        "076212315",
        "0762-12315",
        "0762 12315",
        "+86 762 12315",
        "8612315",
    ],
)
def test_a_number_is_recognised_however_the_exchange_writes_it(dialled: str) -> None:
    entry = service.recognise_number(dialled, AT)

    assert entry is not None
    assert entry.number == "12315"


@pytest.mark.parametrize("dialled", ["", "110", "99999", "anonymous", "123151"])
def test_a_number_outside_the_register_is_nobodys(dialled: str) -> None:
    assert service.recognise_number(dialled, AT) is None


@pytest.mark.postgresql
def test_a_number_holds_from_its_first_minute_and_no_longer_at_its_last() -> None:
    until = AT + timedelta(days=1)
    with unit_of_work():
        service.register_number(replace(new_number("12399"), valid_until=until))

    minute = timedelta(minutes=1)
    assert service.recognise_number("12399", AT - minute) is None
    assert service.recognise_number("12399", AT) is not None
    assert service.recognise_number("12399", until - minute) is not None
    assert service.recognise_number("12399", until) is None


@pytest.mark.parametrize("number", sorted(EMERGENCY_NUMBERS))
def test_an_emergency_number_is_refused_by_the_register(number: str) -> None:
    with pytest.raises(EmergencyNumber), unit_of_work():
        service.register_number(new_number(number))

    assert service.recognise_number(number, AT) is None


def test_a_number_is_registered_once() -> None:
    with pytest.raises(service.NumberAlreadyRegistered), unit_of_work():
        service.register_number(new_number("12315"))


def test_a_number_needs_a_unit_that_owns_it() -> None:
    with pytest.raises(organisation.UnknownUnit), unit_of_work():
        service.register_number(replace(new_number("12399"), owner_unit_id=10_000))


def test_the_greeting_names_the_line_and_the_agent() -> None:
    entry = service.recognise_number("12315", AT)
    assert entry is not None

    said = service.greeting_for(entry, work_number="1006")

    assert said == "您好，这里是12345热线（12315市场监管），工号1006，请问有什么可以帮您？"


def test_every_greeting_has_room_for_the_work_number() -> None:
    for entry in service.list_numbers():
        assert "{work_number}" in entry.greeting
        assert "{" not in service.greeting_for(entry, work_number="1006")


def test_only_sub_centres_ask_for_a_skill() -> None:
    for entry in service.list_numbers():
        assert bool(entry.skill) == (entry.mode == MergeMode.SUB_CENTRE)


@pytest.mark.postgresql
def test_loading_twice_changes_nothing() -> None:
    with unit_of_work():
        assert service.load_numbers() == 0


def test_a_planned_number_is_known_and_not_yet_ours() -> None:
    with unit_of_work():
        service.register_number(replace(new_number("12399"), valid_from=None))

    assert service.recognise_number("12399", AT) is None
    found = service.find_number("12399", AT)
    assert found is not None
    assert found.state is service.NumberState.PLANNED


def test_a_closed_number_is_found_and_not_recognised() -> None:
    until = AT + timedelta(days=1)
    with unit_of_work():
        service.register_number(replace(new_number("12399"), valid_until=until))

    found = service.find_number("12399", until)
    assert service.recognise_number("12399", until) is None
    assert found is not None
    assert found.state is service.NumberState.CLOSED


def test_a_number_closed_before_it_is_live_is_refused() -> None:
    with pytest.raises(StateDoesNotFollow), unit_of_work():
        service.register_number(replace(new_number("12399"), valid_from=AT, valid_until=AT))


def test_a_sub_centres_call_is_for_its_own_seats_and_overflows() -> None:
    rules = service.rules_for_call("12366", AT)

    assert rules.sub_centre_unit_id == organisation.find_unit_by_code("sub-12366").id
    assert rules.overflow_seconds == 30
    assert rules.skills == {"tax"}


def test_a_call_to_another_line_is_for_everybody() -> None:
    rules = service.rules_for_call("96119", AT)

    assert (rules.sub_centre_unit_id, rules.overflow_seconds) == (None, None)
    assert rules.priority == 5


def test_a_call_to_a_number_outside_the_register_asks_for_nothing() -> None:
    assert service.rules_for_call("99999", AT) == service.CallRules()
