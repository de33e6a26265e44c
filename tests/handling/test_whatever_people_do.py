"""Whatever people do with a ticket, in whatever order: some things hold after every act."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.calls.models import Call
from app.core import clock as wall
from app.core.database import db, unit_of_work
from app.core.errors import Refusal
from app.handling import (
    clocks,
    contacting,
    correcting,
    dispatching,
    disputing,
    first_contact,
    following,
    merging,
    results,
    returning,
    sweeping,
    timing,
    unit_parts,
    visiting,
)
from app.handling.acting import Doer, parts_of
from app.handling.clock_rules import ClockKind
from app.handling.correcting import CategoryAndPlace
from app.handling.models import FollowKind, Part, TimeKind, VisitWay
from app.rules.time_limits import read_limit
from app.rules.type_natures import Nature
from app.tickets import stepping
from app.tickets.person_details import PersonDetails, PersonKind
from app.tickets.service import get_ticket
from app.tickets.ticket_states import OVER, TicketState
from tests.handling import cast as play
from tests.handling import spoken
from tests.handling.cast import Cast
from tests.handling.fast_lane import say

Act = Callable[[int, Cast, Doer], Any]
ENDS = frozenset({TicketState.CLOSED, TicketState.WITHDRAWN, TicketState.VOID})
BAD = visiting.Answers(is_solved=False, result_mark=1, attitude_mark=2)
GOOD = visiting.Answers(is_solved=True, result_mark=5, attitude_mark=5)


def _time(kind: TimeKind, limit: str = "") -> Act:
    new = timing.NewTime(
        kind=kind, reason="parts", basis="备件", limit=read_limit(limit) if limit else None
    )
    return lambda t, _c, d: timing.ask_time(t, new, doer=d)


def _visit(answers: visiting.Answers | None, *, redo: bool = False) -> Act:
    new = visiting.NewVisit(way=VisitWay.PHONE, answers=answers, asks_redo=redo)
    return lambda t, _c, d: visiting.visit(t, new, doer=d)


def _send(lead: str) -> Act:
    return lambda t, c, d: dispatching.dispatch(
        t, dispatching.Plan(lead_unit_id=getattr(c, lead)), doer=d
    )


def _spoken_last() -> int:
    return db.session.scalar(select(func.max(Call.id))) or 0


ACTS: dict[str, Act] = {
    "send": _send("lead"),
    "send to another": _send("second"),
    "ask info": lambda t, _c, d: dispatching.ask_info(t, "哪里", doer=d),
    "give info": lambda t, _c, d: dispatching.give_info(t, "路口", doer=d),
    "sign": lambda t, _c, d: unit_parts.sign(t, doer=d),
    "call in": lambda t, c, d: unit_parts.call_in(
        t, unit_parts.Helper(unit_id=c.second, limit=read_limit("1wd")), doer=d
    ),
    "opinion": lambda t, _c, d: unit_parts.give_opinion(t, "已通电", doer=d),
    "give back": lambda t, c, d: returning.ask_return(
        t,
        returning.NewReturn(
            reason="not_ours", basis="职责", proposed_unit_id=c.second, has_part=False
        ),
        doer=d,
    ),
    "agree": lambda t, _c, d: returning.agree(t, doer=d),
    "refuse": lambda t, _c, d: returning.refuse(t, "属贵局", doer=d),
    "refer": lambda t, _c, d: disputing.refer(t, "意见", doer=d),
    "designate": lambda t, c, d: disputing.designate(
        t, dispatching.Plan(lead_unit_id=c.second, basis="清单"), doer=d
    ),
    "pause": _time(TimeKind.SUSPENSION),
    "extend": _time(TimeKind.EXTENSION, "2wd"),
    "statutory": _time(TimeKind.STATUTORY, "30wd"),
    "give time": lambda t, _c, d: timing.decide(t, agrees=True, words="", doer=d),
    "resume": lambda t, _c, d: timing.resume(t, doer=d),
    "put right": lambda t, _c, d: correcting.correct_category_and_place(
        t,
        CategoryAndPlace(
            category_code="0601", county_code="441625", town_code=None, address="仙塘花园"
        ),
        "核对",
        doer=d,
    ),
    "retype": lambda t, _c, d: timing.retype(t, Nature.CONSULT, "咨询", doer=d),
    "contact": lambda t, _c, d: contacting.log_contact(
        t, contacting.NewContact(is_reached=True), doer=d
    ),
    "talk": lambda t, _c, d: contacting.log_contact(
        t, contacting.NewContact(is_reached=True, call_id=_spoken_last()), doer=d
    ),
    "hand in": lambda t, _c, d: results.hand_in(
        t, results.NewResult(public_reply=play.REPLY, is_solved=True), doer=d
    ),
    "approve": lambda t, _c, d: results.approve(t, doer=d),
    "send back": lambda t, _c, d: results.send_back(t, "empty_words", doer=d),
    "leave out": lambda t, _c, d: results.close_unvisited(t, "law", doer=d),
    "good": _visit(GOOD),
    "bad": _visit(BAD, redo=True),
    "missed": _visit(None),
    "again": lambda t, _c, d: visiting.send_again(t, "未修好", doer=d),
    "no more": lambda t, _c, d: visiting.refuse_redo(t, "已尽力", doer=d),
    "reopen": lambda t, _c, d: visiting.reopen(t, "复核", doer=d),
    "void": lambda t, _c, d: dispatching.void(t, "误录", doer=d),
    "withdraw": lambda t, _c, d: following.withdraw(t, _spoken_last(), doer=d),
    "supervise": lambda t, _c, d: following.add(t, FollowKind.SUPERVISE, "尽快", doer=d),
    "merge": lambda t, _c, d: merging.merge(t, t - 1, doer=d),
    "split off": lambda t, _c, d: merging.split_off(t, "不同", doer=d),
}
DOERS = (
    "agent", "dispatcher", "auditor", "visitor", "manager", "outsourced", "overseer", "unit",
    "other",
)  # fmt: skip
# A chance in two that the next act is one that leads on, so that walks come far.
WAYS = {
    TicketState.TO_DISPATCH: [("send", "dispatcher")],
    TicketState.TO_SIGN: [("sign", "unit"), ("sign", "other"), ("give back", "unit")],
    TicketState.RETURN_REVIEW: [("agree", "dispatcher"), ("refuse", "dispatcher")],
    TicketState.ADJUDICATION: [("designate", "manager")],
    TicketState.HANDLING: [
        ("contact", "unit"), ("hand in", "unit"), ("hand in", "other"), ("talk", "other"),
        ("pause", "unit"), ("extend", "unit"), ("give time", "dispatcher"),
    ],
    TicketState.SUSPENDED: [("resume", "dispatcher")],
    TicketState.TO_AUDIT: [("approve", "auditor"), ("send back", "auditor")],
    TicketState.TO_VISIT: [("good", "visitor"), ("bad", "visitor"), ("again", "dispatcher")],
    TicketState.CLOSED: [("reopen", "manager")],
    TicketState.MERGED: [("split off", "dispatcher")],
}  # fmt: skip
STEPS = st.tuples(
    st.sampled_from(sorted(ACTS)),
    st.sampled_from(DOERS),
    st.booleans(),
    st.integers(0, 6),
    st.sampled_from((60, 3_600, 90_000, 700_000)),
)


@pytest.mark.one_database
@settings(
    max_examples=25,
    deadline=None,
    # a walk is slow to shrink; its acts are in the failure as they were
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(walk=st.lists(STEPS, min_size=10, max_size=24), has_lane=st.booleans())
@pytest.mark.usefixtures("registers")
def test_what_holds_after_every_act(
    app: Flask,  # noqa: ARG001
    cast: Cast,
    frozen: time_machine.Traveller,
    walk: list[tuple[str, str, bool, int, int]],
    has_lane: bool,
) -> None:
    say("enterprise.fast_lane", "lane_on" if has_lane else "lane_off")
    play.open_one(cast)
    ticket_id = play.open_one(cast, details=PersonDetails(person_kind=PersonKind.ENTERPRISE))
    version = 0
    for act, who, leads_on, choice, seconds in walk:
        state = get_ticket(ticket_id).state
        if leads_on and state in WAYS:
            act, who = WAYS[state][choice % len(WAYS[state])]
        if act in {"withdraw", "talk"}:
            spoken.call(getattr(cast, who))
        db.session.rollback()
        try:
            with unit_of_work():
                ACTS[act](ticket_id, cast, getattr(cast, who))
        except Refusal:
            db.session.rollback()
            assert get_ticket(ticket_id).version >= version
        else:
            assert get_ticket(ticket_id).version > version
        frozen.shift(seconds)
        for do in sweeping.find_due(wall.now()):
            with unit_of_work():
                do()
        version = get_ticket(ticket_id).version
        holds(ticket_id, cast)
        contact_is_owed_or_made(ticket_id, has_lane=has_lane)


def contact_is_owed_or_made(ticket_id: int, *, has_lane: bool) -> None:
    """Whoever leads owes the first contact or has made it; what was made ended the clock then."""
    ticket, rows = get_ticket(ticket_id), clocks.clocks_of(ticket_id, ClockKind.CONTACT)
    talks = first_contact.talks_of(ticket_id)
    assert has_lane or rows == []
    assert all(row.done_at is not None for row in rows[:-1])
    for row in rows:
        made = first_contact.made_at(row, talks)
        assert made is None or row.done_at == made
    if not has_lane or ticket.lead_unit_id is None or ticket.state in OVER:
        return
    assert (rows[-1].unit_id, rows[-1].round) == (ticket.lead_unit_id, ticket.round)
    assert (rows[-1].done_at is None) == (first_contact.made_at(rows[-1], talks) is None)


def holds(ticket_id: int, cast: Cast) -> None:
    """Look at everything that has to hold, whatever was done."""
    ticket = get_ticket(ticket_id)
    live = parts_of(ticket_id, live=True)
    leads = [each for each in live if each.part is Part.LEAD]
    assert len(leads) <= 1
    assert ticket.first_contact_id == cast.agent.user_id
    if ticket.state in OVER:
        assert live == []
    elif leads:
        assert ticket.lead_unit_id == leads[0].unit_id
    steps = stepping.steps_of(ticket_id)
    assert all(after.old is before.new for before, after in pairwise(steps))
    assert steps[-1].new is ticket.state
    for row in clocks.clocks_of(ticket_id):
        if row.missing_year is not None:
            assert row.due_at is None
            continue
        stands = clocks.state_of(row)
        assert row.due_at == min(stands.due, row.not_after or stands.due)
        assert (row.is_running, row.done_at, row.extensions) == (
            stands.is_running, stands.done_at, stands.extensions,
        )  # fmt: skip
        assert not row.is_running or row.due_at is not None or row.missing_year is not None
        if ticket.state in ENDS:
            assert not row.is_running, row.kind
    his = clocks.running(ticket_id, ClockKind.CITIZEN)
    heard = any(each.is_reached for each in visiting.visits_of(ticket_id))
    if ticket.state not in ENDS and ticket.state is not TicketState.ARCHIVED:
        assert heard or contacting.was_told(ticket) or his is not None
        assert his is None or his.is_running
    if ticket.state is TicketState.MERGED and not heard:
        assert ticket.master_id is not None
        assert ticket in merging.unanswered_children(get_ticket(ticket.master_id))
