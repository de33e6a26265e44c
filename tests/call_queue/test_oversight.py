"""Pauses that last too long, breaks after abuse, states that a supervisor sets: all on record."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from app.accounts.models import User
from app.audit.models import AuditLine
from app.call_queue import oversight
from app.call_queue import service as call_queue
from app.call_queue.events import AbuseReported, NotReadyTooLong, StateForced
from app.call_queue.models import PresenceChange
from app.callers import service as callers
from app.core import clock
from app.core.database import db, unit_of_work
from app.core.events import Event
from app.core.facts import SUPERVISORS, facts_after
from tests import people
from tests.call_queue import desks
from tests.calls.line_news import Line, tell
from tests.conftest import PageClient

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen"), pytest.mark.postgresql]


def keep_desk(agent: User) -> None:
    with unit_of_work():
        call_queue.renew_links({f"page-{agent.id}": agent.id})


def not_ready(agent: User, reason: str) -> None:
    with unit_of_work():
        call_queue.become_not_ready(agent.id, reason=reason)


def after_a_call(**changes: str) -> tuple[User, Line]:
    desks.link_up()
    agent = desks.ready_agent(**changes)
    line = desks.caller_in_line()
    assert desks.offer_all() == 1
    phone = agent.work_number
    tell(line.rings(phone, 5), line.answered(phone, 8), line.ended(20))
    return agent, line


def close(agent: User, line: Line, *, code: str) -> None:
    call_id = line.call().id
    with unit_of_work():
        call_queue.finish_wrap_up(agent.id, call_id=call_id, code=code, next_state=None)


def what_supervisors_heard() -> list[str]:
    db.session.rollback()
    return [fact.name for fact in facts_after(SUPERVISORS, 0) or []]


def lines_of_the_audit(kind: str) -> list[AuditLine]:
    db.session.rollback()
    return list(db.session.scalars(db.select(AuditLine).where(AuditLine.kind == kind)))


# --- pauses ----------------------------------------------------------------------------------


def test_a_pause_longer_than_agreed_is_told_once_and_not_ended(
    tick: Callable[..., None], heard: list[Event]
) -> None:
    agent = desks.agent_at_desk()
    not_ready(agent, "break")
    tick(minutes=15, seconds=1)
    keep_desk(agent)

    desks.run_deadlines()
    tick(minutes=5)
    keep_desk(agent)
    desks.run_deadlines()

    told = [fact for fact in heard if isinstance(fact, NotReadyTooLong)]
    assert [(fact.agent_id, fact.reason) for fact in told] == [(agent.id, "break")]
    assert desks.state(agent) == "not_ready"
    assert desks.presence(agent).warned_at is not None
    assert what_supervisors_heard() == ["supervision.not_ready_too_long"]


def test_each_reason_has_its_own_limit_and_a_new_pause_begins_anew(
    tick: Callable[..., None], heard: list[Event]
) -> None:
    agent = desks.agent_at_desk()
    not_ready(agent, "meal")
    tick(minutes=40)
    keep_desk(agent)
    desks.run_deadlines()
    not_ready(agent, "training")
    tick(hours=3)
    keep_desk(agent)
    desks.run_deadlines()

    assert not [fact for fact in heard if isinstance(fact, NotReadyTooLong)]
    assert desks.presence(agent).warned_at is None


def test_an_agent_who_stays_missed_is_told_of_too(
    tick: Callable[..., None], heard: list[Event]
) -> None:
    desks.link_up()
    agent = desks.ready_agent()
    line = desks.caller_in_line()
    desks.offer_all()
    tell(line.rings(agent.work_number, 5), line.ring_failed(agent.work_number, 25))
    tick(minutes=10, seconds=1)
    keep_desk(agent)

    desks.run_deadlines()

    [told] = [fact for fact in heard if isinstance(fact, NotReadyTooLong)]
    assert (told.reason, desks.state(agent)) == ("no_answer", "missed")


# --- after abuse -----------------------------------------------------------------------------


def test_an_abusive_call_gives_its_agent_a_break_that_ends_by_itself(
    tick: Callable[..., None],
) -> None:
    agent, line = after_a_call()

    close(agent, line, code="abuse")

    assert (desks.state(agent), desks.presence(agent).reason) == ("not_ready", "after_abuse")
    tick(minutes=5, seconds=1)
    keep_desk(agent)
    desks.run_deadlines()
    assert desks.state(agent) == "ready"


def test_the_break_after_abuse_is_on_record_and_supervisors_see_it(heard: list[Event]) -> None:
    agent, line = after_a_call()

    close(agent, line, code="harassment")

    [told] = [fact for fact in heard if isinstance(fact, AbuseReported)]
    assert (told.call_id, told.code) == (line.call().id, "harassment")
    assert told.break_until == desks.presence(agent).until
    assert what_supervisors_heard().count("supervision.abuse_reported") == 1
    [kept] = lines_of_the_audit("presence.abuse_reported")
    assert kept.actor_id == agent.id


def test_an_agent_may_be_ready_before_his_break_ends() -> None:
    agent, line = after_a_call()
    close(agent, line, code="abuse")

    with unit_of_work():
        call_queue.become_ready(agent.id)

    assert desks.state(agent) == "ready"


def test_a_pause_chosen_in_the_abusive_call_comes_before_the_break() -> None:
    agent, line = after_a_call()
    with unit_of_work():
        call_queue.choose_next(agent.id, state="not_ready", reason="meal")

    close(agent, line, code="abuse")

    assert (desks.state(agent), desks.presence(agent).reason) == ("not_ready", "meal")


def test_an_ordinary_code_gives_no_break() -> None:
    agent, line = after_a_call()

    close(agent, line, code="answered")

    assert desks.state(agent) == "ready"


# --- forced states ---------------------------------------------------------------------------


def force(
    agent: User,
    state: str,
    *,
    reason: str | None = None,
    why_code: str = "peak",
    why: str = "线路切换",
) -> int:
    leader = people.one_person("shift_leader")
    with unit_of_work():
        oversight.force_state(
            agent.id, state=state, reason=reason, why_code=why_code, why=why, by=leader.id
        )
    return leader.id


def test_a_forced_state_holds_at_once_and_says_who_and_why(heard: list[Event]) -> None:
    agent = desks.ready_agent()

    leader_id = force(agent, "not_ready", reason="coaching")

    assert (desks.state(agent), desks.presence(agent).reason) == ("not_ready", "coaching")
    newest = db.select(PresenceChange).order_by(PresenceChange.id.desc()).limit(1)
    assert db.session.execute(newest).scalar_one().forced_by == leader_id
    [told] = [fact for fact in heard if isinstance(fact, StateForced)]
    assert (told.old, told.new, told.why_code, told.why, told.is_later) == (
        "ready", "not_ready", "peak", "线路切换", False,
    )  # fmt: skip
    [kept] = lines_of_the_audit("presence.state_forced")
    assert (kept.actor_id, kept.data["why_code"], kept.data["why"]) == (
        leader_id, "peak", "线路切换",
    )  # fmt: skip


def test_a_state_forced_in_a_call_waits_for_its_end() -> None:
    desks.link_up()
    agent = desks.ready_agent()
    line = desks.caller_in_line()
    desks.offer_all()
    tell(line.rings(agent.work_number, 5), line.answered(agent.work_number, 8))

    force(agent, "signed_out")

    assert desks.state(agent) == "talking"
    tell(line.ended(20))
    close(agent, line, code="answered")
    assert desks.state(agent) == "signed_out"


def test_nobody_is_made_ready_without_a_desk() -> None:
    agent = desks.ready_agent()
    desks.close_desk(agent)

    with pytest.raises(call_queue.NoDeskOpen):
        force(agent, "ready")


def test_a_supervisor_signs_out_who_left_without_doing_so() -> None:
    agent = desks.ready_agent()
    desks.close_desk(agent)

    force(agent, "signed_out")

    assert desks.state(agent) == "signed_out"


@pytest.mark.parametrize(
    ("asked", "refused"),
    [
        ({"state": "talking"}, call_queue.UnknownReason),
        ({"state": "not_ready", "reason": "lazy"}, call_queue.UnknownReason),
        ({"state": "ready", "why_code": ""}, oversight.WhyIsNeeded),
        ({"state": "ready", "why_code": "a_whim"}, call_queue.UnknownReason),
    ],
)
def test_a_forced_state_is_one_that_can_be_chosen_and_has_a_reason(
    asked: dict[str, str], refused: type[Exception]
) -> None:
    agent = desks.ready_agent()

    with pytest.raises(refused):
        force(agent, **asked)  # type: ignore[arg-type]


# --- over HTTP -------------------------------------------------------------------------------

SignIn = Callable[..., PageClient]


def test_a_shift_leader_sets_a_state_and_an_agent_may_not(sign_in_as: SignIn) -> None:
    agent = desks.ready_agent()
    asked = {"state": "not_ready", "reason": "meeting", "why_code": "briefing"}

    refused = sign_in_as("agent").post(f"/queue/agents/{agent.id}/state", json=asked)
    done = sign_in_as("shift_leader").post(f"/queue/agents/{agent.id}/state", json=asked)

    assert (refused.status_code, done.status_code) == (403, 204)
    assert desks.presence(agent).reason == "meeting"


def test_a_state_set_without_saying_why_is_refused(sign_in_as: SignIn) -> None:
    agent = desks.ready_agent()

    told = sign_in_as("hotline_manager").post(
        f"/queue/agents/{agent.id}/state", json={"state": "ready", "why_code": "\u0000 "}
    )

    assert (told.status_code, told.get_json()["refusal"]["code"]) == (422, "why-is-needed")


def test_nobody_who_ever_sat_at_a_desk_has_this_id(sign_in_as: SignIn) -> None:
    told = sign_in_as("shift_leader").post(
        "/queue/agents/424242/state", json={"state": "signed_out", "why_code": "left_desk"}
    )

    assert (told.status_code, told.get_json()["refusal"]["code"]) == (404, "no-such-agent")


def test_the_number_of_a_call_is_restricted_and_the_mark_lifted(sign_in_as: SignIn) -> None:
    line = desks.caller_in_line("abusive")
    leader = sign_in_as("shift_leader")

    with unit_of_work():
        until = clock.now() + timedelta(days=7)
        put = callers.restrict(
            line.from_number, until=until, why="连续骚扰", put_by=leader.person.id
        )
        mark = put.id
    again = desks.caller_in_line("again", since=60)
    assert desks.entry(again).is_restricted
    [shown] = leader.get("/queue/restrictions").get_json()["restrictions"]
    assert (shown["restriction_id"], shown["number_shown"]) == (mark, "139****2817")
    lifted = leader.post(f"/queue/restrictions/{mark}/lift")

    assert lifted.status_code == 204
    assert leader.get("/queue/restrictions").get_json()["restrictions"] == []
    assert not desks.entry(desks.caller_in_line("later", since=90)).is_restricted
    assert lines_of_the_audit("caller.restricted")[0].data["number"] == "139****2817"
