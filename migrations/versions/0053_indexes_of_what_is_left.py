"""Desks ask for what is left: indexes of it alone, which do not grow with the years."""

import sqlalchemy as sa
from alembic import op

revision = "0053_indexes_of_what_is_left"
down_revision = "0052_parts_found_by_marks"
branch_labels = None
depends_on = None

LEFT = {
    "ix_assignments_live": ("assignments", "ended_at", ["unit_id", "ticket_id"]),
    "ix_ticket_clocks_left": ("ticket_clocks", "done_at", ["due_at"]),
    "ix_ticket_clocks_left_of_kind": ("ticket_clocks", "done_at", ["kind", "ticket_id"]),
    "ix_ticket_clocks_left_of_unit": ("ticket_clocks", "done_at", ["unit_id", "due_at"]),
    "ix_disputes_left": ("disputes", "settled_at", ["ticket_id"]),
}


def upgrade() -> None:
    for name, (table, ended, columns) in LEFT.items():
        is_left = sa.text(f"{ended} IS NULL")
        op.create_index(name, table, columns, postgresql_where=is_left, sqlite_where=is_left)
    op.create_index("ix_time_wishes_state_ticket_id", "time_wishes", ["state", "ticket_id"])
    op.create_index("ix_tickets_alike", "tickets", ["category_code", "county_code", "opened_at"])
    op.create_index(
        "ix_outside_numbers_begins", "outside_numbers", ["searched"],
        postgresql_ops={"searched": "varchar_pattern_ops"},
    )


def downgrade() -> None:
    op.drop_index("ix_outside_numbers_begins", "outside_numbers")
    op.drop_index("ix_tickets_alike", "tickets")
    op.drop_index("ix_time_wishes_state_ticket_id", "time_wishes")
    for name, (table, _ended, _columns) in LEFT.items():
        op.drop_index(name, table)
