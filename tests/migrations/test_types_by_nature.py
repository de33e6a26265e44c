"""Dictionaries of before name their natures after the step to 0064, and tickets find a way back."""

import flask_migrate
import pytest

from app.core import clock
from app.core.database import db, unit_of_work
from app.rules import type_register
from app.tickets.models import Ticket
from app.tickets.ticket_states import TicketState, Urgency
from tests.migrations.test_both_ways import DIRECTORY, empty_url, standing_app
from tests.migrations.test_numbers_move_along import say
from tests.people import one_person

__all__ = ["empty_url", "standing_app"]

pytestmark = pytest.mark.postgresql

BEFORE = "0063_rulings"


def put_in(request_type: str, agent_id: int) -> None:
    at = clock.now()
    db.session.add(
        Ticket(
            number=f"HY{request_type}"[:24], state=TicketState.TO_DISPATCH,
            request_type=request_type,
            urgency=Urgency.NORMAL, title="诉求", content="诉求", category_code="1201",
            county_code="441602", address="", caller_name="", calling_number="",
            contact_number="", first_contact_id=agent_id, opened_at=at,
        )
    )  # fmt: skip


@pytest.mark.usefixtures("standing_app")
def test_types_of_before_get_their_nature_and_tickets_of_new_types_find_a_way_back() -> None:
    flask_migrate.upgrade(directory=DIRECTORY, revision=BEFORE)
    say(
        "INSERT INTO request_type_versions (code, name_zh, name_en, basis, valid_from)"
        " VALUES ('own', '本市', 'Own', '示例', :at)",
        at="2026-01-01 00:00:00",
    )
    kinds = {"consult": True, "economic_offence": True, "noise": True, "praise": False}
    for position, (code, runs) in enumerate(kinds.items(), start=1):
        say(
            "INSERT INTO request_types"
            " (version_code, code, name_zh, name_en, starts_clock, position)"
            " VALUES ('own', :code, :code, :code, :runs, :position)",
            code=code, runs=runs, position=position,
        )  # fmt: skip

    flask_migrate.upgrade(directory=DIRECTORY)

    natures = {code: str(nature) for code, nature in type_register.read_book().natures().items()}
    assert natures == {
        "consult": "consult",
        "economic_offence": "report",
        "noise": "complaint",
        "praise": "statistical",
    }
    agent_id = one_person("agent").id
    with unit_of_work():
        for code in (*kinds, "help"):
            put_in(code, agent_id)
    db.session.remove()

    flask_migrate.downgrade(directory=DIRECTORY, revision=BEFORE)

    assert [kind for (kind,) in say("SELECT request_type FROM tickets ORDER BY id")] == [
        "consult", "report", "complaint", "suggestion", "help",
    ]  # fmt: skip
    rows = say("SELECT code, starts_clock FROM request_types ORDER BY position")
    assert {code: bool(runs) for code, runs in rows} == kinds
