"""Writes the lines of the audit and reads them."""

from sqlalchemy import select

from app.audit.line_contents import AuditRule, actor_of, data_of, subject_of, summary_of
from app.audit.models import AuditLine
from app.core import clock
from app.core.database import db
from app.core.events import Event
from app.core.pagination import Page, page_of

PER_PAGE = 50


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


def list_lines(*, page: int = 1) -> Page[AuditLine]:
    """Return one page of lines, newest first."""
    return page_of(select(AuditLine).order_by(AuditLine.id.desc()), page=page, per_page=PER_PAGE)
