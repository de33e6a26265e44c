"""What stands in lists already gets the marks of its single characters at the step to 0056."""

import importlib.util

import pytest
from sqlalchemy import text

from app.core.database import db, unit_of_work
from app.rules.type_natures import Nature
from app.tickets import list_rows
from app.tickets import service as tickets
from app.tickets.models import TicketListRow
from tests.database import MIGRATIONS
from tests.people import one_person

pytestmark = [pytest.mark.usefixtures("registers", "app"), pytest.mark.postgresql]

STEP = MIGRATIONS / "versions" / "0056_single_characters_marked.py"
AS_BEFORE = """
UPDATE ticket_list_rows
SET marks = ts_delete(marks, ARRAY(SELECT lexeme FROM unnest(marks) WHERE length(lexeme) = 1))
"""


def marks() -> list[str]:
    return list(db.session.scalars(db.select(TicketListRow.marks)))


def test_rows_of_before_get_the_marks_that_new_ones_have() -> None:
    if db.engine.dialect.name != "postgresql":
        return  # has no marks
    agent_id = one_person("agent").id
    with unit_of_work():
        for title in ("宏图花园停水", "WiFi 2 号楼"):
            tickets.open_ticket(
                tickets.NewTicket(
                    call_id=None,
                    opened_by=agent_id,
                    request_type=Nature.COMPLAINT,
                    title=title,
                    content="要求答复。",
                    category_code="1201",
                    county_code="441602",
                )
            )
    new = marks()
    spec = importlib.util.spec_from_file_location(STEP.stem, STEP)
    assert spec is not None
    assert spec.loader is not None
    step = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(step)

    with unit_of_work():
        db.session.execute(text(AS_BEFORE))
    before = marks()
    with unit_of_work():
        db.session.execute(text(step.MARKED))

    assert "'求'" in new[0]
    assert "'求'" not in before[0]
    assert marks() == new
    with unit_of_work():
        list_rows.make_all_anew()
    assert marks() == new
