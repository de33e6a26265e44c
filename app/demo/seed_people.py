"""The people of the demonstration: one of each role, four at the desks. Names are made up."""

import csv
from pathlib import Path

from app.accounts import service as accounts
from app.organisation import service as organisation

NOBODYS = "1540769"
"""How the made-up telephones begin: no carrier gives such numbers out."""
PEOPLE = Path(__file__).parent / "data" / "people.csv"


def seed_people() -> int:
    """Add the people of `data/people.csv` who are missing; return how many.

    All have the demonstration's password, which the sign-in page shows; a live site refuses them.
    """
    units = {unit.code: unit.id for unit in organisation.list_units()}
    added = 0
    for row in _rows():
        if accounts.find_by_work_number(row["work_number"]) is not None:
            continue
        accounts.create_person(
            row["work_number"],
            name=row["name"],
            role=row["role"],
            password=accounts.DEMO_PASSWORD,
            unit_id=units[row["unit_code"]],
            languages=row["languages"].split(),
            skills=row["skills"].split(),
            contact_number=f"{NOBODYS}{row['work_number']}",
            is_demo=True,
        )
        added += 1
    return added


def _rows() -> list[dict[str, str]]:
    with PEOPLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
