"""Calls by people on a real Asterisk, one after another, each of a sort of its own.

A story leaves its call ended. `STORIES` names with each the phones that took the call, in order.
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack

from app.accounts.models import User
from app.call_queue import conferring
from app.call_queue import service as call_queue
from app.call_queue.presence_states import PresenceState
from app.calls import service as calls
from app.calls.models import Call, CallLeg, LegRole
from app.channels import service as channels
from app.core import clock
from app.core.database import db, unit_of_work
from app.core.permissions import Role
from app.organisation.models import Unit
from tests import people
from tests.bed.bed import Bed
from tests.bed.callers import Person, citizen, declining, desk_phone, person_outside
from tests.switchboard.conftest import House, eventually
from tests.switchboard.test_calls_sent_on import OLD_SEATS, send_on

PHONES = {"2001": 5070, "2002": 5072}
WITH_NOTICE = "12366"
"""A number whose callers are told, before they stand in line, that they are recorded."""

MOVED, OF_OLD_SEATS = "12333", "12345"
OUTSIDE = "07623331234"


def register_more() -> None:
    """Register what the stories dial besides 12315: the moved number, and two that are new."""
    unit_id = db.session.execute(db.select(Unit.id)).scalars().first()
    assert unit_id is not None
    with unit_of_work():
        for number in (WITH_NOTICE, OF_OLD_SEATS):
            channels.register_number(
                channels.NewNumber(
                    number=number,
                    name=number,
                    owner_unit_id=unit_id,
                    mode=channels.MergeMode.DUAL_NUMBER,
                    is_sample=True,
                    greeting="您好",
                    valid_from=clock.now().replace(year=2020),
                    plays_recording_notice=number == WITH_NOTICE,
                )
            )
    send_on(MOVED, {"kind": "moved", "announcement": "number-moved"})
    send_on(OF_OLD_SEATS, {"kind": "old_seats", "forward_to": OLD_SEATS, "ring_seconds": 10})


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

    def newest_or_none(self, number: str) -> Call | None:
        db.session.rollback()
        wanted = db.select(Call).where(Call.from_number.endswith(number))
        return db.session.execute(wanted.order_by(Call.id.desc())).scalars().first()

    def newest(self, number: str) -> Call:
        call = self.newest_or_none(number)
        assert call is not None
        return call

    def until(self, number: str, state: str) -> Call:
        def is_so() -> bool:
            call = self.newest_or_none(number)
            return call is not None and call.state.value == state

        eventually(is_so, seconds=15)
        return self.newest(number)


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
    with citizen(bed, dialled=MOVED, number=number):
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


def declined_and_then_answered(desks: Desks, bed: Bed, number: str) -> None:
    desks.only(desks.first)
    with (
        declining(bed, port=5070),
        desk_phone(bed, port=5072, rings=0.3),
        citizen(bed, dialled="12315", number=number) as caller,
    ):
        desks.until(number, "waiting")
        eventually(lambda: desks.house.presence(desks.first).state is PresenceState.MISSED)
        desks.only(desks.second)
        desks.until(number, "talking")
        caller.hang_up()
        desks.until(number, "ended")


def told_that_he_is_recorded(desks: Desks, bed: Bed, number: str) -> None:
    desks.only(desks.first)
    with (
        desk_phone(bed, rings=0.3),
        citizen(bed, dialled=WITH_NOTICE, number=number) as caller,
    ):
        desks.until(number, "talking")
        caller.hang_up()
        desks.until(number, "ended")


def gave_up_while_he_was_told(desks: Desks, bed: Bed, number: str) -> None:
    desks.only()
    with citizen(bed, dialled=WITH_NOTICE, number=number, seconds=0.8):
        desks.until(number, "ended")


class Talk:
    """A caller who talks with the first agent, while the second one is free."""

    def __init__(self, desks: Desks, bed: Bed, number: str, *, second_rings: float | None) -> None:
        self._desks, self._number = desks, number
        self._people = ExitStack()
        desks.only(desks.first)
        come = self._people.enter_context
        come(desk_phone(bed, rings=0.2))
        come(desk_phone(bed, port=5072, rings=second_rings))
        self.caller: Person = come(citizen(bed, dialled="12315", number=number))
        self.call = desks.until(number, "talking")
        self.agent = desks.first.id

    def consult(self) -> None:
        with unit_of_work():
            call_queue.become_ready(self._desks.second.id)
            conferring.consult(self.agent, call_id=self.call.id, kind="colleague", to="2002")

    def consult_until_answered(self) -> None:
        self.consult()
        eventually(
            lambda: self._desks.house.presence(self._desks.second).state is PresenceState.TALKING,
            seconds=15,
        )

    def end(self) -> None:
        self.caller.hang_up()
        self._desks.until(self._number, "ended")
        self._people.close()


def handed_over_after_a_word(desks: Desks, bed: Bed, number: str) -> None:
    talk = Talk(desks, bed, number, second_rings=0.3)
    talk.consult_until_answered()
    with unit_of_work():
        conferring.leave(talk.agent, call_id=talk.call.id)
    eventually(lambda: desks.newest(number).agent_id == desks.second.id, seconds=10)
    desks.until(number, "talking")
    talk.end()


def talked_by_three(desks: Desks, bed: Bed, number: str) -> None:
    talk = Talk(desks, bed, number, second_rings=0.3)
    talk.consult_until_answered()
    with unit_of_work():
        conferring.join(talk.agent, call_id=talk.call.id)
    desks.until(number, "talking")
    talk.end()


def came_back_from_a_colleague_who_was_not_there(desks: Desks, bed: Bed, number: str) -> None:
    talk = Talk(desks, bed, number, second_rings=None)
    talk.consult()
    desks.until(number, "held")
    eventually(lambda: _is_over(talk.call, LegRole.CONSULTED), seconds=20)
    with unit_of_work():
        conferring.resume(talk.agent, call_id=talk.call.id)
    desks.until(number, "talking")
    talk.end()


def came_back_into_line_from_a_transfer_that_nobody_took(
    desks: Desks, bed: Bed, number: str
) -> None:
    talk = Talk(desks, bed, number, second_rings=None)
    with unit_of_work():
        call_queue.become_ready(desks.second.id)
        conferring.transfer(talk.agent, call_id=talk.call.id, kind="colleague", to="2002")
    desks.until(number, "transferring")
    desks.until(number, "waiting")
    talk.end()


def handed_to_somebody_outside(desks: Desks, bed: Bed, number: str) -> None:
    talk = Talk(desks, bed, number, second_rings=0.3)
    with person_outside(bed, rings=0.3):
        with unit_of_work():
            conferring.transfer(talk.agent, call_id=talk.call.id, kind="number", to=OUTSIDE)
        desks.until(number, "handed_over")
        talk.end()


def three_with_somebody_outside(desks: Desks, bed: Bed, number: str) -> None:
    talk = Talk(desks, bed, number, second_rings=0.3)
    with person_outside(bed, rings=0.3):
        with unit_of_work():
            conferring.consult(talk.agent, call_id=talk.call.id, kind="number", to=OUTSIDE)
        eventually(lambda: _has_answered(talk.call, LegRole.CONSULTED), seconds=15)
        with unit_of_work():
            conferring.join(talk.agent, call_id=talk.call.id)
        desks.until(number, "talking")
        talk.end()


def sent_on_to_old_seats_that_answer(desks: Desks, bed: Bed, number: str) -> None:
    with (
        person_outside(bed, rings=0.3),
        citizen(bed, dialled=OF_OLD_SEATS, number=number) as caller,
    ):
        eventually(lambda: _forward_is(desks, number, "answered"), seconds=15)
        caller.hang_up()
        desks.until(number, "ended")


def legs_of(call: Call) -> list[CallLeg]:
    """Return the lines of a call, as the ledger has them."""
    wanted = db.select(CallLeg).where(CallLeg.call_id == call.id).order_by(CallLeg.id)
    return list(db.session.execute(wanted).scalars())


def _is_over(call: Call, role: LegRole) -> bool:
    return any(leg.role is role and leg.ended_at is not None for leg in legs_of(call))


def _has_answered(call: Call, role: LegRole) -> bool:
    return any(leg.role is role and leg.answered_at is not None for leg in legs_of(call))


def _forward_is(desks: Desks, number: str, outcome: str) -> bool:
    call = desks.newest_or_none(number)
    return call is not None and any(
        each.outcome == outcome for each in calls.forwards_of([call.id]).values()
    )


STORIES: tuple[tuple[Callable[[Desks, Bed, str], None], Sequence[str]], ...] = (
    (answered, ["2001"]),
    (hung_up_by_the_agent, ["2001"]),
    (missed_and_then_answered, ["2002"]),
    (declined_and_then_answered, ["2002"]),
    (abandoned_in_line, []),
    (abandoned_while_it_rang, []),
    (turned_away_at_the_door, []),
    (told_that_he_is_recorded, ["2001"]),
    (gave_up_while_he_was_told, []),
    (transferred, ["2001", "2002"]),
    (came_back_into_line_from_a_transfer_that_nobody_took, ["2001"]),
    (held, ["2001"]),
    (handed_over_after_a_word, ["2001", "2002"]),
    (talked_by_three, ["2001", "2002"]),
    (came_back_from_a_colleague_who_was_not_there, ["2001"]),
    (handed_to_somebody_outside, ["2001"]),
    (three_with_somebody_outside, ["2001"]),
    (sent_on_to_old_seats_that_answer, []),
    (called_out, ["2001"]),
)
