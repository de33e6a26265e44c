"""Two people do contradictory things with one ticket at the same moment: one of them is told so."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask

from app.core.database import db, unit_of_work
from app.core.errors import Refusal
from app.handling import dispatching, merging, results, returning, visiting
from app.handling.models import VisitWay
from app.tickets import stepping
from app.tickets.service import get_ticket
from tests.handling import cast as play
from tests.handling.cast import Cast

pytestmark = [pytest.mark.usefixtures("registers", "app"), pytest.mark.postgresql]

GOOD = visiting.Answers(is_solved=True, result_mark=5, attitude_mark=5)
BAD = visiting.Answers(is_solved=False, result_mark=1, attitude_mark=1)


def both(app: Flask, *acts: Callable[[], Any]) -> list[str]:
    """Let everybody act at once; return who was done and who was refused, and why."""
    start, said = Barrier(len(acts)), [""] * len(acts)

    def act(place: int) -> None:
        with app.app_context():
            start.wait()
            try:
                with unit_of_work():
                    acts[place]()
                said[place] = "done"
            except Refusal as refused:
                said[place] = refused.code
            finally:
                db.session.remove()

    threads = [Thread(target=act, args=(place,)) for place in range(len(acts))]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    db.session.expire_all()
    return said


def test_a_return_is_agreed_to_or_refused_and_never_both(app: Flask, cast: Cast) -> None:
    ticket_id = play.handled(cast)
    play.give_back(cast, ticket_id)
    said = both(
        app,
        lambda: returning.agree(ticket_id, doer=cast.dispatcher),
        lambda: returning.refuse(ticket_id, "属贵局职责", doer=cast.manager),
    )
    assert sorted(said) == ["done", "ticket-move-not-possible"]
    assert len(play.parts(ticket_id, live=True)) == (said[1] == "done")


def test_a_result_is_let_hold_or_sent_back_and_never_both(app: Flask, cast: Cast) -> None:
    ticket_id = play.handled(cast)
    play.reach(cast, ticket_id)
    play.hand_in(cast, ticket_id)
    said = both(
        app,
        lambda: results.approve(ticket_id, doer=cast.auditor),
        lambda: results.send_back(ticket_id, "empty_words", doer=cast.manager),
    )
    assert sorted(said) == ["done", "ticket-move-not-possible"]


def test_a_citizen_who_answers_by_message_while_he_is_called_is_heard_once(
    app: Flask, cast: Cast
) -> None:
    ticket_id = play.audited(cast)
    by_phone = visiting.NewVisit(way=VisitWay.PHONE, answers=GOOD)
    by_message = visiting.NewVisit(way=VisitWay.SMS, answers=BAD)
    said = both(
        app,
        lambda: visiting.visit(ticket_id, by_phone, doer=cast.visitor),
        lambda: visiting.visit(ticket_id, by_message, doer=None),
    )
    assert said.count("done") == 1
    assert len(visiting.visits_of(ticket_id)) == 1
    assert play.state(ticket_id) == "closed"


def test_two_tickets_are_not_merged_into_each_other(app: Flask, cast: Cast) -> None:
    one, two = play.open_one(cast), play.open_one(cast)
    said = both(
        app,
        lambda: merging.merge(one, two, doer=cast.dispatcher),
        lambda: merging.merge(two, one, doer=cast.manager),
    )
    assert sorted(said) == ["done", "merge-master-unfit"]
    assert {play.state(one), play.state(two)} == {"merged", "to_dispatch"}


def test_a_ticket_is_sent_to_one_of_two_units_and_the_slower_dispatcher_is_told(
    app: Flask, cast: Cast
) -> None:
    ticket_id = play.open_one(cast)
    seen = get_ticket(ticket_id).version
    db.session.rollback()
    said = both(
        app,
        lambda: dispatching.dispatch(
            ticket_id, dispatching.Plan(lead_unit_id=cast.lead), doer=cast.dispatcher, seen=seen
        ),
        lambda: dispatching.dispatch(
            ticket_id, dispatching.Plan(lead_unit_id=cast.second), doer=cast.manager, seen=seen
        ),
    )
    assert sorted(said) == ["done", "ticket-changed"]
    assert len(play.parts(ticket_id)) == 1


def test_a_master_is_not_closed_while_another_ticket_is_merged_into_it(
    app: Flask, cast: Cast
) -> None:
    master, late = play.audited(cast), play.handled(cast)
    by_phone = visiting.NewVisit(way=VisitWay.PHONE, answers=GOOD)
    said = both(
        app,
        lambda: visiting.visit(master, by_phone, doer=cast.visitor),
        lambda: merging.merge(late, master, doer=cast.dispatcher),
    )
    assert said[0] == "done"
    if said[1] == "done":  # he was quicker: the master waits for the one that follows it
        assert play.state(master) == "to_visit"
    else:
        assert (said[1], play.state(late)) == ("merge-master-unfit", "handling")
    assert [each.act for each in stepping.steps_of(master)].count("visit") == 1
