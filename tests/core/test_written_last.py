"""History is written at the end of its save, each table by one statement, or with it not at all."""

from typing import Any

import pytest
from sqlalchemy import event

from app.core.database import db, unit_of_work
from app.core.events import PublishedOutsideASave
from app.core.facts import FactCounter
from app.core.written_last import write_last, write_now

pytestmark = [pytest.mark.usefixtures("app"), pytest.mark.postgresql]


def note(number: int) -> None:
    write_last(FactCounter, audience=f"row {number}", last_number=number)


def written() -> list[int]:
    found = db.session.scalars(db.select(FactCounter.last_number).order_by(FactCounter.last_number))
    return list(found)


def test_rows_are_written_at_the_end_by_one_statement() -> None:
    said: list[str] = []

    def asked(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        said.append(statement)

    event.listen(db.engine, "before_cursor_execute", asked)
    with unit_of_work():
        note(1)
        note(2)
        before = [one for one in said if one.startswith("INSERT")]
    event.remove(db.engine, "before_cursor_execute", asked)

    assert before == []
    assert len([one for one in said if one.startswith("INSERT")]) == 1
    assert written() == [1, 2]


def test_a_save_that_fails_writes_none_of_them() -> None:
    with pytest.raises(LookupError), unit_of_work():
        note(1)
        raise LookupError

    assert written() == []


def test_whoever_reads_them_in_the_save_has_them_written_first() -> None:
    with unit_of_work():
        note(1)
        write_now()
        assert written() == [1]
        note(2)

    assert written() == [1, 2]


def test_outside_a_save_they_would_be_lost_and_are_refused() -> None:
    with pytest.raises(PublishedOutsideASave):
        note(1)
