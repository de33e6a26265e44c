"""The values of a city's rules, each from a moment on."""

import sqlalchemy as sa
from alembic import op

from app.core.column_types import Moment

revision = "0025_rule_values"
down_revision = "0024_working_calendar"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rule_values",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.String(48), nullable=False),
        sa.Column("value", sa.String(32), nullable=False),
        sa.Column("basis", sa.String(200), nullable=False),
        sa.Column("valid_from", Moment, nullable=False),
        sa.UniqueConstraint("key", "valid_from"),
    )


def downgrade() -> None:
    op.drop_table("rule_values")
