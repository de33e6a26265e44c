"""Lists are found by channel and by the parts of units: marks for both, the orders carry it."""

import sqlalchemy as sa
from alembic import op

revision = "0052_parts_found_by_marks"
down_revision = "0051_procedures_of_law"
branch_labels = None
depends_on = None

CARRIED = (
    "number", "state", "request_type", "urgency", "privacy", "category_code", "county_code",
    "town_code", "lead_unit_id", "first_contact_id", "respondent_unit_id",
)
# The same marks that `marks_of` and `part_marks` write; added without the index, which is made
# anew at the end: a million rows in an index of marks one by one take an hour.
MARKED = """
UPDATE ticket_list_rows r SET marks = r.marks || array_to_tsvector(more.marks)
FROM (
  SELECT t.id, array_cat(
    ARRAY['_h_' || coalesce(t.channel_id, 0)],
    ARRAY(SELECT DISTINCT '_p_' || a.unit_id FROM assignments a WHERE a.ticket_id = t.id)
  ) AS marks
  FROM tickets t
) more
WHERE more.id = r.ticket_id
"""


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return  # SQLite reads the tickets themselves, and its indexes carry nothing
    _carry(*CARRIED, "channel_id", "closed_at")
    op.drop_index("ix_ticket_list_rows_marks", "ticket_list_rows")
    op.execute(MARKED)
    op.create_index(
        "ix_ticket_list_rows_marks", "ticket_list_rows", ["marks"], postgresql_using="gin"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _carry(*CARRIED, "closed_at")  # marks that nobody asks for stay; they find nothing wrong


def _carry(*columns: str) -> None:
    op.drop_index("ix_tickets_owed", "tickets")
    op.drop_index("ix_tickets_listed", "tickets")
    op.create_index(
        "ix_tickets_listed", "tickets", ["opened_at", "id"],
        postgresql_include=[*columns, "due_at"],
    )
    op.create_index(
        "ix_tickets_owed", "tickets", ["due_at", "id"],
        postgresql_include=["opened_at", *columns],
        postgresql_where=sa.text("closed_at IS NULL"),
    )
