"""What a desk offers can be chosen, also of what hurries; what is refused stands at its field."""

import re

import pytest

from app.handling import timing
from app.handling.clock_rules import ClockKind
from app.organisation import service as organisation
from app.rules.time_limits import Limit, LimitUnit
from app.ticket_desks.offered_limits import extensions
from app.tickets.ticket_states import Urgency
from tests.conftest import PageClient
from tests.handling import cast as play
from tests.handling.cast import Cast, clock, saved, state
from tests.ticket_desks.browsers import Desks, errors_of, page, seen_in, send, typed_in
from tests.ticket_desks.unit_page import do, page_of

LEAD = "urban-management"
KEPT_FROM_TOWNS = "0601"


def offered(html: str, field: str) -> list[str]:
    found = re.search(rf'<select[^>]*id="{field}".*?</select>', html, re.S)
    assert found is not None
    return [each for each in re.findall(r'value="([^"]*)"', found[0]) if each]


def name_of(unit_id: int | None) -> str:
    return organisation.get_unit(unit_id or 0).name


def dispatched(browser: PageClient, ticket_id: int, **typed: str) -> str:
    """Send the dispatch form as it was shown; return the page that refuses it."""
    limits = {f"dispatch-limit_{nth}": "30min" for nth in (1, 2, 3)}
    named = {f"dispatch-{name}": value for name, value in typed.items()}
    seen = seen_in(page(browser, f"/dispatch/{ticket_id}"))
    answer = send(browser, f"/dispatch/{ticket_id}", **{**limits, **named, "dispatch-seen": seen})
    assert answer.status_code == 422
    assert "alert-danger" not in answer.text
    return str(answer.text)


@pytest.mark.parametrize(
    ("own", "more"),
    [
        (Limit(24, LimitUnit.HOURS), ("1h", "2h", "4h", "8h", "12h", "24h")),
        (Limit(2, LimitUnit.HOURS), ("1h", "2h")),
        (Limit(1, LimitUnit.HOURS), ("1h",)),
        (Limit(7, LimitUnit.WORKING_DAYS), ("1wd", "2wd", "3wd", "5wd", "7wd")),
        (Limit(3, LimitUnit.DAYS), ("1d", "2d", "3d")),
    ],
)
def test_more_time_is_counted_as_the_clock_is_and_is_no_longer_than_its_limit(
    own: Limit, more: tuple[str, ...]
) -> None:
    assert extensions(own) == more


def test_a_unit_asks_for_hours_where_its_limit_is_in_hours(cast: Cast, desks: Desks) -> None:
    ticket_id = play.handled(cast, urgency=Urgency.URGENT, content="大面积停水")
    unit = desks.at("city_liaison", LEAD)
    more = offered(page_of(unit, ticket_id), "time-more")
    assert more == ["1h", "2h", "4h", "8h", "12h", "24h"]

    asked = do(unit, ticket_id, "time", "time", kind="extension", more="4h",
               reason="works_under_way", basis="主管道抢修")  # fmt: skip
    assert asked.status_code == 302
    due = clock(ticket_id, ClockKind.HANDLE).due_at
    saved(timing.decide, ticket_id, agrees=True, words="", doer=cast.dispatcher)

    extended = clock(ticket_id, ClockKind.HANDLE)
    assert due is not None
    assert extended.due_at is not None
    assert (extended.due_at - due).total_seconds() == 4 * 3600


def test_whoever_asks_for_more_time_and_does_not_say_how_much_is_told_at_that_field(
    cast: Cast, desks: Desks
) -> None:
    ticket_id = play.handled(cast)
    unit = desks.at("city_liaison", LEAD)
    for kind, field in (("extension", "more"), ("statutory", "whole")):
        asked = do(unit, ticket_id, "time", "time", kind=kind, reason="works_under_way",
                   basis="主管道抢修")  # fmt: skip

        assert asked.status_code == 422
        assert errors_of(asked.text, f"time-{field}")
        assert typed_in(asked.text, "time-basis") == "主管道抢修"


