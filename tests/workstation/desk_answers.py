"""What a desk is answered, and how many rows there are after it."""

from typing import Any

from app.core.database import db
from tests.calls.line_news import Line


def rows(model: Any) -> int:
    db.session.rollback()
    return int(db.session.execute(db.select(db.func.count()).select_from(model)).scalar_one())


def at(line: Line, what: str) -> str:
    return f"/desk/calls/{line.call().id}/{what}"


def refused(answer: Any, status: int, field: str | None = None) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    refusal: dict[str, Any] = answer.get_json()["refusal"]
    assert refusal["message"]
    assert not refusal["message"].startswith("refusal."), "a key is no sentence"
    if field is not None:
        assert refusal["field"] == field or field in refusal["fields"], refusal
    return refusal
