"""What can be done with the people who sign in.

Proving a password takes thirty milliseconds of computing; it happens before the save that notes
its outcome, so that a shift change does not queue up behind the one writer of SQLite.
"""

import re
from collections.abc import Collection, Sequence

from sqlalchemy import bindparam, select, update

from app.accounts import contractors, events, lockout, second_step
from app.accounts.lockout import Tries
from app.accounts.models import FormerPassword, RecoveryCode, User
from app.accounts.password_hashing import (
    first_password,
    hash_code,
    hash_password,
    is_password,
    needs_rehash,
    new_recovery_codes,
)
from app.accounts.password_policy import HISTORY, Weakness, weakness_of
from app.accounts.phone_secrets import renew_phone_secret, secrets_of_phones, take_phone_secret
from app.accounts.refusals import (
    SecondStepIsOn,
    UnfitWorkNumber,
    WeakPassword,
    WorkNumberTaken,
    WrongCode,
    WrongPassword,
)
from app.accounts.seats import id_of_work_number as id_of_work_number
from app.accounts.seats import kinds_of_seats as kinds_of_seats
from app.accounts.seats import rows_of_seats as rows_of_seats
from app.accounts.seats import seat_of as seat_of
from app.accounts.seats import seats
from app.accounts.sign_in_steps import Proof, SignInAnswer, SignInStep
from app.core import clock
from app.core.database import db
from app.core.errors import Invalid, NotFound
from app.core.events import publish
from app.core.languages import FIRST_LANGUAGE, LOCALES
from app.core.permissions import Role
from app.core.sign_in import SignedInPerson

__all__ = ["renew_phone_secret", "seats", "secrets_of_phones", "take_phone_secret"]

_BY_NUMBER = select(User).where(User.work_number == bindparam("work_number"))
WORK_NUMBER = re.compile(r"[0-9]{3,12}")  # what the sign-in takes and every exchange can ring

# Shown on the sign-in page of a demonstration, and worth nothing anywhere else.
DEMO_PASSWORD = "Heyuan-12345"  # noqa: S105  # demo people are refused on a live site


# --- people ----------------------------------------------------------------------------------


def get_person(user_id: int) -> User:
    """Return a person; raises NotFound."""
    user = db.session.get(User, user_id)
    if user is None:
        raise NotFound
    return user


def people(ids: Collection[int]) -> dict[int, User]:
    """Return the people with these ids, by id; ids of nobody are left out."""
    found = db.session.scalars(select(User).where(User.id.in_(set(ids))))
    return {user.id: user for user in found}


def find_by_work_number(work_number: str) -> User | None:
    """Return the person with this work number, or None."""
    return db.session.scalar(_BY_NUMBER, {"work_number": work_number.strip()})


def list_people() -> Sequence[User]:
    """Return everybody, by work number."""
    return db.session.scalars(select(User).order_by(User.work_number)).all()


def create_person(
    work_number: str,
    *,
    name: str,
    role: Role | str,
    password: str,
    unit_id: int | None = None,
    languages: Sequence[str] = (),
    skills: Sequence[str] = (),
    contact_number: str = "",
    locale: str = FIRST_LANGUAGE,
    password_hash: str | None = None,
    is_demo: bool = False,
    is_outsourced: bool = False,
    must_change_password: bool = False,
    added_by: int | None = None,
) -> User:
    """Let somebody sign in from now on.

    `work_number` is digits; exchanges ring the person's phone under it. `password_hash` is that of
    the password where it was reckoned before the save. Raises UnfitWorkNumber, WorkNumberTaken,
    WeakPassword or RoleNotForOutsourced.
    """
    if not WORK_NUMBER.fullmatch(work_number):
        raise UnfitWorkNumber(field="work_number")
    if find_by_work_number(work_number) is not None:
        raise WorkNumberTaken(field="work_number", work_number=work_number)
    _refuse_weak(password, work_number=work_number)
    outsourced = contractors.check_role(Role(role), is_outsourced=is_outsourced)
    at = clock.now()
    user = User(
        work_number=work_number,
        name=name,
        role=Role(role),
        password_hash=password_hash or hash_password(password),
        unit_id=unit_id,
        languages=list(languages),
        skills=list(skills),
        contact_number=contact_number,
        locale=locale,
        is_demo=is_demo,
        is_outsourced=outsourced,
        must_change_password=must_change_password,
        password_changed_at=at,
        created_at=at,
    )
    db.session.add(user)
    db.session.flush()
    publish(events.PersonAdded(user_id=user.id, role=str(user.role), added_by=added_by))
    return user


def choose_language(user_id: int, *, locale: str) -> None:
    """Remember what this person reads: `zh-CN` or `en`. Raises Invalid for anything else."""
    if locale not in LOCALES:
        raise Invalid(field="locale")
    get_person(user_id).locale = locale
    publish(events.LanguageChosen(user_id=user_id, locale=locale))


