"""The calendar that is shipped, as a picture without a database."""

import csv
from datetime import date, time
from functools import cache
from pathlib import Path

from app.rules.calendar_history import Said, SaidDay
from app.rules.working_time import OfficeHours, SpecialDay, WorkingTime

SHIPPED = Path(__file__).resolve().parents[2] / "app" / "rules" / "data" / "calendar_days.csv"
HOURS = OfficeHours(
    since=date(2007, 1, 1),
    sessions=((time(8, 30), time(12)), (time(14, 30), time(17, 30))),
)


@cache
def shipped() -> WorkingTime:
    """Give the working time of 2007 to 2026 with the usual office hours."""
    with SHIPPED.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    days = [
        SpecialDay(
            day=date.fromisoformat(row["day"]),
            name=row["name"],
            is_off=row["is_off"] == "1",
            notice=row["notice"],
        )
        for row in rows
    ]
    return WorkingTime(
        years=frozenset(int(row["notice_year"]) for row in rows),
        special={each.day: each for each in days},
        hours=(HOURS,),
    )


def shipped_said() -> Said:
    """Give the same as the first version of a calendar."""
    with SHIPPED.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return Said(
        years={int(row["notice_year"]): row["notice"] for row in rows},
        days=tuple(
            SaidDay(
                day=date.fromisoformat(row["day"]),
                name=row["name"],
                is_off=row["is_off"] == "1",
                year=int(row["notice_year"]),
            )
            for row in rows
        ),
        hours=(HOURS,),
    )
