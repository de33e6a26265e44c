"""Duty rosters of a few units of the demonstration, so that somebody can be told at night."""

import csv
from datetime import datetime, time, timedelta
from pathlib import Path

from app.accounts import people_register
from app.core.clock import CITY_TIME
from app.core.permissions import Role
from app.duty_roster import service as duty_roster
from app.duty_roster.roster_rules import DutyPart
from app.organisation import service as organisation

PEOPLE = Path(__file__).parent / "data" / "duty_people.csv"
WEEKS = 3


def seed_rosters(*, now: datetime) -> int:
    """Put the people of `data/duty_people.csv` on duty, week by week; return how many are new.

    A unit that has a register already is left alone. Names and numbers are made up.
    """
    by = next(
        each.id for each in people_register.list_demo_people() if each.role is Role.HOTLINE_MANAGER
    )
    units = {unit.code: unit.id for unit in organisation.list_units()}
    empty = {code for code, unit_id in units.items() if not duty_roster.persons_of(unit_id)}
    today = now.astimezone(CITY_TIME).date()
    monday = datetime.combine(today - timedelta(days=today.weekday()), time(), tzinfo=CITY_TIME)
    rows = [row for row in _rows() if row["unit_code"] in empty]
    for row in rows:
        unit_id = units[row["unit_code"]]
        person_id = duty_roster.set_person(unit_id, name=row["name"], number=row["number"], by=by)
        for week in range(WEEKS):
            begins = monday + week * duty_roster.A_WEEK
            duty_roster.plan(
                unit_id,
                person_id=person_id,
                part=DutyPart(row["part"]),
                begins_at=begins,
                ends_at=begins + duty_roster.A_WEEK,
                by=by,
            )
    return len(rows)


def _rows() -> list[dict[str, str]]:
    with PEOPLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
