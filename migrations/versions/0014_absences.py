"""How links came and went, and who had the duty: what an outage is reckoned from."""

import sqlalchemy as sa
from alembic import op

from app.core.column_types import Moment

revision = "0014_absences"
down_revision = "0013_transfer_directory"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "exchange_link_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("exchange_id", sa.String(length=32), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("is_up", sa.Boolean(), nullable=False),
        sa.Column("boot_id", sa.String(length=64), nullable=False),
        sa.Column("why", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_link_steps")),
    )
    op.create_index(
        "ix_exchange_link_steps_exchange_id_at",
        "exchange_link_steps",
        ["exchange_id", "at"],
        unique=False,
    )
    op.create_table(
        "duty_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("duty", sa.String(length=32), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("holder", sa.String(length=64), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("seen_before", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_steps")),
    )
    op.create_index(op.f("ix_duty_steps_at"), "duty_steps", ["at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_duty_steps_at"), table_name="duty_steps")
    op.drop_table("duty_steps")
    op.drop_index("ix_exchange_link_steps_exchange_id_at", table_name="exchange_link_steps")
    op.drop_table("exchange_link_steps")