# --- signing in ------------------------------------------------------------------------------


def load_signed_in(user_id: int, epoch: int, *, allows_demo: bool) -> SignedInPerson | None:
    """Return the picture of a signed-in person, or None when the session is not valid any more."""
    user = db.session.get(User, user_id)
    if user is None or user.epoch != epoch or not _may_enter(user, allows_demo=allows_demo):
        return None
    return picture_of(user)


def picture_of(user: User) -> SignedInPerson:
    """Copy what pages need to know about the person who signed in."""
    return SignedInPerson(
        id=user.id,
        epoch=user.epoch,
        work_number=user.work_number,
        name=user.name,
        role=str(user.role),
        unit_id=user.unit_id,
        locale=user.locale,
        must_change_password=user.must_change_password,
        is_outsourced=contractors.is_barred(user.role, is_outsourced=user.is_outsourced),
    )


def prove_password(work_number: str, *, password: str) -> Proof:
    """Compare a password. Takes as long for an unknown number as for a known one; saves nothing."""
    user = find_by_work_number(work_number)
    kept = user.password_hash if user else None
    is_right = is_password(password, kept)
    is_old = is_right and kept is not None and needs_rehash(kept)
    return Proof(
        user_id=user.id if user else None,
        work_number=work_number.strip(),
        is_right=is_right,
        new_hash=hash_password(password) if is_old else None,
    )


def settle_password(proof: Proof, *, address: str, allows_demo: bool) -> SignInAnswer:
    """Note the outcome of a password, count it, and say what comes next."""
    user = _locked_row(proof.user_id)
    if user is None or not _may_enter(user, allows_demo=allows_demo):
        return _refuse(None, proof.work_number, reason="unknown", address=address)
    if minutes := _minutes_locked(user):
        return SignInAnswer(step=SignInStep.LOCKED, user_id=user.id, minutes=minutes)
    if not proof.is_right:
        return _refuse(user, proof.work_number, reason="password", address=address)
    if proof.new_hash:
        user.password_hash = proof.new_hash
    if user.totp_on:
        return SignInAnswer(step=SignInStep.CODE_NEEDED, user_id=user.id)
    return _admit(user, with_second_step=False, address=address)


def settle_code(user_id: int, *, code: str, address: str) -> SignInAnswer:
    """Note the second step: six digits of the code app, or a recovery code."""
    user = _locked_row(user_id)
    if user is None or not user.is_active or not user.totp_on:
        return SignInAnswer(step=SignInStep.REFUSED)
    if minutes := _minutes_locked(user):
        return SignInAnswer(step=SignInStep.LOCKED, user_id=user.id, minutes=minutes)
    if not (_use_digits(user, code) or _use_recovery_code(user, code)):
        return _refuse(user, user.work_number, reason="code", address=address)
    return _admit(user, with_second_step=True, address=address)


def sign_out(user_id: int) -> None:
    """Leave: a copied cookie opens nothing afterwards, and all pages of the person go."""
    publish(events.UserSignedOut(user_id=user_id))
    bump_epoch(user_id)


def bump_epoch(user_id: int) -> int:
    """End all sessions of a person and return the epoch of the next ones."""
    user = get_person(user_id)
    user.epoch += 1
    db.session.flush()
    publish(events.SessionsRevoked(user_id=user.id, epoch=user.epoch))
    return user.epoch


def unlock(user_id: int) -> None:
    """Open a lock before its time."""
    user = get_person(user_id)
    user.failed_count, user.locked_until = 0, None
    publish(events.UserUnlocked(user_id=user.id))


def _may_enter(user: User, *, allows_demo: bool) -> bool:
    return user.is_active and (allows_demo or not user.is_demo)


def _locked_row(user_id: int | None) -> User | None:
    """Fetch a person so that two proofs at once are counted as two (PostgreSQL; SQLite waits)."""
    if user_id is None:
        return None
    wanted = select(User).where(User.id == user_id).with_for_update()
    return db.session.scalar(wanted)


def _minutes_locked(user: User) -> int:
    return lockout.minutes_left(Tries(user.failed_count, user.locked_until), at=clock.now())


def _refuse(user: User | None, work_number: str, *, reason: str, address: str) -> SignInAnswer:
    user_id = user.id if user else None
    publish(
        events.SignInFailed(
            user_id=user_id, work_number=work_number[:16], reason=reason, address=address
        )
    )
    if user is None:
        return SignInAnswer(step=SignInStep.REFUSED)
    tries = lockout.after_failure(Tries(user.failed_count, user.locked_until), at=clock.now())
    user.failed_count, user.locked_until = tries.failed_count, tries.locked_until
    if tries.locked_until is None:
        return SignInAnswer(step=SignInStep.REFUSED, user_id=user.id)
    publish(events.UserLocked(user_id=user.id, locked_until=tries.locked_until))
    return SignInAnswer(step=SignInStep.LOCKED, user_id=user.id, minutes=_minutes_locked(user))


