"""New callers' news is written first, and the order of each call stays what it was."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.switchboard.news_order import MOST_AT_ONCE, expects_more, is_of_new_callers, next_run
from telephony.events import (
    AgentAnswered,
    AgentGone,
    CallArrived,
    CallerPlaced,
    LinkChanged,
    News,
    PartyLost,
    PhoneChanged,
    Place,
)

AT = datetime(2026, 1, 5, 10, tzinfo=UTC)


def of(call: str) -> dict[str, object]:
    return {
        "exchange_id": "hy1", "boot_id": "b", "call_key": call, "leg_key": call, "happened_at": AT,
    }  # fmt: skip


def arrived(call: str) -> News:
    who = {"from_number": "", "from_name": "", "dialled_number": "12345", "invited_at": AT}
    return CallArrived(**of(call), **who)  # type: ignore[arg-type]


def placed(call: str) -> News:
    return CallerPlaced(**of(call), place=Place.QUEUE)  # type: ignore[arg-type]


def answered(call: str) -> News:
    return AgentAnswered(**of(call), phone="2001")  # type: ignore[arg-type]


def gone(call: str) -> News:
    return AgentGone(**of(call), phone="2001", reason=PartyLost.HUNG_UP)  # type: ignore[arg-type]


def link() -> News:
    return LinkChanged(exchange_id="hy1", boot_id="b", is_up=True, why="", happened_at=AT)


def phone() -> News:
    return PhoneChanged(
        exchange_id="hy1", phone="2001", is_there=True, contact="c", happened_at=AT + timedelta(1)
    )


def test_a_new_caller_passes_what_waits_of_other_calls() -> None:
    pending = [*(answered(f"old-{number}") for number in range(30)), arrived("new"), placed("new")]

    assert next_run(pending) == [30, 31]


def test_after_new_callers_the_others_have_their_turn() -> None:
    pending = [answered("old"), arrived("new"), placed("new")]

    assert next_run(pending, after_new_callers=True) == [0, 1, 2]
    many = [*(answered(f"old-{number}") for number in range(30)), arrived("new")]
    assert next_run(many, after_new_callers=True) == list(range(MOST_AT_ONCE))


def test_a_caller_who_is_placed_again_does_not_pass_his_own_news() -> None:
    pending = [answered("other"), answered("old"), placed("old"), arrived("new")]

    assert next_run(pending) == [3]
    assert next_run(pending[:3]) == [0, 1, 2]


def test_nothing_passes_a_change_of_link_or_phone() -> None:
    assert next_run([link(), link(), arrived("new")]) == [0]
    assert next_run([phone(), phone(), arrived("new")]) == [0, 1]
    assert next_run([answered("old"), phone(), arrived("new")]) == [0]


KINDS = st.sampled_from([arrived, placed, answered])
PIECES = st.lists(st.tuples(KINDS, st.sampled_from("abcd")), min_size=1, max_size=60)


@given(PIECES)
def test_everything_is_written_once_and_each_call_in_its_order(
    told: list[tuple[object, str]],
) -> None:
    pending: list[News] = [make(call) for make, call in told]  # type: ignore[operator]
    before = list(pending)
    written: list[News] = []
    was_new = False
    while pending:
        places = next_run(pending, after_new_callers=was_new)
        run = [pending[place] for place in places]
        was_new = is_of_new_callers(run)
        written += run
        pending = [one for place, one in enumerate(pending) if place not in places]

    for call in "abcd":
        assert [one for one in written if one.call_key == call] == [  # type: ignore[attr-defined]
            one
            for one in before
            if one.call_key == call  # type: ignore[attr-defined]
        ]
    assert len(written) == len(before)


def test_the_rest_of_an_arrival_and_of_an_end_is_waited_for_and_nothing_else() -> None:
    assert expects_more([arrived("a")])
    assert expects_more([gone("a")])
    assert not expects_more([arrived("a"), placed("a")])
    assert not expects_more([gone("a"), answered("b")])
