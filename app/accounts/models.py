"""Tables of the people who sign in."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import Json, Moment, word
from app.core.database import Model
from app.core.permissions import Role


class User(Model):
    """One person of ours. `epoch` is the life of all sessions: raising it ends them."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    work_number: Mapped[str] = mapped_column(String(16), unique=True)
    name: Mapped[str] = mapped_column(String(64))
    password_hash: Mapped[str] = mapped_column(String(255))
    role: Mapped[Role] = mapped_column(word(Role))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    languages: Mapped[list[str]] = mapped_column(Json, default=list)
    skills: Mapped[list[str]] = mapped_column(Json, default=list)
    locale: Mapped[str] = mapped_column(String(8), default="zh-CN")
    # Where the person can be reached besides; personal, so always shown masked.
    contact_number: Mapped[str] = mapped_column(String(32), default="")
    is_active: Mapped[bool] = mapped_column(default=True)
    is_demo: Mapped[bool] = mapped_column(default=False)
    # A contractor employs him (app.accounts.contractors says what he may not do then).
    is_outsourced: Mapped[bool] = mapped_column(default=False)
    epoch: Mapped[int] = mapped_column(default=1)
    failed_count: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(Moment)
    totp_secret: Mapped[str | None] = mapped_column(String(64))
    totp_on: Mapped[bool] = mapped_column(default=False)
    # The last 30-second step whose code was used: the same code never opens twice.
    last_totp_step: Mapped[int] = mapped_column(BigInteger, default=0)
    must_change_password: Mapped[bool] = mapped_column(default=False)
    password_changed_at: Mapped[datetime] = mapped_column(Moment)
    # What this person's browser phone registers with at the exchange; new at each sign-in.
    phone_secret: Mapped[str] = mapped_column(String(64), default="")
    signed_in_at: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment)


class FormerPassword(Model):
    """A password that this person had; it may not come back soon."""

    __tablename__ = "former_passwords"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    password_hash: Mapped[str] = mapped_column(String(255))
    ended_at: Mapped[datetime] = mapped_column(Moment)


class RecoveryCode(Model):
    """A code that stands in once for a lost second step; only its hash is kept."""

    __tablename__ = "recovery_codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None] = mapped_column(Moment)
