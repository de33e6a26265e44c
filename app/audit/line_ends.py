"""Deletes lines of the audit whose time is over; lines about what is held stay (ADR 0054)."""

from sqlalchemy import delete, select

from app.audit.models import AuditLine
from app.core.database import db
from app.keeping import holding
from app.keeping.rounds import Batch, Due, Place, Work

RECORD_CLASS = "audit_log"
AT_ONCE = 1000


def delete_due(due: Due, after: Place | None) -> Batch:
    """Delete the next lines from before the round's moment, oldest first."""
    wanted = select(
        AuditLine.id, AuditLine.at, AuditLine.subject_type, AuditLine.subject_id, AuditLine.data
    ).where(AuditLine.at < due.before)
    if after is not None:
        moment, last = after
        is_behind = (AuditLine.at > moment) | (AuditLine.id > last)
        wanted = wanted.where(AuditLine.at >= moment, is_behind)
    found = db.session.execute(wanted.order_by(AuditLine.at, AuditLine.id).limit(AT_ONCE)).all()
    held = holding.held_things()
    kept = {
        line_id
        for line_id, _at, kind, subject, data in found
        if not held.is_nothing and held.covers(kind, subject, data)
    }
    going = [line.id for line in found if line.id not in kept]
    db.session.execute(delete(AuditLine).where(AuditLine.id.in_(going)))
    is_more = len(found) == AT_ONCE
    return Batch(
        deleted=len(going), held=len(kept), last=(found[-1].at, found[-1].id) if is_more else None
    )


WORK = Work(record_class=RECORD_CLASS, step=delete_due)
