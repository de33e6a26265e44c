"""Writes the lines of the audit and reads them."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, String, and_, cast, or_, select

from app.audit.events import AuditExported
from app.audit.line_contents import AuditRule, actor_of, data_of, subject_of, summary_of
from app.audit.models import AuditLine
from app.core import clock
from app.core.database import db
from app.core.events import Event, publish
from app.core.pagination import Page, page_of

PER_PAGE = 50
MOST_EXPORTED = 5000


@dataclass(frozen=True, kw_only=True)
class LinesWanted:
    """Which lines are looked for; what is empty does not matter.

    `people` are the ids of those who did it or to whom it was done, None for anybody. `things` are
    pairs of type and id that `thing` was found to mean; a line that only names `thing` counts too.
    """

    people: Collection[int] | None = None
    kind: str = ""
    thing: str = ""
    things: Collection[tuple[str, str]] = ()
    since: datetime | None = None
    until: datetime | None = None


def write_line(event: Event, *, rule: AuditRule) -> None:
    """Write a line in the save that the event belongs to: no deed without its line."""
    db.session.add(
        AuditLine(
            at=clock.now(),
            actor_id=actor_of(event, rule),
            realm=rule.realm,
            kind=event.name,
            subject_type=rule.subject_type,
            subject_id=subject_of(event, rule),
            summary=summary_of(event),
            data=dict(data_of(event, rule)),
        )
    )


def list_lines(wanted: LinesWanted | None = None, *, page: int = 1) -> Page[AuditLine]:
    """Return one page of the lines wanted, newest first."""
    return page_of(_asked(wanted or LinesWanted()), page=page, per_page=PER_PAGE)


def lines_to_export(wanted: LinesWanted) -> Sequence[AuditLine]:
    """Return the newest of the lines wanted, as many as one file holds."""
    return db.session.scalars(_asked(wanted).limit(MOST_EXPORTED)).all()


def note_export(*, lines: int, by: int) -> None:
    """Write down that lines of the audit left the house as a file."""
    publish(AuditExported(lines=lines, exported_by=by))


def _asked(wanted: LinesWanted) -> Select[AuditLine]:
    return select(AuditLine).where(*_conditions(wanted)).order_by(AuditLine.id.desc())


def _conditions(wanted: LinesWanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.people is not None:
        found.append(
            or_(
                AuditLine.actor_id.in_(wanted.people),
                and_(
                    AuditLine.subject_type == "user",
                    AuditLine.subject_id.in_([str(each) for each in wanted.people]),
                ),
            )
        )
    if wanted.kind:
        found.append(AuditLine.kind == wanted.kind)
    if wanted.thing:
        # JSON keeps other than Latin letters as escapes.
        spelled = json.dumps(wanted.thing)[1:-1]
        meant = [
            and_(AuditLine.subject_type == kind, AuditLine.subject_id == id_)
            for kind, id_ in wanted.things
        ]
        found.append(
            or_(
                AuditLine.subject_id == wanted.thing,
                cast(AuditLine.data, String).contains(spelled, autoescape=True),
                *meant,
            )
        )
    if wanted.since:
        found.append(AuditLine.at >= wanted.since)
    if wanted.until:
        found.append(AuditLine.at < wanted.until)
    return found
