"""Tables of the people who call and the numbers they call from."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import Moment
from app.core.database import Model


class Caller(Model):
    """A person outside. Without a name until somebody gives one."""

    __tablename__ = "callers"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(Moment)


class CallerNumber(Model):
    """One number of one person. A number may belong to several persons: a family, a company."""

    __tablename__ = "caller_numbers"
    __table_args__ = (UniqueConstraint("caller_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    caller_id: Mapped[int] = mapped_column(ForeignKey("callers.id"))
    # As app.core.phone_numbers.normalise gives it: E.164, or a short code.
    number: Mapped[str] = mapped_column(String(32), index=True)
    last_called_at: Mapped[datetime | None] = mapped_column(Moment)


class CallerRestriction(Model):
    """A mark against misuse of the hotline, for a time: its number stands behind the others.

    Nobody is shut out by it (domain §1.14). `lifted_at` ends it before its time, after an appeal.
    """

    __tablename__ = "caller_restrictions"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(32), index=True)
    valid_from: Mapped[datetime] = mapped_column(Moment)
    valid_until: Mapped[datetime] = mapped_column(Moment)
    why: Mapped[str] = mapped_column(Text)
    put_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    lifted_at: Mapped[datetime | None] = mapped_column(Moment)
    lifted_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
