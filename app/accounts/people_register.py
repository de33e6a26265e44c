"""The register of the people who sign in: looked through, changed, and kept when somebody leaves.

Nobody is ever deleted: calls, tickets and the audit name people for years.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, replace

from sqlalchemy import ColumnElement, String, cast, func, or_, select

from app.accounts import contractors, events, service
from app.accounts.models import User
from app.accounts.phone_secrets import take_phone_secret
from app.accounts.refusals import NotYourself
from app.core import clock
from app.core.database import db
from app.core.errors import NotFound
from app.core.events import publish
from app.core.pagination import Page, page_of
from app.core.permissions import Role
from app.core.seen import check_seen

PER_PAGE = 50


@dataclass(frozen=True, kw_only=True)
class PersonWords:
    """What an administrator may change of a person."""

    name: str
    role: Role
    unit_id: int | None
    languages: tuple[str, ...]
    skills: tuple[str, ...]
    contact_number: str
    is_outsourced: bool = False


@dataclass(frozen=True, kw_only=True)
class PeopleWanted:
    """Which people a list shows. `is_active` None means everybody; `knows` is skill or language."""

    text: str = ""
    role: str = ""
    unit_id: int | None = None
    knows: str = ""
    is_active: bool | None = True


@dataclass(frozen=True, kw_only=True)
class Headcount:
    """How many people there are."""

    active: int
    left: int
    locked: int


def list_people(wanted: PeopleWanted, *, page: int = 1) -> Page[User]:
    """Return one page of the people wanted, by work number."""
    asked = select(User).where(*_conditions(wanted)).order_by(User.work_number)
    return page_of(asked, page=page, per_page=PER_PAGE)


def all_people(wanted: PeopleWanted) -> Sequence[User]:
    """Return all people wanted, by work number."""
    asked = select(User).where(*_conditions(wanted)).order_by(User.work_number)
    return db.session.scalars(asked).all()


def list_demo_people() -> Sequence[User]:
    """Return the people of a demonstration who may sign in, by work number."""
    found = select(User).where(User.is_demo, User.is_active).order_by(User.work_number)
    return db.session.scalars(found).all()


def find_people(work_numbers: Collection[str]) -> dict[str, User]:
    """Return the people who have these work numbers, by work number."""
    found = db.session.scalars(select(User).where(User.work_number.in_(set(work_numbers))))
    return {user.work_number: user for user in found}


def knowing(word: str) -> Sequence[User]:
    """Return the active people who have this skill or language, by work number."""
    return all_people(PeopleWanted(knows=word))


def count_people() -> Headcount:
    """Return how many people there are."""
    rows = db.session.execute(select(User.is_active, func.count()).group_by(User.is_active))
    counted = {bool(is_active): int(count) for is_active, count in rows}
    locked = select(func.count()).where(User.is_active, User.locked_until > clock.now())
    return Headcount(
        active=counted.get(True, 0),
        left=counted.get(False, 0),
        locked=int(db.session.execute(locked).scalar_one()),
    )


def words_of(user: User) -> PersonWords:
    """Return what may be changed of a person."""
    return PersonWords(
        name=user.name,
        role=user.role,
        unit_id=user.unit_id,
        languages=tuple(sorted(user.languages)),
        skills=tuple(sorted(user.skills)),
        contact_number=user.contact_number,
        is_outsourced=user.is_outsourced,
    )


def edit_person(user_id: int, words: PersonWords, *, seen: str | None, edited_by: int) -> bool:
    """Change what the register says of a person; return whether anything changed.

    `seen` is the mark of what the form showed; None where the file of an import says what is to
    be. Another role, unit or employer ends the person's sessions. Raises NotFound,
    ChangedMeanwhile, RoleNotForOutsourced, and NotYourself for one's own role or employer.
    """
    user = _locked(user_id)
    shown = words_of(user)
    if words.role is Role.OUTSOURCED_AGENT:
        words = replace(words, is_outsourced=True)
    if words == shown:
        return False
    if seen is not None:
        check_seen(seen, asdict(shown))
    if words.role is not shown.role:
        _refuse_oneself(user_id, edited_by, field="role")
    if words.is_outsourced is not shown.is_outsourced:
        _refuse_oneself(user_id, edited_by, field="is_outsourced")
    user.is_outsourced = contractors.check_role(words.role, is_outsourced=words.is_outsourced)
    user.name, user.role, user.unit_id = words.name, words.role, words.unit_id
    user.languages, user.skills = list(words.languages), list(words.skills)
    user.contact_number = words.contact_number
    db.session.flush()
    changed = [name for name, value in asdict(words).items() if value != getattr(shown, name)]
    publish(events.PersonEdited(user_id=user_id, fields=" ".join(changed), edited_by=edited_by))
    if {"role", "unit_id", "is_outsourced"}.intersection(changed):
        service.bump_epoch(user_id)
    return True


def let_go(user_id: int, *, by: int) -> None:
    """Let a person sign in no more; sessions and phone end now. Raises NotFound, NotYourself."""
    _refuse_oneself(user_id, by)
    user = _locked(user_id)
    if not user.is_active:
        return
    user.is_active = False
    publish(events.PersonLeft(user_id=user_id, left_by=by))
    take_phone_secret(user_id)
    service.bump_epoch(user_id)


def take_back(user_id: int, *, by: int) -> None:
    """Let a person who left sign in again, with a new password. Raises NotFound."""
    user = _locked(user_id)
    if user.is_active:
        return
    user.is_active = True
    publish(events.PersonReturned(user_id=user_id, returned_by=by))


def reset_second_step(user_id: int, *, by: int) -> None:
    """Take away a second step whose phone and codes are lost; sessions end. Raises NotFound."""
    user = _locked(user_id)
    if not user.totp_on:
        return
    user.totp_on, user.totp_secret = False, None
    service.forget_recovery_codes(user)
    publish(events.SecondStepReset(user_id=user_id, reset_by=by))
    service.bump_epoch(user_id)


def end_sessions(user_id: int, *, by: int) -> None:
    """End a person's sessions everywhere. Raises NotFound."""
    _locked(user_id)
    publish(events.SessionsEnded(user_id=user_id, ended_by=by))
    service.bump_epoch(user_id)


