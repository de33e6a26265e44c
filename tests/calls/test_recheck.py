"""The ledger beside an independent reckoning from the raw news."""

import pytest
from flask import Flask

from app.calls.models import Call, CallLeg
from app.calls.recheck import recheck
from app.core.database import db, unit_of_work
from app.core.permissions import Role
from tests import people
from tests.calls.line_news import Line, tell

pytestmark = pytest.mark.usefixtures("app")


def an_ended_call() -> Line:
    phone = people.one_person(Role.AGENT).work_number
    line = Line()
    tell(
        line.arrived(0),
        line.queued(4),
        line.rings(phone, 6),
        line.ring_failed(phone, 16),
        line.queued(16, counter=2),
        line.rings(phone, 17, leg=2),
        line.answered(phone, 20, leg=2),
        line.ended(80),
    )
    return line


def test_a_ledger_that_is_right_has_no_differences(app: Flask) -> None:
    an_ended_call()

    assert recheck().differences == []
    shown = app.test_cli_runner().invoke(args=["calls", "recheck"])
    assert (shown.exit_code, shown.output) == (
        0,
        "looked at 1, ends only guessed 0, differences 0\n",
    )


def test_a_ledger_that_is_wrong_is_told_line_by_line(app: Flask) -> None:
    line = an_ended_call()
    call_id = line.call().id
    with unit_of_work():
        db.session.get_one(Call, call_id).ended_by = "agent"
        leg = db.session.execute(
            db.select(CallLeg).where(CallLeg.leg_key == f"{line.call_key}-a1")
        ).scalar_one()
        leg.end_reason = "rejected"

    found = {(one.what, one.ledger, one.reckoned) for one in recheck().differences}

    assert found == {
        ("ended by", "agent", "caller"),
        (f"leg {line.call_key}-a1 reason", "rejected", "no_answer"),
    }
    assert app.test_cli_runner().invoke(args=["calls", "recheck"]).exit_code == 1


def test_calls_before_the_given_moment_are_left_out(app: Flask) -> None:
    an_ended_call()

    shown = app.test_cli_runner().invoke(args=["calls", "recheck", "--since", "2026-12-01"])

    assert "looked at 0" in shown.output
