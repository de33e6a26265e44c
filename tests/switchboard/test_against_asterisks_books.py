"""The ledger against what Asterisk itself wrote down: CDR and CEL, call by call, to the second."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest

from app.accounts.models import User
from app.call_queue import conferring
from app.call_queue import service as call_queue
from app.call_queue.presence_states import PresenceState
from app.calls import service as calls
from app.calls.call_states import Direction
from app.calls.models import Call, CallLeg
from app.core.database import db, unit_of_work
from app.core.permissions import Role
from tests import people
from tests.bed.bed import Bed, running_bed
from tests.bed.callers import citizen, desk_phone, person_outside
from tests.bed.own_books import Books, books
from tests.switchboard.conftest import House, eventually
from tests.switchboard.test_calls_sent_on import send_on

pytestmark = [pytest.mark.asterisk, pytest.mark.slow]

PHONES = {"2001": 5070, "2002": 5072}
RING_SECONDS = 5
TOLERANCE = 1.0  # seconds: CDR cuts its moments to whole ones


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


class Desks:
    """Two agents with telephones on their desks, and the calls that were made."""

    def __init__(self, house: House, bed: Bed) -> None:
        self.house = house
        self.first, self.second = (
            people.one_person(Role.AGENT, work_number=phone) for phone in PHONES
        )
        eventually(lambda: {link.exchange_id for link in calls.list_links() if link.is_up}
                   == {"sim", bed.exchange_id})  # fmt: skip
        eventually(lambda: all(bed.exchange_id in calls.phones_there().get(one, ())
                               for one in PHONES))  # fmt: skip

    def only(self, *free: User) -> None:
        """Let these, and nobody else, be free."""
        for person in (self.first, self.second):
            self.house.open_desk(person)
            presence = self.house.presence(person)
            with unit_of_work():
                if presence.state is PresenceState.WRAP_UP and presence.call_id is not None:
                    call_queue.finish_wrap_up(
                        person.id, call_id=presence.call_id, code=None, next_state="not_ready"
                    )
            with unit_of_work():
                if person in free:
                    call_queue.become_ready(person.id)
                else:
                    call_queue.become_not_ready(person.id, reason="break")

    def newest(self, number: str) -> Call:
        db.session.rollback()
        wanted = db.select(Call).where(Call.from_number.endswith(number))
        return db.session.execute(wanted.order_by(Call.id.desc())).scalars().first()  # type: ignore[return-value]

    def until(self, number: str, state: str) -> Call:
        def is_so() -> bool:
            call = self.newest(number)
            return call is not None and call.state.value == state

        eventually(is_so, seconds=15)
        return self.newest(number)


@pytest.fixture
def desks(house: House, bed: Bed) -> Iterator[Desks]:
    yield Desks(house, bed)
    bed.end_all_calls()


def answered(desks: Desks, bed: Bed, number: str) -> None:
    desks.only(desks.first)
    with desk_phone(bed, rings=0.3, talks=60), citizen(bed, dialled="12315", number=number) as one:
        desks.until(number, "talking")
        one.hang_up()
        desks.until(number, "ended")


def hung_up_by_the_agent(desks: Desks, bed: Bed, number: str) -> None:
    desks.only(desks.first)
    with desk_phone(bed, rings=0.3, talks=1.5), citizen(bed, dialled="12315", number=number):
        desks.until(number, "talking")
        desks.until(number, "ended")


def missed_and_then_answered(desks: Desks, bed: Bed, number: str) -> None:
    desks.only(desks.first)
    with (
        desk_phone(bed, rings=None),
        desk_phone(bed, port=5072, rings=0.3),
        citizen(bed, dialled="12315", number=number) as caller,
    ):
        desks.until(number, "ringing")
        desks.until(number, "waiting")
        desks.only(desks.second)
        desks.until(number, "talking")
        caller.hang_up()
        desks.until(number, "ended")


def abandoned_in_line(desks: Desks, bed: Bed, number: str) -> None:
    desks.only()
    with citizen(bed, dialled="12315", number=number) as caller:
        desks.until(number, "waiting")
        caller.hang_up()
        desks.until(number, "ended")


def abandoned_while_it_rang(desks: Desks, bed: Bed, number: str) -> None:
    desks.only(desks.first)
    with (
        desk_phone(bed, rings=None),
        citizen(bed, dialled="12315", number=number) as caller,
    ):
        desks.until(number, "ringing")
        caller.hang_up()
        desks.until(number, "ended")


def turned_away_at_the_door(desks: Desks, bed: Bed, number: str) -> None:
    send_on("12333", {"kind": "moved", "announcement": "number-moved"})
    with citizen(bed, dialled="12333", number=number):
        desks.until(number, "ended")


def transferred(desks: Desks, bed: Bed, number: str) -> None:
    desks.only(desks.first)
    with (
        desk_phone(bed, rings=0.2),
        desk_phone(bed, port=5072, rings=0.2),
        citizen(bed, dialled="12315", number=number) as caller,
    ):
        call = desks.until(number, "talking")
        with unit_of_work():
            call_queue.become_ready(desks.second.id)
            conferring.transfer(desks.first.id, call_id=call.id, kind="colleague", to="2002")
        eventually(lambda: desks.newest(number).agent_id == desks.second.id, seconds=10)
        desks.until(number, "talking")
        caller.hang_up()
        desks.until(number, "ended")


def held(desks: Desks, bed: Bed, number: str) -> None:
    desks.only(desks.first)
    with desk_phone(bed, rings=0.2), citizen(bed, dialled="12315", number=number) as caller:
        call = desks.until(number, "talking")
        with unit_of_work():
            conferring.hold(desks.first.id, call_id=call.id)
        desks.until(number, "held")
        with unit_of_work():
            conferring.resume(desks.first.id, call_id=call.id)
        desks.until(number, "talking")
        caller.hang_up()
        desks.until(number, "ended")


def called_out(desks: Desks, bed: Bed, number: str) -> None:
    desks.only(desks.first)
    with desk_phone(bed, rings=0.2), person_outside(bed, rings=0.5) as person:
        with unit_of_work():
            conferring.call_out(desks.first.id, number=number, shown_number="12315")
        desks.until(number, "talking")
        person.hang_up()
        desks.until(number, "ended")


STORIES: tuple[tuple[Callable[[Desks, Bed, str], None], list[str]], ...] = (
    (answered, ["2001"]),
    (hung_up_by_the_agent, ["2001"]),
    (missed_and_then_answered, ["2002"]),
    (abandoned_in_line, []),
    (abandoned_while_it_rang, []),
    (turned_away_at_the_door, []),
    (transferred, ["2001", "2002"]),
    (held, ["2001"]),
    (called_out, ["2001"]),
)


def test_the_ledger_says_of_each_call_what_asterisk_wrote_down(
    desks: Desks, bed: Bed, written: Books
) -> None:
    for nth, (story, who) in enumerate(STORIES):
        number = f"1390000010{nth}"
        story(desks, bed, number)
        call = desks.newest(number)
        assert answered_by(call) == who, story.__name__
        eventually(lambda key=call.call_key: bool(written.dials(key)))  # type: ignore[misc]
        agrees_with_cel(call, written, who, story.__name__)
        agrees_with_cdr(call, written, who, story.__name__)


def agrees_with_cel(call: Call, written: Books, who: list[str], story: str) -> None:
    # Asterisk takes an agent who calls out for a call of his own until he meets the citizen
    events = written.events(call.call_key, *(leg.leg_key for leg in legs_of(call)))
    own = {event.kind: event.at for event in events if event.unique == call.call_key}
    is_near(call.ended_at, own["CHAN_END"], f"{story}: the end")
    is_near(call.invited_at, own["CHAN_START"], f"{story}: the beginning")
    picked_up = [event for event in events if event.kind == "ANSWER" and event.phone in PHONES]
    assert [event.phone for event in picked_up] == who, story
    legs = [leg for leg in legs_of(call) if leg.answered_at is not None and not leg.is_outside]
    for leg, event in zip(sorted(legs, key=lambda leg: leg.answered_at or call.invited_at),
                          picked_up, strict=False):  # fmt: skip
        is_near(leg.answered_at, event.at, f"{story}: the answer of {leg.phone}")


def agrees_with_cdr(call: Call, written: Books, who: list[str], story: str) -> None:
    dials = written.dials(call.call_key)
    is_near(call.invited_at, dials[0].started, f"{story}: the beginning")
    is_near(call.ended_at, max(dial.ended for dial in dials), f"{story}: the end")
    if call.direction is Direction.OUT:
        second = timedelta(seconds=1)  # CDR cuts off what is beyond
        assert call.ended_at is not None
        dials = written.dials_during(call.invited_at - second, call.ended_at + second)
    taken = [dial.phone for dial in dials if dial.phone in PHONES
             and dial.disposition == "ANSWERED"]  # fmt: skip
    assert sorted(set(taken)) == sorted(who), story


def is_near(ours: datetime | None, theirs: datetime, what: str) -> None:
    assert ours is not None, what
    # CDR cuts off what is beyond the second
    assert abs((ours - theirs).total_seconds()) <= TOLERANCE, f"{what}: {ours} and {theirs}"


def legs_of(call: Call) -> list[CallLeg]:
    wanted = db.select(CallLeg).where(CallLeg.call_id == call.id).order_by(CallLeg.id)
    return list(db.session.execute(wanted).scalars())


def answered_by(call: Call) -> list[str]:
    """Return the phones that took the call, in order, as the ledger has it."""
    taken = [leg for leg in legs_of(call) if leg.answered_at is not None and not leg.is_outside]
    return [leg.phone for leg in sorted(taken, key=lambda leg: leg.answered_at or call.invited_at)]
