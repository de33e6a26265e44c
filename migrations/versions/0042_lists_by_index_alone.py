"""Lists are walked in indexes that carry what they can be narrowed by: no ticket is read for it."""

import sqlalchemy as sa
from alembic import op

revision = "0042_lists_by_index_alone"
down_revision = "0041_replies_and_reports"
branch_labels = None
depends_on = None

CARRIED = (
    "number", "state", "request_type", "urgency", "privacy", "category_code", "county_code",
    "town_code", "lead_unit_id", "first_contact_id", "respondent_unit_id", "closed_at",
)
# An index alone answers only for pages that a vacuum has seen: a hundredth of the table is often
# enough, a fifth (the default) is months of tickets.
SEEN_TO = (
    "autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_insert_scale_factor = 0.01"
)


def upgrade() -> None:
    op.create_index(
        "ix_tickets_listed",
        "tickets",
        ["opened_at", "id"],
        postgresql_include=[*CARRIED, "due_at"],
    )
    op.create_index(
        "ix_tickets_owed",
        "tickets",
        ["due_at", "id"],
        postgresql_include=["opened_at", *CARRIED],
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE tickets SET ({SEEN_TO})")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "ALTER TABLE tickets RESET"
            " (autovacuum_vacuum_scale_factor, autovacuum_vacuum_insert_scale_factor)"
        )
    op.drop_index("ix_tickets_owed", "tickets")
    op.drop_index("ix_tickets_listed", "tickets")
