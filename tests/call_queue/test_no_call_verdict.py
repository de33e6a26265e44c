"""Why no call comes: the first thing in the way is named, in the order in which routing fails."""

from typing import Any

import pytest

from app.call_queue.no_call_verdict import Looking, Verdict, why_no_call
from app.call_queue.presence_states import PresenceState as P
from tests.call_queue.pictures import NOW, TAX_OFFICE, agent, caller

HERE = frozenset({"hy1"})


def seen(**changes: Any) -> Looking:
    given: dict[str, Any] = {
        "state": P.READY,
        "reason": None,
        "has_desk": True,
        "registered_at": HERE,
        "me": agent(5, idle=10),
        "waiting": [],
        "free": [agent(5, idle=10)],
    }
    return Looking(**{**given, **changes})


TAX = frozenset({"tax"})


@pytest.mark.parametrize(
    ("picture", "code", "parameters"),
    [
        (seen(state=P.NOT_READY, reason="meal"), "not_ready", {"reason": "meal"}),
        (seen(state=P.MISSED), "missed", {}),
        (seen(state=P.WRAP_UP), "wrap_up", {}),
        (seen(state=P.TALKING), "in_a_call", {}),
        (seen(state=P.LINK_LOST), "link_lost", {}),
        (seen(has_desk=False), "no_desk", {}),
        (seen(registered_at=frozenset()), "no_phone", {}),
        (seen(me=agent(5, exchange_ids=frozenset())), "links_down", {"names": "hy1"}),
        (seen(), "nobody_waits", {"ahead": 0}),
        (seen(free=[agent(5, idle=10), agent(6, idle=2)]), "nobody_waits", {"ahead": 1}),
        (seen(waiting=[caller(1, exchange_id="hy2")]), "other_exchange", {"names": "hy2"}),
        (seen(waiting=[caller(1, needs=TAX)]), "other_skills", {"skills": "tax"}),
        (seen(waiting=[caller(1, sub_centre_id=TAX_OFFICE)]), "sub_centre_first", {}),
        (
            seen(waiting=[caller(1)], me=agent(5, sub_centre_id=TAX_OFFICE)),
            "own_sub_centre_only",
            {},
        ),
        (
            seen(waiting=[caller(1)], free=[agent(5, idle=10), agent(6, idle=2)]),
            "others_first",
            {"ahead": 1},
        ),
        (seen(waiting=[caller(1)]), "at_once", {}),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_the_first_thing_in_the_way_is_named(
    picture: Looking, code: str, parameters: dict[str, str | int]
) -> None:
    assert why_no_call(picture, now=NOW) == Verdict(code=code, parameters=parameters)
