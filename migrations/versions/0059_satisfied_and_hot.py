"""A formula says from which mark on somebody is satisfied."""

import sqlalchemy as sa
from alembic import op

revision = "0059_satisfied_and_hot"
down_revision = "0058_reminders_to_enter"
branch_labels = None
depends_on = None

UPPER_THREE = "3"


def upgrade() -> None:
    # What was set until now counted the upper three of five marks.
    mark = sa.Column("satisfied_from", sa.Integer(), nullable=False, server_default=UPPER_THREE)
    with op.batch_alter_table("figure_formulas") as table:
        table.add_column(mark)
    with op.batch_alter_table("figure_formulas") as table:
        table.alter_column("satisfied_from", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("figure_formulas") as table:
        table.drop_column("satisfied_from")