def _admit(user: User, *, with_second_step: bool, address: str) -> SignInAnswer:
    user.failed_count, user.locked_until = 0, None
    user.signed_in_at = clock.now()
    publish(
        events.UserSignedIn(user_id=user.id, with_second_step=with_second_step, address=address)
    )
    return SignInAnswer(step=SignInStep.IN, user_id=user.id)


# --- passwords -------------------------------------------------------------------------------


def weigh_password(user_id: int, *, present: str, new: str) -> str:
    """Return the hash of a new password that may be taken. Raises WrongPassword or WeakPassword.

    Compares with up to six hashes, a fifth of a second of computing: ask outside a save.
    """
    user = get_person(user_id)
    if not is_password(present, user.password_hash):
        raise WrongPassword(field="present_password")
    _refuse_weak(new, work_number=user.work_number)
    if any(is_password(new, kept) for kept in _kept_hashes(user)):
        raise WeakPassword(Weakness.USED_BEFORE)
    return hash_password(new)


def change_password(user_id: int, *, weighed_hash: str) -> SignedInPerson:
    """Take a password that was weighed; all older sessions end. Returns the new picture."""
    user = get_person(user_id)
    _set_password(user, weighed_hash, must_change=False)
    return picture_of(user)


def reset_password(user_id: int, *, by: int | None = None) -> str:
    """Give a person a password for one sign-in and return it; the next page asks for another."""
    user = get_person(user_id)
    new = first_password()
    _set_password(user, hash_password(new), must_change=True, by=by)
    user.failed_count, user.locked_until = 0, None
    return new


def _set_password(user: User, new_hash: str, *, must_change: bool, by: int | None = None) -> None:
    at = clock.now()
    former = FormerPassword(user_id=user.id, password_hash=user.password_hash, ended_at=at)
    db.session.add(former)
    user.password_hash = new_hash
    user.password_changed_at, user.must_change_password = at, must_change
    publish(events.PasswordChanged(user_id=user.id, is_reset=must_change, changed_by=by))
    bump_epoch(user.id)


def _kept_hashes(user: User) -> list[str]:
    recent = (
        select(FormerPassword.password_hash)
        .where(FormerPassword.user_id == user.id)
        .order_by(FormerPassword.id.desc())
        .limit(HISTORY - 1)
    )
    return [user.password_hash, *db.session.scalars(recent)]


def _refuse_weak(password: str, *, work_number: str) -> None:
    if weakness := weakness_of(password, work_number=work_number):
        raise WeakPassword(weakness)


# --- second step -----------------------------------------------------------------------------


def begin_second_step(user_id: int) -> None:
    """Make a secret for a code app; nothing is asked for until `confirm_second_step`."""
    user = get_person(user_id)
    if user.totp_on:
        raise SecondStepIsOn
    user.totp_secret = second_step.new_secret()


def confirm_second_step(user_id: int, *, code: str) -> list[str]:
    """Switch the second step on after one right code; return the recovery codes, shown once."""
    user = get_person(user_id)
    if user.totp_on:
        raise SecondStepIsOn
    if not _use_digits(user, code):
        raise WrongCode(field="code")
    user.totp_on = True
    codes = new_recovery_codes()
    forget_recovery_codes(user)
    db.session.add_all([RecoveryCode(user_id=user.id, code_hash=hash_code(each)) for each in codes])
    publish(events.TotpEnabled(user_id=user.id))
    return codes


def end_second_step(user_id: int, *, password: str) -> None:
    """Switch the second step off again. Raises WrongPassword."""
    user = get_person(user_id)
    if not is_password(password, user.password_hash):
        raise WrongPassword(field="password")
    user.totp_on, user.totp_secret = False, None
    forget_recovery_codes(user)
    publish(events.TotpDisabled(user_id=user.id))


def _use_digits(user: User, code: str) -> bool:
    step = user.totp_secret and second_step.matching_step(
        user.totp_secret, code, at=clock.now(), last_step=user.last_totp_step
    )
    if not step:
        return False
    user.last_totp_step = step
    return True


def _use_recovery_code(user: User, code: str) -> bool:
    unused = RecoveryCode.user_id == user.id, RecoveryCode.used_at.is_(None)
    found = db.session.scalar(
        select(RecoveryCode).where(*unused, RecoveryCode.code_hash == hash_code(code))
    )
    if found is None:
        return False
    found.used_at = clock.now()
    db.session.flush()
    left = len(db.session.scalars(select(RecoveryCode.id).where(*unused)).all())
    publish(events.RecoveryCodeUsed(user_id=user.id, left=left))
    return True


def forget_recovery_codes(user: User) -> None:
    """Let none of a person's recovery codes open anything more."""
    used = update(RecoveryCode).where(
        RecoveryCode.user_id == user.id, RecoveryCode.used_at.is_(None)
    )
    db.session.execute(used.values(used_at=clock.now()))
