"""What happens to people's accounts."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from app.core.events import Event


@dataclass(frozen=True, kw_only=True)
class PersonAdded(Event):
    """Somebody may sign in from now on. `added_by` is None when the server's keeper did it."""

    name: ClassVar[str] = "account.person_added"
    user_id: int
    role: str
    added_by: int | None


@dataclass(frozen=True, kw_only=True)
class PersonEdited(Event):
    """The register says something else of a person; `fields` names what changed."""

    name: ClassVar[str] = "account.person_edited"
    user_id: int
    fields: str
    edited_by: int


@dataclass(frozen=True, kw_only=True)
class PersonLeft(Event):
    """Somebody signs in no more."""

    name: ClassVar[str] = "account.person_left"
    user_id: int
    left_by: int


@dataclass(frozen=True, kw_only=True)
class PersonReturned(Event):
    """Somebody who left may sign in again."""

    name: ClassVar[str] = "account.person_returned"
    user_id: int
    returned_by: int


@dataclass(frozen=True, kw_only=True)
class PeopleImported(Event):
    """People came out of a file."""

    name: ClassVar[str] = "account.people_imported"
    added: int
    changed: int
    imported_by: int


@dataclass(frozen=True, kw_only=True)
class PeopleExported(Event):
    """A list of people left the house as a file; `is_masked`: telephones were hidden."""

    name: ClassVar[str] = "account.people_exported"
    count: int
    is_masked: bool
    exported_by: int


@dataclass(frozen=True, kw_only=True)
class SessionsEnded(Event):
    """An administrator ended somebody's sessions; SessionsRevoked follows."""

    name: ClassVar[str] = "account.sessions_ended"
    user_id: int
    ended_by: int


@dataclass(frozen=True, kw_only=True)
class SecondStepReset(Event):
    """An administrator took somebody's second step away, because phone and codes are lost."""

    name: ClassVar[str] = "account.second_step_reset"
    user_id: int
    reset_by: int


@dataclass(frozen=True, kw_only=True)
class UserSignedIn(Event):
    """Somebody has proved who he is; `with_second_step` says how well."""

    name: ClassVar[str] = "account.signed_in"
    user_id: int
    with_second_step: bool
    address: str


@dataclass(frozen=True, kw_only=True)
class SignInFailed(Event):
    """A proof was wrong. `user_id` is None when there is no such work number."""

    name: ClassVar[str] = "account.sign_in_failed"
    user_id: int | None
    work_number: str
    reason: str
    address: str


@dataclass(frozen=True, kw_only=True)
class UserSignedOut(Event):
    """Somebody has left."""

    name: ClassVar[str] = "account.signed_out"
    user_id: int


@dataclass(frozen=True, kw_only=True)
class UserLocked(Event):
    """Too many wrong proofs: nobody gets in under this number until then."""

    name: ClassVar[str] = "account.locked"
    user_id: int
    locked_until: datetime


@dataclass(frozen=True, kw_only=True)
class UserUnlocked(Event):
    """A lock was opened before its time."""

    name: ClassVar[str] = "account.unlocked"
    user_id: int
    unlocked_by: int | None = None  # None: the server's keeper, or a new password


@dataclass(frozen=True, kw_only=True)
class PasswordChanged(Event):
    """There is a new password; `is_reset` when somebody else set it."""

    name: ClassVar[str] = "account.password_changed"
    user_id: int
    is_reset: bool
    changed_by: int | None = None  # None: the person, or the server's keeper


@dataclass(frozen=True, kw_only=True)
class TotpEnabled(Event):
    """Signing in now asks for a second step."""

    name: ClassVar[str] = "account.totp_enabled"
    user_id: int


@dataclass(frozen=True, kw_only=True)
class TotpDisabled(Event):
    """Signing in asks for no second step any more."""

    name: ClassVar[str] = "account.totp_disabled"
    user_id: int


@dataclass(frozen=True, kw_only=True)
class RecoveryCodeUsed(Event):
    """A recovery code stood in for the second step; `left` remain."""

    name: ClassVar[str] = "account.recovery_code_used"
    user_id: int
    left: int


@dataclass(frozen=True, kw_only=True)
class LanguageChosen(Event):
    """Somebody reads in another language from now on."""

    name: ClassVar[str] = "account.language_chosen"
    user_id: int
    locale: str


@dataclass(frozen=True, kw_only=True)
class SessionsRevoked(Event):
    """All sessions of a person older than `epoch` are over; sockets must go too."""

    name: ClassVar[str] = "account.sessions_revoked"
    user_id: int
    epoch: int


@dataclass(frozen=True, kw_only=True)
class PhoneSecretRenewed(Event):
    """A browser phone registers with a new secret from now on. The secret is not told here."""

    name: ClassVar[str] = "account.phone_secret_renewed"
    user_id: int
