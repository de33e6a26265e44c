"""History: rows that are only added, and that nobody reads before their save ends.

They need no objects and no numbers of their own, so they are kept until the end of the save and
written together, by one statement for each table. Whoever reads them in the save itself calls
`write_now` first.
"""

from typing import Any

from sqlalchemy import Insert, insert

from app.core import this_save
from app.core.database import Model, db
from app.core.events import PublishedOutsideASave, do_last_in_save

_STATEMENTS: dict[type[Model], Insert] = {}
_WAITING = "rows that are written last"


def write_last(table: type[Model], **row: Any) -> None:
    """Add this row at the end of the save, after those that were told before it.

    Raises PublishedOutsideASave where no unit of work is open.
    """
    save = this_save.current()
    if save is None:
        raise PublishedOutsideASave(table.__name__)
    save.memory.setdefault(_WAITING, {}).setdefault(table, []).append(row)


def write_now() -> None:
    """Write what this save has changed and added so far."""
    db.session.flush()
    save = this_save.current()
    waiting = save.memory.pop(_WAITING, {}) if save is not None else {}
    for table, rows in waiting.items():
        if table not in _STATEMENTS:
            _STATEMENTS[table] = insert(table.__table__)
        db.session.execute(_STATEMENTS[table], rows)


do_last_in_save(write_now)