def test_of_what_is_due_within_an_hour_others_are_asked_for_minutes(
    cast: Cast, desks: Desks
) -> None:
    ticket_id = play.handled(cast, urgency=Urgency.VERY_URGENT)
    unit = desks.at("city_liaison", LEAD)
    assert "30min" in offered(page_of(unit, ticket_id), "call_in-limit")

    asked = do(unit, ticket_id, "assistants", "call_in", unit=name_of(cast.second), limit="30min")

    assert asked.status_code == 302
    assert clock(ticket_id, ClockKind.ASSIST).limit == "30min"


def test_a_unit_that_cannot_be_called_in_is_said_beside_its_name(cast: Cast, desks: Desks) -> None:
    ticket_id = play.handled(cast)
    asked = do(desks.at("city_liaison", LEAD), ticket_id, "assistants", "call_in",
               unit=name_of(cast.lead), limit="1wd")  # fmt: skip

    assert asked.status_code == 422
    assert errors_of(asked.text, "call_in-unit")


def test_a_lead_that_may_not_have_it_is_refused_beside_the_lead(cast: Cast, desks: Desks) -> None:
    ticket_id = play.open_one(cast, category_code=KEPT_FROM_TOWNS)
    html = dispatched(desks.at("dispatcher"), ticket_id, lead=name_of(cast.town.unit_id))

    assert "不得派至镇街" in errors_of(html, "dispatch-lead")


def test_an_assistant_that_may_not_have_it_is_refused_beside_that_assistant(
    cast: Cast, desks: Desks
) -> None:
    ticket_id = play.open_one(cast, category_code=KEPT_FROM_TOWNS)
    html = dispatched(
        desks.at("dispatcher"), ticket_id, lead=name_of(cast.lead),
        assistant_1=name_of(cast.second), assistant_3=name_of(cast.town.unit_id),
    )  # fmt: skip

    assert "不得派至镇街" in errors_of(html, "dispatch-assistant_3")
    assert errors_of(html, "dispatch-lead") == errors_of(html, "dispatch-assistant_1") == ""


def test_a_lead_that_assists_itself_is_refused_beside_the_assistant(
    cast: Cast, desks: Desks
) -> None:
    ticket_id = play.open_one(cast)
    html = dispatched(
        desks.at("dispatcher"), ticket_id, lead=name_of(cast.lead), assistant_2=name_of(cast.lead)
    )

    assert errors_of(html, "dispatch-assistant_2")


def test_an_inner_limit_that_is_too_long_is_refused_beside_that_limit(
    cast: Cast, desks: Desks
) -> None:
    ticket_id = play.open_one(cast, urgency=Urgency.VERY_URGENT)
    html = dispatched(
        desks.at("dispatcher"), ticket_id, lead=name_of(cast.lead),
        assistant_2=name_of(cast.second), limit_2="2h",
    )  # fmt: skip

    assert errors_of(html, "dispatch-limit_2")
    assert state(ticket_id) == "to_dispatch"


def test_a_town_that_may_not_be_designated_is_refused_beside_the_lead(
    cast: Cast, desks: Desks
) -> None:
    ticket_id = play.open_one(cast, category_code=KEPT_FROM_TOWNS)
    manager = desks.at("hotline_manager")
    path = f"/dispatch/{ticket_id}"
    send(manager, f"{path}/refer", **{
        "refer-opinions": "两家均称不属其职责", "refer-seen": seen_in(page(manager, path), "refer"),
    })  # fmt: skip
    named = send(manager, f"{path}/designate", **{
        "designate-lead": name_of(cast.town.unit_id), "designate-basis": "三定方案",
        "designate-seen": seen_in(page(manager, path), "designate"), "is_final": "yes",
    })  # fmt: skip

    assert named.status_code == 422
    assert "不得派至镇街" in errors_of(named.text, "designate-lead")
