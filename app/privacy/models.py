"""Tables of personal data: who saw what, and who had it uncovered until when."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import Moment, word
from app.core.database import Model
from app.privacy.levels import PrivacyLevel
from app.privacy.looks import Deed, SubjectKind
from app.privacy.uncovering import UnmaskReason


class PersonalView(Model):
    """Somebody saw, heard, printed or took away personal data. Written and read, never changed.

    `subject_name` is what people call it (a ticket's number); it holds nothing personal. `level` is
    the promise that held at that moment, None where there is none (a person's page).
    """

    __tablename__ = "personal_views"
    __table_args__ = (
        Index("ix_personal_views_subject", "subject_kind", "subject_id", "at"),
        Index("ix_personal_views_viewer", "viewer_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    viewer_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    subject_kind: Mapped[SubjectKind] = mapped_column(word(SubjectKind))
    subject_id: Mapped[int]
    subject_name: Mapped[str] = mapped_column(String(64))
    level: Mapped[PrivacyLevel | None] = mapped_column(word(PrivacyLevel))
    deed: Mapped[Deed] = mapped_column(word(Deed))
    is_unmasked: Mapped[bool]
    address: Mapped[str] = mapped_column(String(64))


class Unmasking(Model):
    """Somebody gave a reason and sees a subject whole until a moment."""

    __tablename__ = "unmaskings"
    __table_args__ = (Index("ix_unmaskings_subject", "subject_kind", "subject_id", "until"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subject_kind: Mapped[SubjectKind] = mapped_column(word(SubjectKind))
    subject_id: Mapped[int]
    reason_code: Mapped[UnmaskReason] = mapped_column(word(UnmaskReason))
    reason: Mapped[str] = mapped_column(Text)
    by: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment)
    until: Mapped[datetime] = mapped_column(Moment)
