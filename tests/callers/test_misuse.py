"""Misuse is dealt with step by step, and nobody is ever shut out."""

from datetime import timedelta

import pytest

from app.callers import misuse, service
from app.callers.misuse_rules import (
    AppealState,
    DecidesOwn,
    MarkIsDecided,
    MarkPicture,
    MarkState,
    Measure,
    NotHeard,
    NotWarned,
    RestrictionLevel,
    UnfitLevel,
    check_may_confirm,
    check_may_decide_appeal,
    stands_behind,
)
from app.core import clock
from app.core.database import unit_of_work
from tests import people
from tests.call_queue import desks
from tests.calls.line_news import Line

LEADER = 9
RIGHT = MarkPicture(state=MarkState.TO_DECIDE, is_warned=True, heard_by=frozenset({LEADER}))
WEEK = Measure(level=RestrictionLevel.BEHIND, days=7)
NUMBER = "13900009999"


def test_who_heard_it_may_confirm_it() -> None:
    check_may_confirm(RIGHT, WEEK, by=LEADER)


@pytest.mark.parametrize(
    ("mark", "measure", "refusal"),
    [
        (MarkPicture(state=MarkState.CONFIRMED, is_warned=True, heard_by=frozenset({LEADER})),
         WEEK, MarkIsDecided),
        (MarkPicture(state=MarkState.TO_DECIDE, is_warned=True, heard_by=frozenset({7})),
         WEEK, NotHeard),
        (MarkPicture(state=MarkState.TO_DECIDE, is_warned=False, heard_by=frozenset({LEADER})),
         WEEK, NotWarned),
        (RIGHT, Measure(level=RestrictionLevel.DAILY, days=7), UnfitLevel),
        (RIGHT, Measure(level=RestrictionLevel.DAILY, days=7, daily_limit=0), UnfitLevel),
        (RIGHT, Measure(level=RestrictionLevel.SPECIAL, days=7), UnfitLevel),
        (RIGHT, Measure(level=RestrictionLevel.BEHIND, days=366), UnfitLevel),
        (RIGHT, Measure(level=RestrictionLevel.BEHIND, days=0), UnfitLevel),
    ],
)  # fmt: skip
def test_a_step_that_is_missing_is_named(
    mark: MarkPicture, measure: Measure, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        check_may_confirm(mark, measure, by=LEADER)


def test_nobody_decides_an_appeal_against_his_own_decision_or_twice() -> None:
    check_may_decide_appeal(AppealState.OPEN, put_by=1, by=2)
    with pytest.raises(DecidesOwn):
        check_may_decide_appeal(AppealState.OPEN, put_by=1, by=1)
    with pytest.raises(MarkIsDecided):
        check_may_decide_appeal(AppealState.REFUSED, put_by=1, by=2)


@pytest.mark.parametrize(
    ("levels", "calls", "behind"),
    [
        ([], 50, False),
        ([(RestrictionLevel.BEHIND, None)], 0, True),
        ([(RestrictionLevel.DAILY, 3)], 2, False),
        ([(RestrictionLevel.DAILY, 3)], 3, True),
        ([(RestrictionLevel.SPECIAL, None)], 50, False),
        ([(RestrictionLevel.SPECIAL, None), (RestrictionLevel.DAILY, 1)], 1, True),
    ],
)
def test_who_stands_behind_follows_from_his_level(
    levels: list[tuple[RestrictionLevel, int | None]], calls: int, behind: bool
) -> None:
    assert stands_behind(levels, calls_today=calls) is behind


# --- on the ledger -----------------------------------------------------------------------------


def marked(was_warned: bool = True) -> int:
    line = Line(call_key="abusive", from_number=NUMBER)
    desks.caller_in_line("abusive", who=NUMBER)
    agent, call_id = people.one_person("agent").id, line.call().id
    with unit_of_work():
        row = misuse.mark(NUMBER, call_id=call_id, words="辱骂", was_warned=was_warned, by=agent)
        assert row is not None
        return row.id


def confirmed(mark_id: int, measure: Measure) -> tuple[int, int]:
    leader = people.one_person("shift_leader").id
    with unit_of_work():
        put = misuse.confirm(mark_id, measure, words="属实", heard_by={leader}, by=leader)
        return put.id, leader


@pytest.mark.usefixtures("numbers", "app")
def test_a_mark_alone_changes_nothing_for_the_caller() -> None:
    marked()

    assert not desks.entry(desks.caller_in_line("again", since=60, who=NUMBER)).is_restricted


@pytest.mark.usefixtures("numbers", "app")
def test_a_call_is_marked_once_and_what_is_said_again_is_kept() -> None:
    mark_id = marked(was_warned=False)
    call_id = misuse.get_mark(mark_id).call_id
    agent = people.one_person("agent").id
    with unit_of_work():
        again = misuse.mark(NUMBER, call_id=call_id, words="威胁", was_warned=True, by=agent)
        assert again is not None
        assert (again.id, again.words) == (mark_id, "辱骂\n威胁")
        assert again.warned_at is not None
        assert misuse.mark("", call_id=call_id, words="x", was_warned=True, by=agent) is None


@pytest.mark.usefixtures("numbers", "app")
def test_so_many_calls_a_day_and_behind_the_others_after_that() -> None:
    confirmed(marked(), Measure(level=RestrictionLevel.DAILY, days=7, daily_limit=2))

    entries = [
        desks.entry(desks.caller_in_line(f"call-{n}", since=60 * n, who=NUMBER)) for n in (1, 2)
    ]

    # The marked call was the first of this day.
    assert [each.is_restricted for each in entries] == [False, True]


@pytest.mark.usefixtures("numbers", "app")
def test_the_chosen_agent_comes_first_and_nobody_else_waits_less() -> None:
    agent = people.one_person("agent").id
    measure = Measure(level=RestrictionLevel.SPECIAL, days=7, special_agent_id=agent)
    confirmed(marked(), measure)

    entry = desks.entry(desks.caller_in_line("again", since=60, who=NUMBER))

    assert (entry.preferred_agent_id, entry.is_restricted) == (agent, False)


@pytest.mark.usefixtures("numbers", "app")
def test_an_appeal_that_is_granted_by_somebody_else_lifts_the_restriction() -> None:
    restriction_id, leader = confirmed(marked(), WEEK)
    other = people.one_person("hotline_manager").id
    with unit_of_work():
        appeal_id = misuse.appeal(restriction_id, words="误会", received_by=leader).id
    with unit_of_work(), pytest.raises(DecidesOwn):
        misuse.decide_appeal(appeal_id, is_granted=True, words="x", by=leader)
    with unit_of_work():
        misuse.decide_appeal(appeal_id, is_granted=True, words="听后确属误会", by=other)

    assert misuse.held_now() == []
    [row] = misuse.appeals_of([restriction_id])
    assert (row.state, row.decided_by) == (AppealState.GRANTED, other)


@pytest.mark.usefixtures("numbers", "app")
def test_it_ends_by_itself_and_a_dismissed_mark_never_begins() -> None:
    mark_id = marked()
    leader = people.one_person("shift_leader").id
    with unit_of_work():
        misuse.dismiss(mark_id, words="情绪激动，非恶意", by=leader)
    with unit_of_work(), pytest.raises(MarkIsDecided):
        misuse.confirm(mark_id, WEEK, words="x", heard_by={leader}, by=leader)
    later = clock.now() + timedelta(days=8)

    assert misuse.standing_of(service.recognise(NUMBER).normalised, at=later).levels == ()
