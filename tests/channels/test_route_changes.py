"""Landings and their routes: dated, looked at beforehand, and undone by one act."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from app.channels import door, landings, number_changes, route_changes, service
from app.channels.door import CallAtDoor
from app.channels.events import RouteChanged, RouteChangeUndone
from app.channels.landing_routes import (
    ChangeAlreadyUndone,
    ChangeOutdated,
    LaterChangePlanned,
    NothingToUndo,
)
from app.channels.number_states import NumberState
from app.channels.numbers_here import ForwardWouldLoop
from app.core import events
from app.core.database import unit_of_work
from app.core.emergency_numbers import EmergencyNumber
from app.organisation import service as organisation

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
DID = "07623330001"
OURS = {"kind": "ours"}
OLD_SEATS = {"kind": "old_seats", "forward_to": "07623339999", "ring_seconds": 25}
MOVED = {"kind": "moved", "announcement": "number-moved"}

pytestmark = [pytest.mark.usefixtures("register")]


@pytest.fixture
def register(
    numbers: None,  # noqa: ARG001
    app: Flask,
    frozen: time_machine.Traveller,  # noqa: ARG001 - the clock
) -> Flask:
    """Load the register, on a stopped clock."""
    return app


def number_id(number: str = "12315") -> int:
    found = service.find_number(number, AT)
    assert found is not None
    return found.id


def add_landing(delivered: str = DID, *, number: str = "12315", **more: object) -> int:
    wanted = landings.NewLanding(
        number_id=number_id(number), carrier="电信", delivered_did=delivered, live_from=AT - DAY,
        **more,  # type: ignore[arg-type]
    )  # fmt: skip
    with unit_of_work():
        return landings.add_landing(wanted)


def set_route(landing_id: int, words: object, at: datetime | None = None) -> int:
    with unit_of_work():
        return route_changes.set_routes(number_id(), {landing_id: words}, effective_at=at)


def undo(change_id: int) -> int:
    with unit_of_work():
        return route_changes.undo_change(change_id, number_id=number_id())


def action(at: datetime, delivered: str = DID, **more: str) -> str:
    call = CallAtDoor(
        exchange_id="hy1", call_key="1.1", from_number="+8613800001111", delivered=delivered, **more
    )  # type: ignore[arg-type]
    return door.answer_at_door(call, at=at).decision.action.value


def test_what_the_carrier_delivers_says_which_number_the_citizen_dialled() -> None:
    assert service.recognise_number(DID, AT) is None

    add_landing()

    found = service.recognise_number("+86 762 3330001", AT, exchange_id="hy1")
    assert found is not None
    assert found.number == "12315"


@pytest.mark.postgresql
def test_a_change_holds_from_its_minute_on_without_anything_happening_then() -> None:
    landing = add_landing()

    set_route(landing, OLD_SEATS, AT + 5 * MINUTE + timedelta(seconds=20))

    assert action(AT + 5 * MINUTE - timedelta(microseconds=1)) == "queue"
    assert action(AT + 5 * MINUTE) == "forward"


def test_one_change_moves_all_landings_of_a_number_at_the_same_minute() -> None:
    telecom, mobile = add_landing(), add_landing("07628880001")
    with unit_of_work():
        route_changes.set_routes(
            number_id(), {telecom: OLD_SEATS, mobile: MOVED}, effective_at=AT + MINUTE
        )

    assert [action(AT + MINUTE), action(AT + MINUTE, "07628880001")] == ["forward", "announce"]
    [change] = route_changes.list_changes(number_id())
    undo(change.id)
    assert [action(AT + MINUTE), action(AT + MINUTE, "07628880001")] == ["queue", "queue"]


@pytest.mark.postgresql
def test_undoing_restores_the_former_route_at_once_and_is_a_change_itself(
    frozen: time_machine.Traveller, heard: list[events.Event]
) -> None:
    landing = add_landing()
    first = set_route(landing, OLD_SEATS)
    frozen.shift(DAY)
    second = set_route(landing, MOVED)
    frozen.shift(timedelta(seconds=20))

    undone = undo(second)

    assert action(AT + DAY + timedelta(seconds=19)) == "announce"
    assert action(AT + DAY + timedelta(seconds=20)) == "forward"
    newest, middle, oldest = route_changes.list_changes(number_id())
    assert (newest.id, newest.undoes_id, middle.id, oldest.id) == (undone, second, second, first)
    assert [newest.before, newest.after] == [middle.after, middle.before]
    assert [type(event) for event in heard if "route" in event.name] == [
        RouteChanged, RouteChanged, RouteChangeUndone,
    ]  # fmt: skip


def test_a_planned_change_undone_never_comes(frozen: time_machine.Traveller) -> None:
    landing = add_landing()
    planned = set_route(landing, OLD_SEATS, AT + DAY)

    frozen.shift(MINUTE)
    undo_id = undo(planned)

    assert action(AT + 2 * DAY) == "queue"
    with pytest.raises(NothingToUndo):
        undo(undo_id)
    set_route(landing, MOVED, AT + 2 * MINUTE)  # what is void stands in nobody's way
    assert action(AT + 2 * DAY) == "announce"


def test_an_undo_is_undone_like_any_change(frozen: time_machine.Traveller) -> None:
    change = set_route(add_landing(), OLD_SEATS)
    frozen.shift(MINUTE)
    taken_back = undo(change)
    frozen.shift(MINUTE)

    undo(taken_back)

    assert action(AT + 5 * MINUTE) == "forward"


def test_an_outdated_change_is_not_undone(frozen: time_machine.Traveller) -> None:
    landing = add_landing()
    old = set_route(landing, OLD_SEATS)
    frozen.shift(MINUTE)
    set_route(landing, MOVED)

    with pytest.raises(ChangeOutdated):
        undo(old)
    assert [change.can_be_undone for change in route_changes.list_changes(number_id())] == [
        True, False,
    ]  # fmt: skip


def test_a_change_is_undone_only_once() -> None:
    change = set_route(add_landing(), OLD_SEATS)
    undo(change)

    with pytest.raises(ChangeAlreadyUndone):
        undo(change)


def test_nothing_is_slipped_in_before_a_planned_change() -> None:
    landing = add_landing()
    set_route(landing, OLD_SEATS, AT + DAY)

    with pytest.raises(LaterChangePlanned):
        set_route(landing, MOVED)


def test_a_change_cannot_hold_from_yesterday_on() -> None:
    with pytest.raises(route_changes.MomentHasPassed):
        set_route(add_landing(), OLD_SEATS, AT - MINUTE)


@pytest.mark.parametrize("target", ["12333", "0762 12333", "07623330002", "12345", DID])
def test_a_forward_that_leads_back_to_us_is_refused_when_it_is_saved(target: str) -> None:
    landing = add_landing()
    add_landing("07623330002", number="12333")

    with pytest.raises(ForwardWouldLoop):
        set_route(landing, {**OLD_SEATS, "forward_to": target})


def test_a_forward_to_a_number_not_yet_delivered_to_us_is_fine() -> None:
    landing = add_landing()
    add_landing("07623330002", number="12333", live_until=AT - timedelta(hours=1))

    set_route(landing, {**OLD_SEATS, "forward_to": "12333"})

    assert action(AT) == "forward"


def test_a_landing_for_what_somebody_forwards_to_is_refused() -> None:
    set_route(add_landing(), OLD_SEATS)

    with pytest.raises(ForwardWouldLoop):
        add_landing("0762-3339999", number="12333")


def test_a_forward_that_became_a_loop_is_seen_at_run_time() -> None:
    set_route(add_landing(), {**OLD_SEATS, "forward_to": "12399"})
    with unit_of_work():
        service.register_number(
            service.NewNumber(
                number="12399", name="试用", owner_unit_id=organisation.list_units()[0].id,
                mode=service.MergeMode.MERGED, greeting="您好", valid_from=AT + DAY,
            )
        )  # fmt: skip

    assert action(AT) == "forward"
    assert action(AT + DAY) == "human_first"


def test_an_emergency_number_is_never_forwarded_to() -> None:
    with pytest.raises(EmergencyNumber):
        set_route(add_landing(), {**OLD_SEATS, "forward_to": "0762 110"})


def test_one_delivery_has_one_landing_at_a_time() -> None:
    add_landing(live_until=AT + DAY)

    with pytest.raises(landings.LandingOverlaps):
        add_landing("+867623330001")
    with pytest.raises(landings.DeliveryMeansAnotherNumber):
        add_landing(number="12333", trunk="unicom")
    add_landing(trunk="unicom")


def test_a_landing_on_one_trunk_is_asked_before_one_on_any() -> None:
    add_landing()
    unicom = add_landing(trunk="unicom")
    set_route(unicom, MOVED)

    assert action(AT, trunk="unicom") == "announce"
    assert action(AT, trunk="telecom") == "queue"


def test_a_landing_that_has_ended_delivers_nothing() -> None:
    landing = add_landing()
    with unit_of_work():
        landings.end_landing(landing, number_id=number_id(), at=AT + MINUTE, ended_by=None)

    assert service.recognise_number(DID, AT) is not None
    assert service.recognise_number(DID, AT + MINUTE) is None


def test_a_closed_number_says_where_to_call_and_an_unknown_one_is_queued() -> None:
    with unit_of_work():
        number_changes.set_state(
            number_id("12358"), NumberState.CLOSED, valid_from=AT + MINUTE, because="并入12315"
        )

    assert [action(AT, "12358"), action(AT + MINUTE, "12358")] == ["queue", "announce"]
    assert action(AT, "99999") == "queue"


def test_a_look_ahead_tells_shares_and_changes_nothing() -> None:
    landing = add_landing()
    split = {
        "kind": "split",
        "shares": [{"percent": 30, "goes_to": OURS}, {"percent": 70, "goes_to": OLD_SEATS}],
    }
    seen = route_changes.preview_routes(number_id(), {landing: split}, effective_at=AT + DAY)
    assert route_changes.list_changes(number_id()) == []
    [(before, after)] = seen.values()
    assert [share.percent for share in door.shares_of(before, at=AT)] == [100]
    assert [share.percent for share in door.shares_of(after, at=AT + DAY)] == [30, 70]

    set_route(landing, split, AT + DAY)
    call = CallAtDoor(exchange_id="hy1", call_key="1.1", from_number="", delivered=DID)
    assert door.preview_call(call, at=AT).shares == door.shares_of(before, at=AT)
    tomorrow = door.preview_call(call, at=AT + DAY)
    assert [share.percent for share in tomorrow.shares] == [30, 70]
    assert tomorrow.decision == door.answer_at_door(call, at=AT + DAY).decision


def test_a_preview_of_what_would_be_refused_is_refused_alike() -> None:
    with pytest.raises(ForwardWouldLoop):
        route_changes.preview_routes(
            number_id(), {add_landing(): {**OLD_SEATS, "forward_to": "12345"}}
        )
