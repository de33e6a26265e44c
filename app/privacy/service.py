"""Keeps who saw what, and uncovers personal data for a time and a reason."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, and_, delete, or_, select

from app.core import clock
from app.core.database import db
from app.core.errors import NotFound
from app.core.events import publish
from app.core.pagination import Page, page_of
from app.privacy.events import DataUnmasked
from app.privacy.levels import PrivacyLevel
from app.privacy.looks import Deed, Look, Subject, SubjectKind, is_same_look
from app.privacy.models import PersonalView, Unmasking
from app.privacy.uncovering import LONGEST_REASON, RULE, Open, ReasonIsNeeded, UnmaskReason, lasts
from app.rules import rule_register
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


def old_views(
    before: datetime, *, after: tuple[datetime, int] | None, most: int
) -> list[PersonalView]:
    """Return the next looks from before a moment, oldest first; `after`: the last one seen."""
    wanted = select(PersonalView).where(PersonalView.at < before)
    if after is not None:
        moment, last = after
        is_behind = or_(PersonalView.at > moment, PersonalView.id > last)
        wanted = wanted.where(and_(PersonalView.at >= moment, is_behind))
    wanted = wanted.order_by(PersonalView.at, PersonalView.id).limit(most)
    return list(db.session.scalars(wanted))


def forget_views(view_ids: Collection[int]) -> int:
    """Delete these looks; return how many were still there."""
    gone = delete(PersonalView).where(PersonalView.id.in_(view_ids))
    return int(cast(CursorResult[Any], db.session.execute(gone)).rowcount)


def forget_unmaskings(before: datetime, *, but_not: Mapping[SubjectKind, Collection[int]]) -> int:
    """Delete why data was uncovered before a moment, as far as it is over; return how many.

    `but_not` names whose data is held.
    """
    held = [
        and_(Unmasking.subject_kind == kind, Unmasking.subject_id.in_(ids))
        for kind, ids in but_not.items()
    ]
    old = [Unmasking.at < before, Unmasking.until < before, *(~each for each in held)]
    gone = db.session.execute(delete(Unmasking).where(*old))
    return int(cast(CursorResult[Any], gone).rowcount)


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
    "forget_unmaskings",
    "forget_views",
    "note_print",
    "note_view",
    "old_views",
    "open_for",
    "unmask",
    "unmaskings_of",
    "views_of",
    "views_wanted",
]
