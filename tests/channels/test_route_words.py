from typing import Any

import pytest
from hypothesis import given

from app.channels.landing_routes import OldSeats, Route
from app.channels.route_words import (
    BadTarget,
    RouteNotUnderstood,
    SharesDoNotAddUp,
    route_of,
    words_of,
)
from app.core.emergency_numbers import EmergencyNumber
from tests.channels.test_landing_routes import routes

OURS = {"kind": "ours"}
WINDOW = {"weekday": 1, "begins": "08:30", "ends": "12:00"}


@given(routes)
def test_a_route_written_down_is_read_back_the_same(route: Route) -> None:
    assert route_of(words_of(route)) == route


def old_seats(number: Any, seconds: Any = 25) -> dict[str, Any]:
    return {"kind": "old_seats", "forward_to": number, "ring_seconds": seconds}


def test_a_target_is_kept_as_plain_digits() -> None:
    assert route_of(old_seats("0762-333 1234")) == OldSeats(
        forward_to="07623331234", ring_seconds=25
    )


@pytest.mark.parametrize("number", ["110", "１１９", "0762 120", "+86110", "sip:122@x", "12395#"])
@pytest.mark.parametrize("where", ["alone", "split", "hours"])
def test_no_emergency_number_is_a_forward_target_however_deep(number: str, where: str) -> None:
    target = old_seats(number)
    words = {
        "alone": target,
        "split": {
            "kind": "split",
            "shares": [{"percent": 99, "goes_to": OURS}, {"percent": 1, "goes_to": target}],
        },
        "hours": {"kind": "hours", "windows": [WINDOW], "inside": OURS, "outside": target},
    }

    with pytest.raises(EmergencyNumber):
        route_of(words[where])


@pytest.mark.parametrize("percents", [(50, 40), (101,), (-1, 101), (60, 60), (True, 99)])
def test_shares_that_do_not_add_up_are_refused(percents: tuple[int, ...]) -> None:
    shares = [{"percent": percent, "goes_to": OURS} for percent in percents]

    with pytest.raises(SharesDoNotAddUp):
        route_of({"kind": "split", "shares": shares})


@pytest.mark.parametrize("number", ["", "12", "abc", None, 110, "1" * 21, ["1"]])
def test_a_target_that_cannot_be_dialled_is_refused(number: object) -> None:
    with pytest.raises(BadTarget):
        route_of(old_seats(number))


@pytest.mark.parametrize(
    "words",
    [
        None, "ours", [], {}, {"kind": "elsewhere"}, old_seats("07623331234", 4),
        old_seats("07623331234", "25"), {"kind": "moved", "announcement": "../x"},
        {"kind": "moved"}, {"kind": "split", "shares": []}, {"kind": "split", "shares": "x"},
        {"kind": "split", "shares": [{"percent": 100, "goes_to": {"kind": "split"}}]},
        {"kind": "hours", "windows": [], "inside": OURS, "outside": OURS},
        {"kind": "hours", "windows": [{**WINDOW, "ends": "08:30"}], "inside": OURS,
         "outside": OURS},
        {"kind": "hours", "windows": [{**WINDOW, "weekday": 0}], "inside": OURS, "outside": OURS},
        {"kind": "hours", "windows": [WINDOW], "inside": OURS, "outside": OURS,
         "exceptions": {"soon": 1}},
    ],
)  # fmt: skip
def test_what_is_no_route_is_refused_by_name(words: object) -> None:
    with pytest.raises(RouteNotUnderstood):
        route_of(words)
