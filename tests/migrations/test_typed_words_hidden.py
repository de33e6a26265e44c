"""Lines of the audit from before hold no words that somebody typed, after the step to 0062."""

import importlib.util
from types import ModuleType

import pytest

from app.audit.models import AuditLine
from app.core import clock
from app.core.database import db, unit_of_work
from tests.database import MIGRATIONS

STEP = MIGRATIONS / "versions" / "0062_records_end.py"


@pytest.fixture(scope="module")
def step() -> ModuleType:
    """Load the step itself."""
    spec = importlib.util.spec_from_file_location(STEP.stem, STEP)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("asked", "hidden"),
    [
        ("text=陈启航", "text=○"),
        ("text=陈 启航 的事 state=open", "text=○ state=open"),
        ("text=13912342817 county=441623 opened_from=2026-01-01",
         "text=○ county=441623 opened_from=2026-01-01"),
        ("text=a state=b state=open", "text=○ state=b state=open"),
        ("state=open", "state=open"),
        ("", ""),
    ],
)  # fmt: skip
def test_typed_words_go_and_what_else_was_chosen_stays(
    step: ModuleType, asked: str, hidden: str
) -> None:
    assert step.TYPED.sub("text=○", asked) == hidden


@pytest.mark.postgresql
@pytest.mark.usefixtures("app")
def test_every_line_of_a_search_is_gone_over_and_no_other(
    step: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    with unit_of_work():
        for nth in range(5):
            db.session.add(
                line("results.listed", {"asked": f"text=陈{nth} state=open", "shown": 1})
            )
        db.session.add(line("results.read", {"number": "text=HY1"}))
    monkeypatch.setattr(step, "AT_ONCE", 2)

    with db.engine.begin() as connection:
        monkeypatch.setattr(step.op, "get_bind", lambda: connection, raising=False)
        step._hide_typed_words()

    kept = [each.data for each in db.session.scalars(db.select(AuditLine).order_by(AuditLine.id))]
    assert kept == [{"asked": "text=○ state=open", "shown": 1}] * 5 + [{"number": "text=HY1"}]


def line(kind: str, data: dict[str, object]) -> AuditLine:
    """Make a line as it was written before."""
    return AuditLine(
        at=clock.now(), realm="results", kind=kind, subject_type="ticket", subject_id="1",
        summary=f"audit.{kind}", data=data,
    )  # fmt: skip
