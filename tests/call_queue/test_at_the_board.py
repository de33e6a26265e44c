"""A supervisor whose only page is the board: he hears calls there, and nobody is given him."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from app.audit.models import AuditLine
from app.call_queue import conferring, oversight
from app.call_queue import service as call_queue
from app.call_queue.refusals import NoDeskOpen
from app.core.database import db, unit_of_work
from tests import people
from tests.call_queue import desks
from tests.calls.line_news import Line, tell

if TYPE_CHECKING:
    from app.accounts.models import User

pytestmark = [pytest.mark.usefixtures("app", "frozen"), pytest.mark.postgresql]


def open_board(person: "User") -> None:
    with unit_of_work():
        call_queue.open_desk(person.id, link_id=f"board-{person.id}", takes_calls=False)


def close_board(person: "User") -> None:
    desks.close_desk(person, "board")


def leader_at_board() -> "User":
    leader = people.one_person("shift_leader")
    open_board(leader)
    desks.phone(leader)
    return leader


def how(person: "User") -> tuple[str, str | None]:
    presence = desks.presence(person)
    return presence.state.value, presence.reason


def a_talk() -> tuple["User", Line]:
    agent = desks.ready_agent()
    line = desks.caller_in_line()
    desks.offer_all()
    tell(line.rings(agent.work_number, 5), line.answered(agent.work_number, 8))
    return agent, line


def test_the_board_begins_the_day_without_calls_even_where_a_desk_would_begin_ready() -> None:
    desks.link_up()
    leader = leader_at_board()
    desks.caller_in_line()

    assert how(leader) == ("not_ready", "at_board")
    assert desks.offer_all() == 0
    with pytest.raises(NoDeskOpen), unit_of_work():
        call_queue.become_ready(leader.id)
    with pytest.raises(NoDeskOpen), unit_of_work():
        oversight.force_state(
            leader.id, state="ready", reason=None, why_code="peak", why="busy", by=leader.id
        )


def test_the_desk_that_is_opened_beside_it_begins_the_day() -> None:
    leader = leader_at_board()

    desks.open_desk(leader)

    assert how(leader) == ("ready", None)  # a demonstration begins ready


def test_who_closes_his_desk_and_keeps_the_board_is_out_of_routing_and_not_lost() -> None:
    leader = people.one_person("shift_leader")
    desks.open_desk(leader)
    open_board(leader)
    with unit_of_work():
        call_queue.become_ready(leader.id)

    desks.close_desk(leader)

    assert how(leader) == ("not_ready", "at_board")
    close_board(leader)
    assert how(leader)[0] == "link_lost"


def test_a_board_that_comes_back_after_a_cut_finds_its_person_again() -> None:
    leader = leader_at_board()
    close_board(leader)

    open_board(leader)

    assert how(leader) == ("not_ready", "at_board")


def test_a_lease_that_ran_out_while_the_board_stood_open_is_opened_as_a_board(
    tick: Callable[..., None],
) -> None:
    leader = leader_at_board()
    tick(seconds=21)
    desks.run_deadlines()
    assert how(leader)[0] == "link_lost"

    with unit_of_work():
        call_queue.renew_links({f"board-{leader.id}": leader.id}, takes_calls=False)

    assert how(leader) == ("not_ready", "at_board")


def test_a_call_is_heard_from_the_board_and_the_audit_keeps_whose_and_how() -> None:
    desks.link_up()
    leader = leader_at_board()
    agent, line = a_talk()
    call_id = line.call().id

    with unit_of_work():
        conferring.supervise(leader.id, call_id=call_id, mode="listen")

    assert how(leader) == ("offered", "supervise")
    db.session.rollback()
    kind = AuditLine.kind == "presence.supervision_asked"
    [kept] = db.session.scalars(db.select(AuditLine).where(kind))
    assert (kept.actor_id, kept.subject_id) == (leader.id, str(agent.id))
    assert kept.data == {"call_id": call_id, "mode": "listen"}


def test_a_ring_at_the_board_that_is_not_answered_leaves_him_at_the_board(
    tick: Callable[..., None],
) -> None:
    desks.link_up()
    leader = leader_at_board()
    _agent, line = a_talk()
    call_id = line.call().id
    with unit_of_work():
        conferring.supervise(leader.id, call_id=call_id, mode="listen")
    tick(seconds=24)
    with unit_of_work():
        call_queue.renew_links({f"board-{leader.id}": leader.id}, takes_calls=False)

    desks.run_deadlines()

    assert how(leader) == ("not_ready", "at_board")


def test_nobody_hands_a_caller_to_a_board() -> None:
    desks.link_up()
    leader = leader_at_board()
    agent, line = a_talk()
    call_id = line.call().id

    listed = conferring.list_colleagues(agent.id)
    with pytest.raises(conferring.ColleagueIsBusy), unit_of_work():
        conferring.transfer(agent.id, call_id=call_id, kind="colleague", to=leader.work_number)

    assert leader.id not in {each.agent_id for each in listed}
