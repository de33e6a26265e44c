"""Ticket numbers are put aside for each browser of an agent, no longer for the agent alone."""

import sqlalchemy as sa
from alembic import op

revision = "0050_numbers_of_each_browser"
down_revision = "0049_messages_ask_for_a_visit"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Those put aside before belong to no browser: a page that holds one may still use it up."""
    with op.batch_alter_table("reserved_ticket_numbers") as table:
        table.add_column(sa.Column("machine", sa.String(64), nullable=False, server_default=""))
    with op.batch_alter_table("reserved_ticket_numbers") as table:
        table.alter_column("machine", server_default=None)


def downgrade() -> None:
    """The numbers are the agent's again."""
    with op.batch_alter_table("reserved_ticket_numbers") as table:
        table.drop_column("machine")
