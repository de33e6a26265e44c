from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.channels.door_rules import (
    CallAtDoor,
    DoorAction,
    DoorPicture,
    Forwarded,
    Sign,
    decide,
)
from app.channels.landing_routes import Moved, OldSeats, Ours
from app.channels.number_states import NumberState

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
HEYUAN = ZoneInfo("Asia/Shanghai")
OLD = OldSeats(forward_to="07623331234", ring_seconds=25)
CALL = CallAtDoor(
    exchange_id="hy1", call_key="1.1", from_number="+8613800001111", delivered="07623330001"
)
LINE = DoorPicture(number_id=7, landing_id=3, route=OLD)
LATELY = Forwarded(
    call_key="1.0",
    from_number="+8613800001111",
    number_id=7,
    forward_to="07623331234",
    at=AT - timedelta(seconds=20),
)


def answer(call: CallAtDoor, picture: DoorPicture, **more: object) -> tuple[str, str | None]:
    decision = decide(call, picture, at=AT, zone=HEYUAN, **more)  # type: ignore[arg-type]
    return decision.action.value, decision.sign.value if decision.sign else None


@pytest.mark.parametrize(
    ("picture", "action"),
    [
        (DoorPicture(), "queue"),  # outside the register
        (LINE, "forward"),
        (replace(LINE, route=Ours()), "queue"),
        (replace(LINE, route=Moved(announcement="number-moved")), "announce"),
        (replace(LINE, state=NumberState.PLANNED), "queue"),
        (replace(LINE, state=NumberState.SUSPENDED), "queue"),
        (replace(LINE, state=NumberState.CLOSED), "announce"),
    ],
)
def test_state_and_route_say_where_a_call_goes(picture: DoorPicture, action: str) -> None:
    assert answer(CALL, picture) == (action, None)


def test_a_forward_names_whom_to_ring_and_how_long() -> None:
    decision = decide(CALL, LINE, at=AT, zone=HEYUAN)

    assert (decision.forward_to, decision.ring_seconds) == ("07623331234", 25)


@pytest.mark.parametrize(
    ("change", "sign"),
    [
        ({"hops": ("hy1/1.0",)}, Sign.HOP),
        ({"diverted_from": ("0762-3331234",)}, Sign.DIVERSION),  # the old seats sent it back
        # we sent it on, and whoever had it then sent it to the number that leads here
        ({"diverted_from": ("07623339876", "+867623330001")}, Sign.DIVERSION),
        # the same, and whoever had it then says nothing: the carrier forwards the number once more
        ({"diverted_from": ("07623330001", "+867623330001")}, Sign.DIVERSION),
        ({"diverted_from": ("12315", "07623330001", "12315")}, Sign.DIVERSION),
        ({"diverted_from": tuple(f"0762333900{n}" for n in range(6))}, Sign.DIVERSION),
        ({"max_forwards": 10}, Sign.MAX_FORWARDS),
    ],
)
def test_a_call_that_was_here_before_goes_to_a_human(change: dict[str, object], sign: Sign) -> None:
    for picture in (LINE, replace(LINE, route=Ours()), replace(LINE, state=NumberState.CLOSED)):
        came_back = decide(
            replace(CALL, **change),  # type: ignore[arg-type]
            replace(picture, route=LINE.route),
            at=AT,
            zone=HEYUAN,
        )
        assert (came_back.action, came_back.sign) == (DoorAction.HUMAN_FIRST, sign)


@pytest.mark.parametrize(
    "change",
    [
        {"diverted_from": ("12315",)},  # the carrier's own diversion of the public number
        {"diverted_from": ("07623330001",)},  # … and of the very number that it delivers
        {
            "diverted_from": ("0762-3330001", "13800002222")
        },  # a mobile phone forwards to that number
        {"diverted_from": ("12315", "13800002222")},
        {"max_forwards": 70},
        {"max_forwards": 11},
    ],
)
def test_an_ordinary_first_passage_is_no_loop(change: dict[str, object]) -> None:
    assert answer(replace(CALL, **change), LINE) == ("forward", None)  # type: ignore[arg-type]


def test_the_same_caller_again_while_his_first_leg_is_up_is_the_same_call() -> None:
    assert answer(CALL, LINE, before=[LATELY]) == ("human_first", "same_caller")


def test_he_is_known_also_when_the_old_seats_send_him_to_another_line_of_theirs() -> None:
    other_line = replace(LINE, number_id=8)

    assert answer(CALL, other_line, before=[LATELY]) == ("human_first", "same_caller")


@pytest.mark.parametrize(
    "earlier",
    [
        replace(LATELY, from_number="+8613800002222"),
        replace(LATELY, at=AT - timedelta(seconds=61)),
        replace(LATELY, number_id=8, forward_to="07623335555"),
        replace(LATELY, call_key=CALL.call_key),
    ],
)
def test_another_call_is_another_call(earlier: Forwarded) -> None:
    assert answer(CALL, LINE, before=[earlier]) == ("forward", None)


def test_a_caller_who_hung_up_and_calls_again_is_forwarded_again() -> None:
    assert answer(CALL, LINE, before=[LATELY], is_up=lambda _key: False) == ("forward", None)


@pytest.mark.parametrize(("seconds", "action"), [(5, "human_first"), (6, "forward")])
def test_callers_without_a_number_are_the_same_only_within_seconds(
    seconds: int, action: str
) -> None:
    hidden = replace(CALL, from_number="")
    earlier = replace(LATELY, from_number="", at=AT - timedelta(seconds=seconds))

    assert answer(hidden, LINE, before=[earlier])[0] == action


@pytest.mark.parametrize("ours", ["3331234", "07623331234", "+867623331234"])
def test_a_forward_that_leads_back_to_us_is_not_made(ours: str) -> None:
    picture = replace(LINE, leads_to_us=frozenset({ours}))

    assert answer(CALL, picture) == ("human_first", "target_is_ours")


def test_a_forward_to_an_emergency_number_is_not_made_even_if_it_was_saved() -> None:
    picture = replace(LINE, route=OldSeats(forward_to="0762110", ring_seconds=25))

    assert answer(CALL, picture) == ("human_first", "target_is_emergency")
