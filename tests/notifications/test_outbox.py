"""A message is sent once by one sweep, tried again when it was not taken, and never lost."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import true

from app.accounts.models import User
from app.core import clock
from app.core.database import NestedSave, db, unit_of_work
from app.core.phone_numbers import ERASED
from app.notifications import erasing, jobs, outbox, service
from app.notifications.message_states import MessageState
from app.notifications.models import Message, MessageTry, SimulatedMessage
from app.notifications.occasions import Way
from app.notifications.provider import NotTaken, Outgoing
from app.notifications.refusals import MessageMoved
from app.notifications.simulated_provider import SimulatedProvider
from tests.notifications.stage import EVERYTHING, MOBILE, carried_by, messages, open_ticket

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen"), pytest.mark.postgresql]

Tick = Callable[..., None]
LEASE = timedelta(seconds=45)
S = MessageState


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(jobs.AT_ONCE) as made:
        yield made


def claim(most: int = 4) -> list[outbox.Claimed]:
    with unit_of_work():
        return outbox.claim(Way.SMS, now=clock.now(), lease=LEASE, most=most)


def sent(claimed: outbox.Claimed) -> None:
    with unit_of_work():
        outbox.note_sent(claimed, provider="test", at=clock.now())


def refused(claimed: outbox.Claimed, *, most: int = 6, is_final: bool = False) -> None:
    with unit_of_work():
        why = NotTaken("refused" if is_final else "no-answer", is_final=is_final)
        outbox.note_refused(claimed, why, provider="test", at=clock.now(), most=most, quiet=None)


def states() -> list[MessageState]:
    return [each.state for each in messages()]


def given_to_simulator() -> list[SimulatedMessage]:
    db.session.rollback()
    return list(db.session.scalars(db.select(SimulatedMessage)))


class Failing:
    """A provider that breaks down in its own way."""

    name = "failing"
    patience = 1.0

    def __init__(self, fault: Exception) -> None:
        self.fault = fault
        self.asked: list[Outgoing] = []

    def send(self, message: Outgoing) -> None:
        self.asked.append(message)
        raise self.fault


def test_a_sweep_sends_what_is_due_and_notes_it(agent: User, pool: ThreadPoolExecutor) -> None:
    open_ticket(agent)

    assert jobs.send_due(Way.SMS, pool=pool) == 1
    assert jobs.send_due(Way.SMS, pool=pool) == 0

    [message] = messages()
    [shown] = given_to_simulator()
    assert (message.state, message.sent_at, message.tries) == (S.SENT, clock.now(), 1)
    assert (shown.key, shown.address, shown.body) == (message.key, MOBILE, message.body)
    [tried] = db.session.scalars(db.select(MessageTry))
    assert (tried.outcome, tried.provider, tried.nth) == ("sent", "simulator", 1)


def test_nothing_goes_while_a_save_is_open(agent: User, pool: ThreadPoolExecutor) -> None:
    """The transaction of the cause ends before anybody is asked."""
    open_ticket(agent)

    with pytest.raises(NestedSave), unit_of_work():
        jobs.send_due(Way.SMS, pool=pool)

    assert given_to_simulator() == []


def test_two_sweeps_never_have_the_same_message(agent: User) -> None:
    open_ticket(agent)

    first, second = claim(), claim()

    assert len(first) == 1
    assert second == []


def test_many_sweeps_at_the_same_time_share_without_doubles(app: Flask, agent: User) -> None:
    for nth in range(12):
        open_ticket(agent, title=f"第{nth}件")

    def one_sweep(_nth: int) -> list[int]:
        with app.app_context():
            mine: list[int] = []
            while taken := claim(3):
                mine += [each.message_id for each in taken]
            db.session.remove()
            return mine

    with ThreadPoolExecutor(6) as sweeps:
        taken = [each for mine in sweeps.map(one_sweep, range(6)) for each in mine]

    assert sorted(taken) == sorted(message.id for message in messages())


def test_what_a_dead_sweep_had_goes_once_more_under_the_same_key(agent: User, tick: Tick) -> None:
    open_ticket(agent)
    [first] = claim()

    tick(seconds=44)
    assert claim() == []
    tick(seconds=1)
    [second] = claim()

    assert second.outgoing.key == first.outgoing.key
    assert (first.nth, second.nth) == (1, 2)


def test_one_question_names_each_way_in_which_a_claim_would_find_something(
    agent: User, tick: Tick
) -> None:
    def due() -> list[Way]:
        db.session.rollback()
        return outbox.ways_due(now=clock.now(), lease=LEASE)

    assert due() == []
    open_ticket(agent)
    assert due() == [Way.SMS], "written"
    claim()
    assert due() == [], "somebody has it"
    tick(seconds=45)
    assert due() == [Way.SMS], "his lease is over"
    [second] = claim()
    sent(second)
    assert due() == []


def test_who_lost_his_lease_notes_nothing(agent: User, tick: Tick) -> None:
    open_ticket(agent)
    [late] = claim()
    tick(seconds=60)
    [now] = claim()

    refused(late, is_final=True)
    assert states() == [S.SENDING]
    sent(now)
    sent(late)

    assert states() == [S.SENT]
    assert len(list(db.session.scalars(db.select(MessageTry)))) == 3


def test_a_message_left_too_often_by_whoever_had_it_is_dead(
    agent: User, tick: Tick, pool: ThreadPoolExecutor
) -> None:
    open_ticket(agent)
    for _ in range(6):
        assert len(claim()) == 1
        tick(minutes=2)

    jobs.send_due(Way.SMS, pool=pool)

    [message] = messages()
    assert (message.state, message.reason) == (S.DEAD, outbox.LOST_ANSWER)
    assert given_to_simulator() == []


def test_pauses_grow_until_it_is_dead_and_somebody_lets_it_live_again(
    agent: User, tick: Tick
) -> None:
    open_ticket(agent)
    waits = []
    for _ in range(5):
        [claimed] = claim()
        refused(claimed)
        waits.append((messages()[0].due_at - clock.now()).total_seconds())
        assert claim() == []
        tick(seconds=waits[-1])
    [last] = claim()
    refused(last)

    assert waits == [15, 60, 240, 960, 3600]
    assert states() == [S.DEAD]
    assert [(each.way, each.dead) for each in service.alarms(reader=EVERYTHING)] == [(Way.SMS, 1)]
    with unit_of_work():
        outbox.retry(last.message_id, by=agent.id)
    [again] = claim()
    assert (again.nth, again.outgoing.key) == (1, last.outgoing.key)
    sent(again)
    assert service.alarms(reader=EVERYTHING) == []


def test_a_final_refusal_is_not_repeated(agent: User) -> None:
    open_ticket(agent)
    [claimed] = claim()

    refused(claimed, is_final=True)

    [message] = messages()
    assert (message.state, message.reason, message.tries) == (S.DEAD, "refused", 1)


def test_a_message_is_given_up_by_a_person_once(agent: User) -> None:
    open_ticket(agent)
    [message] = messages()

    with unit_of_work():
        outbox.give_up(message.id, by=agent.id)
    with pytest.raises(MessageMoved), unit_of_work():
        outbox.give_up(message.id, by=agent.id)
    with pytest.raises(MessageMoved), unit_of_work():
        outbox.retry(message.id, by=agent.id)

    assert states() == [S.GIVEN_UP]
    assert claim() == []


def test_a_clock_that_is_set_back_neither_loses_nor_doubles(
    agent: User, frozen: time_machine.Traveller
) -> None:
    """An hour back: what should go at once goes, and a lease of the future holds nothing."""
    noon = clock.now()
    open_ticket(agent)
    open_ticket(agent, title="第二件")
    [held] = claim(1)

    frozen.move_to(noon - timedelta(hours=1))
    taken = claim()

    assert sorted(each.message_id for each in taken) == [each.id for each in messages()]
    sent(held)  # by whoever had it before: too late to say
    for each in taken:
        sent(each)
    assert states() == [S.SENT, S.SENT]
    assert claim() == []


def test_a_clock_that_is_corrected_by_a_second_does_not_take_a_lease_away(
    agent: User, frozen: time_machine.Traveller
) -> None:
    open_ticket(agent)
    now = clock.now()
    claim()

    frozen.move_to(now - timedelta(seconds=1))

    assert claim() == []


@pytest.mark.slow
def test_urgent_ones_go_first_and_a_thousand_go_all(agent: User, pool: ThreadPoolExecutor) -> None:
    open_ticket(agent)
    [model] = messages()
    columns = {c.name: getattr(model, c.name) for c in Message.__table__.columns}
    with unit_of_work():
        db.session.execute(
            db.insert(Message),
            [
                {
                    **columns, "id": model.id + nth, "once_key": f"k{nth}", "key": f"k{nth}",
                    "is_urgent": nth == 999,
                }
                for nth in range(1, 1000)
            ],
        )  # fmt: skip

    assert claim(1)[0].message_id == model.id + 999
    handed = 1
    while sent_now := jobs.send_due(Way.SMS, pool=pool):
        handed += sent_now

    assert handed == 1000
    assert len(given_to_simulator()) == 999
    assert states().count(S.SENT) == 999


@pytest.mark.parametrize("fault", [RuntimeError("13900002817 路灯不亮"), ValueError("x")])
def test_a_provider_that_breaks_down_costs_one_try_and_tells_the_log_no_text(
    agent: User,
    pool: ThreadPoolExecutor,
    fault: Exception,
    caplog: pytest.LogCaptureFixture,
) -> None:
    failing = Failing(fault)
    carried_by(sms=failing)
    open_ticket(agent)

    jobs.send_due(Way.SMS, pool=pool)

    [message] = messages()
    assert (message.state, message.reason, message.tries) == (S.WAITING, "provider-fault", 1)
    assert "路灯" not in caplog.text
    assert "13900002817" not in caplog.text
    assert "路灯" not in repr(failing.asked)
    assert "13900002817" not in repr(failing.asked)


def test_without_a_provider_it_waits_where_everybody_sees_it(agent: User) -> None:
    carried_by()
    ticket_id = open_ticket(agent)

    [shown] = service.messages_of_ticket(ticket_id)
    [alarm] = service.alarms(reader=EVERYTHING)

    assert (shown.state, shown.reason) == (S.WAITING, "no_provider")
    assert (alarm.way, alarm.unsent, alarm.dead) == (Way.SMS, 1, 0)
    carried_by(sms=SimulatedProvider())
    assert service.alarms(reader=EVERYTHING) == []
    assert service.messages_of_ticket(ticket_id)[0].reason == ""


def test_what_is_too_late_to_be_worth_telling_is_never_told(agent: User, tick: Tick) -> None:
    carried_by()
    open_ticket(agent)
    tick(days=3)

    assert claim() == []
    jobs.watch_once()

    [message] = messages()
    assert (message.state, message.reason) == (S.WITHHELD, "too_late")
    assert service.alarms(reader=EVERYTHING) == []


def test_what_was_left_half_sent_is_not_sent_weeks_later(agent: User, tick: Tick) -> None:
    open_ticket(agent)
    [left] = claim()
    tick(days=30)

    assert claim() == []
    jobs.watch_once()
    sent(left)  # whoever had it wakes up

    [message] = messages()
    assert (message.state, message.reason) == (S.WITHHELD, "too_late")
    assert service.alarms(reader=EVERYTHING) == []


def test_who_asks_to_be_forgotten_is_erased_from_what_he_was_told(
    agent: User, pool: ThreadPoolExecutor
) -> None:
    open_ticket(agent)
    jobs.send_due(Way.SMS, pool=pool)
    open_ticket(agent, title="第二件")

    with unit_of_work():
        assert erasing.erase_person({MOBILE}) == 2

    told, waiting = messages()
    assert (told.state, told.address, told.body) == (S.SENT, ERASED, "***")
    assert (waiting.state, waiting.reason) == (S.WITHHELD, "erased")
    assert [(each.address, each.body) for each in given_to_simulator()] == [(ERASED, "***")]


def test_what_was_due_by_day_and_could_not_go_wakes_nobody_at_night(
    agent: User, pool: ThreadPoolExecutor, tick: Tick
) -> None:
    open_ticket(agent)
    tick(hours=13)  # nobody swept until 23:00

    assert jobs.send_due(Way.SMS, pool=pool) == 0
    tick(hours=8, minutes=30)
    assert jobs.send_due(Way.SMS, pool=pool) == 1


def test_who_tries_again_at_night_wakes_nobody_either(agent: User, tick: Tick) -> None:
    open_ticket(agent)
    [claimed] = claim()
    refused(claimed, is_final=True)
    tick(hours=13)

    with unit_of_work():
        outbox.retry_all(Way.SMS, by=agent.id, only=true())

    assert (messages()[0].due_at - clock.now()).total_seconds() == 8.5 * 3600
