"""Marks against misuse, what a shift leader made of them, and appeals against that."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, select

from app.callers import service
from app.callers.events import (
    AppealDecided,
    AppealReceived,
    EvidenceTaken,
    MisuseDecided,
    MisuseMarked,
)
from app.callers.misuse_rules import (
    MarkIsDecided,
    MarkPicture,
    Measure,
    RestrictionLevel,
    check_may_confirm,
    check_may_decide_appeal,
)
from app.callers.misuse_states import AppealState, MarkState
from app.callers.models import CallerRestriction, MisuseMark, RestrictionAppeal
from app.core import clock
from app.core.database import db
from app.core.errors import Conflict, NotFound
from app.core.events import publish
from app.core.phone_numbers import ERASED, normalise

__all__ = ["CallerRestriction", "MisuseMark", "RestrictionAppeal"]


class NoSuchMark(NotFound):
    """No mark against misuse has this id."""

    code = "misuse-not-found"


class NoSuchAppeal(NotFound):
    """No appeal has this id."""

    code = "appeal-not-found"


class CaseIsErased(Conflict):
    """The number's owner was forgotten on request: nothing is left that could be handed over."""

    code = "misuse-erased"


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What holds for a number now: levels with their daily limits, and who is to take its calls."""

    levels: tuple[tuple[RestrictionLevel, int | None], ...] = ()
    special_agent_id: int | None = None


def mark(number: str, *, call_id: int, words: str, was_warned: bool, by: int) -> MisuseMark | None:
    """Mark a call as misuse; a shift leader decides. A withheld number cannot be marked: None.

    A call is marked once: what is said again is added to the words.
    """
    normalised = normalise(number)
    if not normalised:
        return None
    row = db.session.scalar(select(MisuseMark).where(MisuseMark.call_id == call_id))
    if row is not None:
        if words.strip() and words.strip() not in row.words:
            row.words = f"{row.words}\n{words.strip()}".strip()
        if was_warned and row.warned_at is None:
            row.warned_at, row.warned_by = clock.now(), by
        return row
    now = clock.now()
    row = MisuseMark(
        number=normalised,
        call_id=call_id,
        words=words.strip(),
        marked_by=by,
        marked_at=now,
        state=MarkState.TO_DECIDE,
        warned_at=now if was_warned else None,
        warned_by=by if was_warned else None,
    )
    db.session.add(row)
    db.session.flush()
    publish(MisuseMarked(mark_id=row.id, call_id=call_id, marked_by=by))
    return row


def get_mark(mark_id: int) -> MisuseMark:
    """Return a mark. Raises NoSuchMark."""
    row = db.session.get(MisuseMark, mark_id)
    if row is None:
        raise NoSuchMark
    return row


def note_warned(mark_id: int, *, by: int) -> None:
    """Note that the caller was told the warning: in a later call, or in this one after all."""
    row = _locked(mark_id)
    if row.warned_at is None:
        row.warned_at, row.warned_by = clock.now(), by


def confirm(
    mark_id: int, measure: Measure, *, words: str, heard_by: Collection[int], by: int
) -> CallerRestriction:
    """Restrict the number for a time. Raises what `check_may_confirm` raises, and NoSuchMark."""
    row = _locked(mark_id)
    picture = MarkPicture(
        state=row.state, is_warned=row.warned_at is not None, heard_by=frozenset(heard_by)
    )
    check_may_confirm(picture, measure, by=by)
    until = clock.now() + timedelta(days=measure.days)
    restriction = service.restrict(row.number, until=until, why=words, put_by=by)
    restriction.level = measure.level
    restriction.daily_limit = measure.daily_limit
    restriction.special_agent_id = measure.special_agent_id
    restriction.mark_id = row.id
    _decide(row, MarkState.CONFIRMED, words=words, by=by)
    return restriction


def dismiss(mark_id: int, *, words: str, by: int) -> None:
    """Say that it was no misuse. Raises NoSuchMark, RestrictionNeedsReason, MarkIsDecided."""
    row = _locked(mark_id)
    if row.state is not MarkState.TO_DECIDE:
        raise MarkIsDecided
    if not words.strip():
        raise service.RestrictionNeedsReason(field="words")
    _decide(row, MarkState.DISMISSED, words=words, by=by)


def _decide(row: MisuseMark, state: MarkState, *, words: str, by: int) -> None:
    row.state, row.decision = state, words.strip()
    row.decided_at, row.decided_by = clock.now(), by
    publish(MisuseDecided(mark_id=row.id, call_id=row.call_id, decision=state.value, decided_by=by))


def appeal(restriction_id: int, *, words: str, received_by: int) -> RestrictionAppeal:
    """Write down that somebody appeals. Raises UnknownRestriction, RestrictionNeedsReason."""
    held = db.session.get(CallerRestriction, restriction_id)
    if held is None or held.lifted_at is not None:
        raise service.UnknownRestriction
    if not words.strip():
        raise service.RestrictionNeedsReason(field="words")
    row = RestrictionAppeal(
        restriction_id=restriction_id,
        words=words.strip(),
        received_by=received_by,
        received_at=clock.now(),
        state=AppealState.OPEN,
    )
    db.session.add(row)
    db.session.flush()
    publish(
        AppealReceived(appeal_id=row.id, restriction_id=restriction_id, received_by=received_by)
    )
    return row


def decide_appeal(appeal_id: int, *, is_granted: bool, words: str, by: int) -> None:
    """Lift the restriction, or leave it. Raises NoSuchAppeal, MarkIsDecided, DecidesOwn."""
    row = db.session.get(RestrictionAppeal, appeal_id, with_for_update=True)
    if row is None:
        raise NoSuchAppeal
    held = db.session.get_one(CallerRestriction, row.restriction_id)
    check_may_decide_appeal(row.state, put_by=held.put_by, by=by)
    if not words.strip():
        raise service.RestrictionNeedsReason(field="words")
    row.state = AppealState.GRANTED if is_granted else AppealState.REFUSED
    row.decision, row.decided_by, row.decided_at = words.strip(), by, clock.now()
    if is_granted and held.lifted_at is None:
        service.lift_restriction(held.id, lifted_by=by)
    publish(
        AppealDecided(
            appeal_id=row.id, restriction_id=held.id, decision=row.state.value, decided_by=by
        )
    )


def marks_in(states: Collection[MarkState], *, limit: int = 100) -> list[MisuseMark]:
    """Return marks by where they stand, the newest first."""
    wanted = select(MisuseMark).where(MisuseMark.state.in_(states))
    return list(db.session.scalars(wanted.order_by(MisuseMark.id.desc()).limit(limit)))


def calls_of_marks(mark_ids: Collection[int]) -> dict[int, int]:
    """Return by mark the call that it is about."""
    wanted = select(MisuseMark.id, MisuseMark.call_id).where(MisuseMark.id.in_(mark_ids))
    return {row.id: row.call_id for row in db.session.execute(wanted)}


def restrictions_of(mark_id: int) -> list[CallerRestriction]:
    """Return what was put because of a mark, oldest first."""
    wanted = select(CallerRestriction).where(CallerRestriction.mark_id == mark_id)
    return list(db.session.scalars(wanted.order_by(CallerRestriction.id)))


def marks_of_case(mark_id: int) -> list[MisuseMark]:
    """Return every mark against the number of this one, oldest first: they are one case.

    A case is a number's and not a person's: who misuses the hotline gives what name he likes.
    Raises NoSuchMark, CaseIsErased.
    """
    number = get_mark(mark_id).number
    if number == ERASED:
        raise CaseIsErased
    wanted = select(MisuseMark).where(MisuseMark.number == number)
    return list(db.session.scalars(wanted.order_by(MisuseMark.marked_at, MisuseMark.id)))


def restrictions_of_number(number: str) -> list[CallerRestriction]:
    """Return everything that was ever put on a normalised number, oldest first."""
    wanted = select(CallerRestriction).where(CallerRestriction.number == number)
    return list(db.session.scalars(wanted.order_by(CallerRestriction.id)))


def note_evidence_taken(
    mark_id: int, *, reason: str, reference: str, sha256: str, files: int, taken_by: int
) -> None:
    """Tell that a case was taken out as a file; the audit keeps it."""
    publish(
        EvidenceTaken(
            mark_id=mark_id,
            reason=reason,
            reference=reference,
            sha256=sha256,
            files=files,
            taken_by=taken_by,
        )
    )


def held_now() -> list[CallerRestriction]:
    """Return the restrictions that hold now, those that end first on top."""
    return list(
        db.session.scalars(
            select(CallerRestriction)
            .where(*_holds(clock.now()))
            .order_by(CallerRestriction.valid_until, CallerRestriction.id)
        )
    )


def appeals_of(restriction_ids: Collection[int]) -> list[RestrictionAppeal]:
    """Return the appeals against these restrictions, oldest first."""
    wanted = select(RestrictionAppeal).where(RestrictionAppeal.restriction_id.in_(restriction_ids))
    return list(db.session.scalars(wanted.order_by(RestrictionAppeal.id)))


def standing_of(number: str, *, at: datetime) -> Standing:
    """Return what holds for a normalised number at `at`; a withheld one is never restricted."""
    if not number:
        return Standing()
    held = list(db.session.scalars(_HELD, {"number": number, "at": at}))
    agents = [each.special_agent_id for each in held if each.special_agent_id is not None]
    return Standing(
        levels=tuple((each.level, each.daily_limit) for each in held),
        special_agent_id=agents[-1] if agents else None,
    )


def _holds(at: Any) -> tuple[ColumnElement[bool], ...]:
    return (
        CallerRestriction.valid_from <= at,
        CallerRestriction.valid_until > at,
        CallerRestriction.lifted_at.is_(None),
    )


# Each call asks it, and it is built once: building costs more than asking.
_HELD = (
    select(CallerRestriction)
    .where(CallerRestriction.number == bindparam("number"), *_holds(bindparam("at")))
    .order_by(CallerRestriction.id)
)


def _locked(mark_id: int) -> MisuseMark:
    row = db.session.get(MisuseMark, mark_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NoSuchMark
    return row
