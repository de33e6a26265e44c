"""Pages with a phone on which nobody takes callers: a supervisor's board."""

import sqlalchemy as sa
from alembic import op

revision = "0021_pages_without_callers"
down_revision = "0020_hands_of_an_agent"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "desk_links",
        sa.Column("takes_calls", sa.Boolean(), nullable=False, server_default=sa.true()),
    )


def downgrade() -> None:
    with op.batch_alter_table("desk_links") as table:
        table.drop_column("takes_calls")
