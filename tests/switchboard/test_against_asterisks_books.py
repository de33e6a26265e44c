"""The ledger against what Asterisk itself wrote down: CDR and CEL, call by call, to the second."""

import os
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from app.calls import service as calls
from app.calls.call_states import CallState, Direction
from app.calls.models import Call, CallStateChange
from app.core.database import db
from tests.bed.bed import Bed, running_bed
from tests.bed.cel_reckoning import reckon
from tests.bed.own_books import Books, books
from tests.switchboard.book_stories import PHONES, STORIES, Desks, legs_of, register_more
from tests.switchboard.conftest import House, eventually

pytestmark = [pytest.mark.asterisk, pytest.mark.slow]

RING_SECONDS = 5
TOLERANCE = 1.0  # seconds
CUT = timedelta(seconds=0.5)
"""CDR cuts its moments to whole seconds: this much later is the middle of what each may mean."""

ROUNDS = int(os.environ.get("BOOK_ROUNDS", "1"))
"""How many times each story is told; six are a day of more than a hundred calls."""


@pytest.fixture(scope="module")
def bed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bed]:
    work = tmp_path_factory.mktemp("books")
    with running_bed(work, name="books", desk_phones=PHONES) as running:
        yield running


@pytest.fixture(scope="module")
def written(bed: Bed) -> Iterator[Books]:
    with books(bed) as both:
        yield both


@pytest.fixture
def environment(environment: dict[str, str], bed: Bed, written: Books) -> dict[str, str]:
    assert written.folder.exists()
    return {
        **environment,
        "EXCHANGES": f"sim=simulator://quiet,{bed.exchange_id}={bed.exchange_url}",
        "COMPARE_SECONDS": "3600",
        "RING_SECONDS": str(RING_SECONDS),
    }


@pytest.fixture
def desks(house: House, bed: Bed) -> Iterator[Desks]:
    register_more()
    yield Desks(house, bed)
    bed.end_all_calls()


@pytest.mark.timeout(900 * ROUNDS)
def test_the_ledger_says_of_each_call_what_asterisk_wrote_down(
    desks: Desks, bed: Bed, written: Books
) -> None:
    faults: list[str] = []
    for nth, (story, who) in enumerate([*STORIES] * ROUNDS):
        number = f"139000010{nth:02d}"
        try:
            story(desks, bed, number)
            call = desks.newest(number)
            assert answered_by(call) == who, "who answered"
            eventually(lambda key=call.call_key: bool(written.dials(key)))  # type: ignore[misc]
            agrees_with_cel(call, written, who)
            agrees_with_cdr(call, written, who)
            is_reckoned_alike(call, written)
        except AssertionError as fault:
            faults.append(f"{story.__name__} {number}: {fault}")
            bed.end_all_calls()
    assert faults == [], "\n".join(faults)


def is_reckoned_alike(call: Call, written: Books) -> None:
    """Compare how long everything took with what CEL alone says of it."""
    by_cel = reckon(call.call_key, written.events(call.call_key), phones=PHONES)
    waits = calls.waits_of(call)
    together = calls.talk_seconds(call.id) + seconds_in(call, CallState.HANDED_OVER)
    apart = calls.hold_seconds(call.id) + seconds_in(call, CallState.TRANSFERRING)
    forward = calls.forwards_of([call.id]).get(call.id)
    if forward is not None and forward.answered_at is not None and call.ended_at is not None:
        together += (call.ended_at - forward.answered_at).total_seconds()
    elif call.talk_started_at is not None or by_cel.talked_from is not None:
        assert by_cel.talked_from is not None, "nobody talked, says CEL"
        is_near(call.talk_started_at, by_cel.talked_from, "the first word")
        if call.direction is Direction.IN:
            waited = (by_cel.talked_from - by_cel.began).total_seconds()
            is_as_long(waits.until_answer, waited, "the wait")
    if call.state is CallState.ENDED and call.waiting_at is not None:
        assert by_cel.queued is not None, "never queued, says CEL"
        is_near(call.waiting_at, by_cel.queued, "the place in line")
        door = (by_cel.queued - by_cel.began).total_seconds()
        is_as_long(waits.at_the_door, door, "the time at the door")
        assert by_cel.announced <= waits.at_the_door, "announcements outside the door"
    is_as_long(together, by_cel.talked, "the talk")
    back_in_line = seconds_in(call, CallState.WAITING, after=call.talk_started_at)
    is_as_long(apart + back_in_line, by_cel.parted, "the holds")
    rung = sorted(leg.phone for leg in legs_of(call) if leg.phone in PHONES)
    assert rung == list(by_cel.rung), "who was rung"
    if call.ended_by == "caller":
        assert by_cel.is_ended_by_caller, "who ended it"
    elif call.ended_by == "agent":
        assert not by_cel.is_ended_by_caller, "who ended it"


def seconds_in(call: Call, state: CallState, *, after: datetime | None = None) -> float:
    """Return how long a call was in a state, by its steps; after a moment, if one is given."""
    wanted = db.select(CallStateChange).where(CallStateChange.call_id == call.id)
    steps = list(db.session.execute(wanted.order_by(CallStateChange.id)).scalars())
    return sum(
        (following.at - step.at).total_seconds()
        for step, following in pairwise(steps)
        if step.new is state and (after is None or step.at >= after)
    )


def is_as_long(ours: float, theirs: float, what: str) -> None:
    assert abs(ours - theirs) <= TOLERANCE, f"{what}: {ours:.2f} s and {theirs:.2f} s"


def agrees_with_cel(call: Call, written: Books, who: Sequence[str]) -> None:
    events = written.events(call.call_key)
    own = {event.kind: event.at for event in events if event.unique == call.call_key}
    is_near(call.ended_at, own["CHAN_END"], "the end")
    is_near(call.invited_at, own["CHAN_START"], "the beginning")
    picked_up = [event for event in events if event.kind == "ANSWER" and event.phone in PHONES]
    assert [event.phone for event in picked_up] == list(who), "who picked up"
    legs = [leg for leg in legs_of(call) if leg.answered_at is not None and not leg.is_outside]
    for leg, event in zip(sorted(legs, key=lambda leg: leg.answered_at or call.invited_at),
                          picked_up, strict=False):  # fmt: skip
        is_near(leg.answered_at, event.at, f"the answer of {leg.phone}")


def agrees_with_cdr(call: Call, written: Books, who: Sequence[str]) -> None:
    dials = written.dials(call.call_key)
    is_near(call.invited_at, dials[0].started + CUT, "the beginning")
    is_near(call.ended_at, max(dial.ended for dial in dials) + CUT, "the end")
    second = timedelta(seconds=1)  # CDR cuts off what is beyond
    assert call.ended_at is not None
    # a colleague who is asked, and an agent who calls out, have dials of their own beside the call
    dials = written.dials_during(call.invited_at - second, call.ended_at + second)
    taken = [dial.phone for dial in dials if dial.phone in PHONES
             and dial.disposition == "ANSWERED"]  # fmt: skip
    assert set(taken) >= set(who), "who took it"


def is_near(ours: datetime | None, theirs: datetime, what: str) -> None:
    assert ours is not None, what
    assert abs((ours - theirs).total_seconds()) <= TOLERANCE, f"{what}: {ours} and {theirs}"


def answered_by(call: Call) -> list[str]:
    """Return the phones that took the call, in order, as the ledger has it."""
    taken = [leg for leg in legs_of(call) if leg.answered_at is not None and not leg.is_outside]
    return [leg.phone for leg in sorted(taken, key=lambda leg: leg.answered_at or call.invited_at)]
