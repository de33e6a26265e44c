"""Keeps who saw what, and uncovers personal data for a time and a reason."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, or_, select

from app.core import clock
from app.core.database import db
from app.core.errors import NotFound
from app.core.events import publish
from app.core.pagination import Page, page_of
from app.privacy.events import DataUnmasked, OldViewsForgotten
from app.privacy.levels import PrivacyLevel
from app.privacy.looks import Deed, Look, Subject, SubjectKind, is_same_look
from app.privacy.models import PersonalView, Unmasking
from app.privacy.uncovering import LONGEST_REASON, RULE, Open, ReasonIsNeeded, UnmaskReason, lasts
from app.rules import rule_register
from app.rules import service as rules
from app.rules.rule_book import UnknownRule

PER_PAGE = 50


class NothingOpen(NotFound):
    """Nobody can have printed what he never opened."""

    code = "nothing-open"


@dataclass(frozen=True)
class CallersNamed:
    """How people who called are named, masked, by their ids: asked when a page says who saw them.

    No name is kept beside a look: who is forgotten later has none there either.
    """

    names_of: Callable[[Collection[int]], Mapping[int, str]]


RECORD_CLASS = "view_log"
SWEEP_EVERY = 500
"""Rows written between two looks for rows whose time is over."""
UNSET = timedelta(minutes=10)
"""How long data stays open where the city's rules have not been loaded."""


def note_view(
    subject: Subject,
    *,
    viewer_id: int,
    deed: Deed = Deed.OPENED,
    level: PrivacyLevel | None = None,
    is_unmasked: bool = False,
    address: str = "",
) -> bool:
    """Write down that somebody saw this; say whether it is a new row and no reload."""
    now = Look(at=clock.now(), deed=deed, is_unmasked=is_unmasked, address=address[:64])
    if is_same_look(_last_look(subject, viewer_id=viewer_id, deed=deed), now):
        return False
    row = PersonalView(
        at=now.at,
        viewer_id=viewer_id,
        subject_kind=subject.kind,
        subject_id=subject.id,
        subject_name=subject.name[:64],
        level=level,
        deed=deed,
        is_unmasked=is_unmasked,
        address=now.address,
    )
    db.session.add(row)
    db.session.flush()
    if row.id % SWEEP_EVERY == 0:
        forget_old_views()
    return True


def _last_look(subject: Subject, *, viewer_id: int, deed: Deed) -> Look | None:
    wanted = (
        select(PersonalView)
        .where(
            PersonalView.viewer_id == viewer_id,
            PersonalView.subject_kind == subject.kind,
            PersonalView.subject_id == subject.id,
            PersonalView.deed == deed,
        )
        .order_by(PersonalView.at.desc(), PersonalView.id.desc())
    )
    row = db.session.scalars(wanted.limit(1)).first()
    if row is None:
        return None
    return Look(at=row.at, deed=row.deed, is_unmasked=row.is_unmasked, address=row.address)


def note_print(subject: Subject, *, viewer_id: int, address: str) -> None:
    """Write down that somebody printed what he had open. Raises NothingOpen for anything else."""
    wanted = select(PersonalView).where(PersonalView.viewer_id == viewer_id, _is_of(subject))
    last = db.session.scalars(wanted.order_by(PersonalView.id.desc()).limit(1)).first()
    if last is None:
        raise NothingOpen
    note_view(
        Subject(kind=subject.kind, id=subject.id, name=last.subject_name),
        viewer_id=viewer_id,
        deed=Deed.PRINTED,
        level=last.level,
        is_unmasked=open_for(subject, person_id=viewer_id) is not None,
        address=address,
    )


def views_of(subjects: Collection[Subject], *, page: int = 1) -> Page[PersonalView]:
    """Return who saw any of these, the newest first."""
    return _views(or_(*(_is_of(subject) for subject in subjects)), page=page)


def views_wanted(
    *,
    viewer_ids: Collection[int] | None = None,
    name: str = "",
    deed: Deed | None = None,
    only_unmasked: bool = False,
    page: int = 1,
) -> Page[PersonalView]:
    """Return looks by who looked and by what people call the thing, the newest first."""
    wanted: list[ColumnElement[bool]] = []
    if viewer_ids is not None:
        wanted.append(PersonalView.viewer_id.in_(viewer_ids))
    if name:
        wanted.append(PersonalView.subject_name.startswith(name, autoescape=True))
    if deed is not None:
        wanted.append(PersonalView.deed == deed)
    if only_unmasked:
        wanted.append(PersonalView.is_unmasked.is_(True))
    return _views(*wanted, page=page)


