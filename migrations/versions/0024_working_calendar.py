"""Which days are worked and when offices are open: the picture that clocks are reckoned with."""

import sqlalchemy as sa
from alembic import op

from app.core.column_types import Moment

revision = "0024_working_calendar"
down_revision = "0023_first_break_reasons"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_years",
        sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("notice", sa.String(200), nullable=False),
        sa.Column("loaded_at", Moment, nullable=False),
    )
    op.create_table(
        "calendar_days",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("is_off", sa.Boolean, nullable=False),
        sa.Column(
            "notice_year", sa.Integer, sa.ForeignKey("calendar_years.year"), nullable=False
        ),
    )
    op.create_index("ix_calendar_days_notice_year", "calendar_days", ["notice_year"])
    op.create_table(
        "office_hours_rules",
        sa.Column("since", sa.Date, primary_key=True),
        sa.Column("sessions", sa.String(100), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("office_hours_rules")
    op.drop_table("calendar_days")
    op.drop_table("calendar_years")
