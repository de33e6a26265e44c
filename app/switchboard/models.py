"""Who is on duty, and who was: the lease that one telephony process holds (decision 2)."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import Moment
from app.core.database import Model


class DutyLease(Model):
    """One row per duty. `token` counts up at each change of holder: a fence for late writers."""

    __tablename__ = "duty_leases"

    duty: Mapped[str] = mapped_column(String(32), primary_key=True)
    holder: Mapped[str] = mapped_column(String(64))
    token: Mapped[int]
    until: Mapped[datetime] = mapped_column(Moment)


class DutyStep(Model):
    """Somebody took a duty, or had it again after a silence. Moments are ours."""

    __tablename__ = "duty_steps"

    id: Mapped[int] = mapped_column(primary_key=True)
    duty: Mapped[str] = mapped_column(String(32))
    token: Mapped[int]
    holder: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    # The last sign of life of whoever had it before; None: nobody had.
    seen_before: Mapped[datetime | None] = mapped_column(Moment)