def unlock(user_id: int, *, by: int) -> None:
    """Open a person's lock before its time. Raises NotFound."""
    user = _locked(user_id)
    user.failed_count, user.locked_until = 0, None
    publish(events.UserUnlocked(user_id=user_id, unlocked_by=by))


def give_skills(
    ids: Collection[int],
    *,
    give: Iterable[str],
    take: Iterable[str],
    by: int,
    are_languages: bool = False,
) -> int:
    """Give these people skills and take others from them; return how many people changed."""
    column = "languages" if are_languages else "skills"
    given, taken, changed = set(give), set(take), 0
    asked = select(User).where(User.id.in_(set(ids))).order_by(User.id).with_for_update()
    for user in db.session.scalars(asked):
        before = sorted(getattr(user, column))
        after = sorted({*before, *given} - taken)
        if after == before:
            continue
        setattr(user, column, after)
        changed += 1
        publish(events.PersonEdited(user_id=user.id, fields=column, edited_by=by))
    return changed


def note_export(*, count: int, is_masked: bool, by: int) -> None:
    """Write down that a list of people left the house as a file."""
    publish(events.PeopleExported(count=count, is_masked=is_masked, exported_by=by))


def note_import(*, added: int, changed: int, by: int) -> None:
    """Write down that people came out of a file."""
    publish(events.PeopleImported(added=added, changed=changed, imported_by=by))


def _conditions(wanted: PeopleWanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if text := wanted.text.strip():
        found.append(
            or_(
                User.work_number.startswith(text, autoescape=True),
                User.name.contains(text, autoescape=True),
            )
        )
    if wanted.role in set(Role):
        found.append(User.role == Role(wanted.role))
    if wanted.unit_id is not None:
        found.append(User.unit_id == wanted.unit_id)
    if wanted.knows:
        # Both lists are short JSON arrays of plain words: a quoted word stands in them or not.
        word = f'"{wanted.knows}"'
        found.append(
            or_(
                cast(User.skills, String).contains(word, autoescape=True),
                cast(User.languages, String).contains(word, autoescape=True),
            )
        )
    if wanted.is_active is not None:
        found.append(User.is_active.is_(wanted.is_active))
    return found


def _locked(user_id: int) -> User:
    user = db.session.scalar(select(User).where(User.id == user_id).with_for_update())
    if user is None:
        raise NotFound
    return user


def _refuse_oneself(user_id: int, by: int, *, field: str | None = None) -> None:
    """Nobody locks himself out, and the last administrator cannot go by mistake."""
    if user_id == by:
        raise NotYourself(field=field)
