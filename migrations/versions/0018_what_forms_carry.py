"""What records and tickets carry beside their text, and the calls that came again about a ticket."""

import sqlalchemy as sa
from alembic import op

from app.core.column_types import Moment

revision = "0018_what_forms_carry"
down_revision = "0017_persons_and_numbers"
branch_labels = None
depends_on = None

RECORD_TEXTS = (("exclusion_code", 8), ("told_words", 1000), ("transfer_to", 100))
TICKET_TEXTS = (
    ("occurred", 100),
    ("respondent", 100),
    ("demand", 500),
    ("urgency_words", 200),
    ("urgency_reason", 200),
)


def _text(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), nullable=False, server_default="")


def upgrade() -> None:
    with op.batch_alter_table("enquiry_records") as table:
        for name, length in RECORD_TEXTS:
            table.add_column(_text(name, length))
        table.add_column(
            sa.Column("caller_objects", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        table.add_column(sa.Column("once_key", sa.String(length=96), nullable=True))
        table.create_unique_constraint(op.f("uq_enquiry_records_once_key"), ["once_key"])
    with op.batch_alter_table("tickets") as table:
        for name, length in TICKET_TEXTS:
            table.add_column(_text(name, length))
        table.add_column(sa.Column("sibling_of_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("once_key", sa.String(length=96), nullable=True))
        table.create_foreign_key(
            op.f("fk_tickets_sibling_of_id"), "tickets", ["sibling_of_id"], ["id"]
        )
        table.create_unique_constraint(op.f("uq_tickets_once_key"), ["once_key"])
    op.create_index(op.f("ix_tickets_sibling_of_id"), "tickets", ["sibling_of_id"])
    op.create_table(
        "ticket_calls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["users.id"], name=op.f("fk_ticket_calls_agent_id")),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_ticket_calls_call_id")),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_calls_ticket_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_calls")),
        sa.UniqueConstraint("ticket_id", "call_id", name=op.f("uq_ticket_calls_ticket_id_call_id")),
    )
    op.create_index(op.f("ix_ticket_calls_call_id"), "ticket_calls", ["call_id"])
    op.create_table(
        "reserved_ticket_numbers",
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reserved_at", Moment(), nullable=False),
        sa.Column("used_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["users.id"], name=op.f("fk_reserved_ticket_numbers_agent_id")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_reserved_ticket_numbers")),
    )
    op.create_index(
        op.f("ix_reserved_ticket_numbers_agent_id"), "reserved_ticket_numbers", ["agent_id"]
    )


def downgrade() -> None:
    op.drop_table("reserved_ticket_numbers")
    op.drop_table("ticket_calls")
    op.drop_index(op.f("ix_tickets_sibling_of_id"), table_name="tickets")
    with op.batch_alter_table("tickets") as table:
        table.drop_constraint(op.f("uq_tickets_once_key"), type_="unique")
        table.drop_constraint(op.f("fk_tickets_sibling_of_id"), type_="foreignkey")
        for name in ("once_key", "sibling_of_id", *(name for name, _ in TICKET_TEXTS)):
            table.drop_column(name)
    with op.batch_alter_table("enquiry_records") as table:
        table.drop_constraint(op.f("uq_enquiry_records_once_key"), type_="unique")
        for name in ("once_key", "caller_objects", *(name for name, _ in RECORD_TEXTS)):
            table.drop_column(name)
