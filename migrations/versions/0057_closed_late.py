"""What was closed long after it was opened is found by an index of those few alone."""

import sqlalchemy as sa
from alembic import op

revision = "0057_closed_late"
down_revision = "0056_single_characters_marked"
branch_labels = None
depends_on = None

CARRIED = [
    "number", "state", "request_type", "urgency", "privacy", "category_code", "county_code",
    "town_code", "lead_unit_id", "first_contact_id", "respondent_unit_id", "channel_id",
    "closed_at", "due_at",
]  # fmt: skip


def upgrade() -> None:
    op.create_index(
        "ix_tickets_closed_late", "tickets", ["opened_at", "id"],
        postgresql_include=CARRIED,
        postgresql_where=sa.text("closed_at - opened_at > interval '45 days'"),
    )


def downgrade() -> None:
    op.drop_index("ix_tickets_closed_late", "tickets")
