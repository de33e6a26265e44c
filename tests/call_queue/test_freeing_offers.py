"""A supervisor takes an offer back: the caller goes on, the agent loses nothing, it is written."""

from collections.abc import Callable

import pytest

from app.audit.models import AuditLine
from app.call_queue import oversight
from app.call_queue.events import OfferEnded, OfferFreed
from app.call_queue.models import Offer
from app.call_queue.oversight import OfferIsOver
from app.core.database import db, unit_of_work
from app.core.events import Event
from app.core.facts import agent_audience, facts_after
from tests import people
from tests.call_queue import desks
from tests.calls.line_news import tell
from tests.conftest import PageClient

pytestmark = [pytest.mark.usefixtures("app", "frozen"), pytest.mark.postgresql]


def open_offer() -> int:
    db.session.rollback()
    return int(db.session.execute(db.select(db.func.max(Offer.id))).scalar_one())


def free(offer_id: int, *, by: int) -> None:
    with unit_of_work():
        oversight.free_offer(offer_id, by=by, why_code="not_at_desk", why=" 去打印 ")


def test_the_caller_goes_to_the_next_agent_and_the_first_one_keeps_his_place(
    heard: list[Event], tick: Callable[..., None]
) -> None:
    leader = people.one_person("shift_leader")
    desks.link_up()
    first = desks.ready_agent()
    tick(seconds=5)
    second = desks.ready_agent()
    idle_since = desks.presence(first).idle_since
    line = desks.caller_in_line()
    entered_at = desks.entered_at(line)
    desks.offer_all()
    tick(seconds=3)

    free(open_offer(), by=leader.id)
    assert desks.state(first) == "ready"
    assert desks.presence(first).idle_since == idle_since
    assert desks.offer_all() == 1

    assert desks.offers() == [(first.id, "withdrawn"), (second.id, "open")]
    assert desks.entered_at(line) == entered_at
    assert [each["phone"] for each in desks.orders("StopRinging")] == [first.work_number]
    [freed] = [fact for fact in heard if isinstance(fact, OfferFreed)]
    assert (freed.agent_id, freed.freed_by) == (first.id, leader.id)


def test_the_same_agent_is_not_rung_again_at_once_but_later_where_nobody_else_is_free(
    tick: Callable[..., None],
) -> None:
    leader = people.one_person("shift_leader")
    desks.link_up()
    desks.ready_agent()
    desks.caller_in_line()
    desks.offer_all()
    free(open_offer(), by=leader.id)

    assert desks.offer_all() == 0
    tick(seconds=10, milliseconds=1)
    assert desks.offer_all() == 1


def test_the_agent_is_told_and_the_audit_keeps_who_did_it(
    sign_in_as: Callable[..., PageClient],
) -> None:
    leader = sign_in_as("shift_leader")
    desks.link_up()
    agent = desks.ready_agent()
    desks.caller_in_line()
    desks.offer_all()

    why = {"why_code": "busy", "why": "在接待来访"}
    answer = leader.post(f"/queue/offers/{open_offer()}/free", json=why)

    assert answer.status_code == 204
    db.session.rollback()
    told = [fact.name for fact in facts_after(agent_audience(agent.id), 0) or []]
    assert "desk.offer_ended" in told
    [line] = db.session.scalars(db.select(AuditLine).where(AuditLine.kind == "offer.freed"))
    assert (line.actor_id, line.subject_id) == (leader.person.id, str(agent.id))
    assert (line.data["why_code"], line.data["why"]) == ("busy", "在接待来访")


@pytest.mark.parametrize(
    ("why", "field"),
    [({}, "why_code"), ({"why_code": "no_such"}, "why_code"),
     ({"why_code": "peak"}, "why_code"), ({"why_code": "busy", "why": "x" * 201}, "why")],
)  # fmt: skip
def test_without_a_reason_of_the_list_the_call_rings_on(
    sign_in_as: Callable[..., PageClient], why: dict[str, str], field: str
) -> None:
    leader = sign_in_as("shift_leader")
    desks.link_up()
    agent = desks.ready_agent()
    desks.caller_in_line()
    desks.offer_all()

    answer = leader.post(f"/queue/offers/{open_offer()}/free", json=why)

    assert answer.status_code == 422
    refusal = answer.get_json()["refusal"]
    assert field in (refusal.get("field"), *refusal.get("fields", {}))
    assert desks.state(agent) == "offered"


def test_what_is_answered_cannot_be_taken_back(heard: list[Event]) -> None:
    leader = people.one_person("shift_leader")
    desks.link_up()
    agent = desks.ready_agent()
    line = desks.caller_in_line()
    desks.offer_all()
    tell(line.rings(agent.work_number, 5), line.answered(agent.work_number, 8))

    with pytest.raises(OfferIsOver):
        free(open_offer(), by=leader.id)
    with pytest.raises(OfferIsOver):
        free(999_999, by=leader.id)

    assert desks.state(agent) == "talking"
    ended = [fact.reason for fact in heard if isinstance(fact, OfferEnded)]
    assert ended == ["answered"]


def test_an_answer_that_comes_after_the_offer_was_freed_still_is_the_agents_call() -> None:
    """The phone was picked up while the order to stop was on its way: the exchange is right."""
    leader = people.one_person("shift_leader")
    desks.link_up()
    agent = desks.ready_agent()
    line = desks.caller_in_line()
    desks.offer_all()
    tell(line.rings(agent.work_number, 5))
    free(open_offer(), by=leader.id)

    tell(line.answered(agent.work_number, 6))

    assert desks.state(agent) == "talking"
    assert desks.offer_all() == 0


def test_an_agent_frees_nobody(sign_in_as: Callable[..., PageClient]) -> None:
    agent = sign_in_as("agent")

    why = {"why_code": "busy"}
    assert agent.post("/queue/offers/1/free", json=why).status_code == 403
    assert sign_in_as("shift_leader").post("/queue/offers/1/free", json=why).status_code == 409
