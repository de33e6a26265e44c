"""A message says whether it holds the link by which a citizen answers himself."""

import sqlalchemy as sa
from alembic import op

revision = "0049_messages_ask_for_a_visit"
down_revision = "0048_mutes_compared"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No message held one before."""
    with op.batch_alter_table("messages") as table:
        table.add_column(
            sa.Column("asks_visit", sa.Boolean, nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("messages") as table:
        table.alter_column("asks_visit", existing_type=sa.Boolean, server_default=None)


def downgrade() -> None:
    """Forget which did."""
    with op.batch_alter_table("messages") as table:
        table.drop_column("asks_visit")