def _views(*wanted: ColumnElement[bool], page: int) -> Page[PersonalView]:
    asked = select(PersonalView).where(*wanted)
    newest = asked.order_by(PersonalView.at.desc(), PersonalView.id.desc())
    return page_of(newest, page=page, per_page=PER_PAGE)


def _is_of(subject: Subject) -> ColumnElement[bool]:
    return and_(PersonalView.subject_kind == subject.kind, PersonalView.subject_id == subject.id)


def unmask(
    subject: Subject,
    *,
    reason_code: UnmaskReason,
    reason: str,
    by: int,
    level: PrivacyLevel | None = None,
    address: str = "",
) -> Open:
    """Uncover this for one person until the rule's time is over. Raises ReasonIsNeeded."""
    words = reason.strip()
    if not words:
        raise ReasonIsNeeded(field="reason")
    now = clock.now()
    until = now + _how_long(now)
    db.session.add(
        Unmasking(
            subject_kind=subject.kind,
            subject_id=subject.id,
            reason_code=reason_code,
            reason=words[:LONGEST_REASON],
            by=by,
            at=now,
            until=until,
        )
    )
    note_view(
        subject, viewer_id=by, deed=Deed.UNMASKED, level=level, is_unmasked=True, address=address
    )
    publish(
        DataUnmasked(
            subject_kind=subject.kind.value,
            subject_id=subject.id,
            reason_code=reason_code.value,
            reason=words[:LONGEST_REASON],
            until=until,
            unmasked_by=by,
        )
    )
    return Open(until=until)


def open_for(subject: Subject, *, person_id: int) -> Open | None:
    """Return until when this person sees it uncovered; None: masked, as always."""
    wanted = select(Unmasking.until).where(
        Unmasking.subject_kind == subject.kind,
        Unmasking.subject_id == subject.id,
        Unmasking.by == person_id,
        Unmasking.until > clock.now(),
    )
    until = db.session.scalar(wanted.order_by(Unmasking.until.desc()).limit(1))
    return Open(until=until) if until is not None else None


def cover_again(subject: Subject, *, person_id: int) -> None:
    """End it before its time: who has seen enough need not leave it open."""
    now = clock.now()
    wanted = select(Unmasking).where(
        Unmasking.subject_kind == subject.kind,
        Unmasking.subject_id == subject.id,
        Unmasking.by == person_id,
        Unmasking.until > now,
    )
    for row in db.session.scalars(wanted):
        row.until = now


def unmaskings_of(subjects: Collection[Subject]) -> list[Unmasking]:
    """Return every time that one of these was uncovered, the newest first."""
    wanted = select(Unmasking).where(
        or_(
            *(
                and_(Unmasking.subject_kind == each.kind, Unmasking.subject_id == each.id)
                for each in subjects
            )
        )
    )
    return list(db.session.scalars(wanted.order_by(Unmasking.at.desc(), Unmasking.id.desc())))


def forget_old_views() -> int:
    """Delete rows whose time is over by the rule of their record class; return how many."""
    now = clock.now()
    keep_days = rules.keep_days(RECORD_CLASS, at=now)
    if keep_days is None:
        return 0
    old = PersonalView.at < now - timedelta(days=keep_days)
    ids = list(db.session.scalars(select(PersonalView.id).where(old)))
    if ids:
        db.session.execute(delete(PersonalView).where(old))
        publish(OldViewsForgotten(rows=len(ids), keep_days=keep_days))
    return len(ids)


def _how_long(now: datetime) -> timedelta:
    try:
        return lasts(rule_register.read_book().limit(RULE, now))
    except UnknownRule:
        return UNSET


__all__ = [
    "CallersNamed",
    "Deed",
    "NothingOpen",
    "Subject",
    "SubjectKind",
    "cover_again",
    "forget_old_views",
    "note_print",
    "note_view",
    "open_for",
    "unmask",
    "unmaskings_of",
    "views_of",
    "views_wanted",
]
