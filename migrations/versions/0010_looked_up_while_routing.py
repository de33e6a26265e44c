"""Indexes for what routing looks up at each round and at each caller's entry."""

from alembic import op

revision = "0010_looked_up_while_routing"
down_revision = "0009_call_control"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_offers_rest_until", "offers", ["rest_until"], unique=False)
    op.create_index("ix_tickets_contact_number", "tickets", ["contact_number"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_tickets_contact_number", table_name="tickets")
    op.drop_index("ix_offers_rest_until", table_name="offers")
