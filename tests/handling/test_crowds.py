"""Several callers about one matter at one place are shown as a crowd, and merged in one act."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from app.core import clock as wall
from app.handling import crowds, merging
from app.handling.crowd_rules import Crowd, Voice
from app.handling.crowd_rules import crowds as found_in
from app.tickets.likeness import Matter
from tests.handling import cast as play
from tests.handling.cast import Cast, make_cast, saved

Tick = Callable[..., None]
NINE = datetime(2026, 11, 23, 1, tzinfo=UTC)


def voice(nth: int, **changes: object) -> Voice:
    matter = Matter(text="万绿花园停水", category_code="0201", town_code="441602001")
    given: dict[str, object] = {
        "ticket_id": nth,
        "version": 1,
        "number": f"HY{nth}",
        "title": "万绿花园停水",
        "opened_at": NINE + timedelta(minutes=nth),
        "callers": frozenset({f"n{nth}"}),
        "county_code": "441602",
        "matter": matter,
        "is_master": False,
        "can_follow": True,
        **changes,
    }
    return Voice(**given)  # type: ignore[arg-type]


def elsewhere(nth: int) -> Voice:
    matter = Matter(text="万绿花园停水", category_code="0201", town_code="441602100")
    return voice(nth, matter=matter)


def of_something_else(nth: int) -> Voice:
    matter = Matter(text="噪音扰民", category_code="0201", town_code="441602001")
    return voice(nth, matter=matter)


def test_three_callers_of_one_matter_are_a_crowd_and_the_oldest_is_proposed() -> None:
    [crowd] = found_in([voice(3), voice(1), voice(2)], least=3)

    assert (crowd.callers, crowd.master.ticket_id) == (3, 1)
    assert [each.ticket_id for each in crowd.followers] == [2, 3]


def test_one_caller_three_times_is_no_crowd() -> None:
    same = frozenset({"c7"})

    assert found_in([voice(nth, callers=same) for nth in (1, 2, 3)], least=3) == []


@pytest.mark.parametrize("other", [elsewhere, of_something_else])
def test_another_place_or_another_matter_is_not_counted(other: Callable[[int], Voice]) -> None:
    assert found_in([voice(1), voice(2), other(3)], least=3) == []


def test_a_master_is_proposed_again_and_counts_those_who_follow_it() -> None:
    master = voice(5, is_master=True, callers=frozenset({"n5", "n6"}), can_follow=False)

    [crowd] = found_in([voice(1), master], least=3)

    assert (crowd.callers, crowd.master.ticket_id) == (3, 5)
    assert [each.ticket_id for each in crowd.followers] == [1]


def test_what_follows_already_is_no_crowd_any_more() -> None:
    master = voice(5, is_master=True, callers=frozenset({"n5", "n6", "n7"}), can_follow=False)

    assert found_in([master], least=3) == []


@pytest.fixture
def cast(app: object) -> Cast:  # noqa: ARG001 - tables of this app
    return make_cast()


def now_shown() -> list[Crowd]:
    return crowds.crowds_now(wall.now())


def neighbours(cast: Cast, count: int) -> list[int]:
    return [
        play.open_one(
            cast, title="万绿花园小区停水", contact_number=f"1390000{nth:04}", caller_name="住户"
        )
        for nth in range(count)
    ]


@pytest.mark.postgresql
@pytest.mark.usefixtures("registers", "app", "frozen")
def test_a_crowd_is_seen_until_it_is_merged_or_old(cast: Cast, tick: Tick) -> None:
    first, *others = neighbours(cast, 4)
    [crowd] = now_shown()
    assert (crowd.callers, crowd.master.ticket_id) == (4, first)

    saved(merging.merge_all, others, first, doer=cast.dispatcher)
    assert now_shown() == []

    neighbours(cast, 5)
    [crowd] = now_shown()
    assert (crowd.master.ticket_id, crowd.callers) == (first, 5)
    tick(hours=25)
    assert now_shown() == []


@pytest.mark.postgresql
@pytest.mark.usefixtures("registers", "app", "frozen")
def test_a_confidential_voice_is_never_part_of_a_signal(cast: Cast) -> None:
    neighbours(cast, 2)
    play.open_one(
        cast, title="万绿花园小区停水", contact_number="13911110000", is_confidential=True
    )

    assert now_shown() == []
