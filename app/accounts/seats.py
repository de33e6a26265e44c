"""What the people who take calls know, and whose seats they sit on."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, String, bindparam, cast, func, select

from app.accounts.models import User
from app.core.database import db
from app.core.permissions import Role


@dataclass(frozen=True, kw_only=True)
class Seat:
    """What somebody knows, languages included, and whose seat it is.

    `sub_centre_id` is the unit of a sub-centre's staff, None for the city's own.
    """

    skills: frozenset[str]
    sub_centre_id: int | None


# Each call asks these, and they are built once: building costs more than asking.
_ID_BY_NUMBER = select(User.id).where(User.work_number == bindparam("work_number"))
_ROWS = select(User.id, User.skills, User.languages, User.role, User.unit_id)
_SEATS = _ROWS.where(User.id.in_(bindparam("ids", expanding=True)))


def seats(ids: Collection[int]) -> dict[int, Seat]:
    """Return the seats of these people; ids of nobody are left out."""
    rows = db.session.execute(_SEATS, {"ids": list(set(ids))})
    return {row.id: seat_of(row) for row in rows}


def rows_of_seats() -> Select[int, Any, Any, Role, int | None]:
    """Return the question, for use inside another, for everybody's row that `seat_of` reads."""
    return _ROWS


def seat_of(row: Any) -> Seat:
    """Return the seat of a row that `rows_of_seats` gave."""
    return Seat(
        skills=frozenset(row.skills) | frozenset(row.languages),
        sub_centre_id=row.unit_id if row.role is Role.SUB_CENTRE_AGENT else None,
    )


def id_of_work_number(work_number: str) -> int | None:
    """Return the id of the person with this work number, or None."""
    return db.session.scalar(_ID_BY_NUMBER, {"work_number": work_number.strip()})


def kinds_of_seats() -> Select[int, str]:
    """Return the question, for use inside another, who is alike: id and kind.

    Whoever has the same kind knows the same and sits on the same side; two kinds may be alike.
    """
    unit = func.coalesce(cast(User.unit_id, String), "")
    kind = cast(User.skills, String) + cast(User.languages, String) + cast(User.role, String) + unit
    return select(User.id, kind.label("kind"))
