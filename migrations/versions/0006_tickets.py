"""Tickets, enquiry records and drafts."""

import sqlalchemy as sa
from alembic import op

from app.core.column_types import Moment

revision = "0006_tickets"
down_revision = "0005_recordings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ticket_sequences",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_ticket_sequences")),
    )
    op.create_table(
        "call_drafts",
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("saved_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["users.id"], name=op.f("fk_call_drafts_agent_id")),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_call_drafts_call_id")),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_call_drafts")),
    )
    op.create_table(
        "enquiry_records",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("category_code", sa.String(length=8), nullable=True),
        sa.Column("article_id", sa.Integer(), nullable=True),
        sa.Column(
            "result",
            sa.Enum(
                "answered",
                "told_where",
                "transferred",
                "no_demand",
                "malicious",
                name="enquiryresult",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("told_where", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("caller_name", sa.String(length=40), nullable=False),
        sa.Column("saved_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["users.id"], name=op.f("fk_enquiry_records_agent_id")
        ),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_enquiry_records_article_id")
        ),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_enquiry_records_call_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enquiry_records")),
    )
    op.create_index(
        op.f("ix_enquiry_records_call_id"), "enquiry_records", ["call_id"], unique=False
    )
    op.create_table(
        "tickets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "to_dispatch",
                "handling",
                "closed",
                name="ticketstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "request_type",
            sa.Enum(
                "consult",
                "complaint",
                "help",
                "suggestion",
                "report",
                name="requesttype",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "urgency",
            sa.Enum(
                "normal",
                "urgent",
                name="urgency",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=50), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("category_code", sa.String(length=8), nullable=False),
        sa.Column("county_code", sa.String(length=16), nullable=False),
        sa.Column("town_code", sa.String(length=16), nullable=True),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("is_confidential", sa.Boolean(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=True),
        sa.Column("legacy_number_id", sa.Integer(), nullable=True),
        sa.Column("caller_id", sa.Integer(), nullable=True),
        sa.Column("caller_name", sa.String(length=40), nullable=False),
        sa.Column("calling_number", sa.String(length=32), nullable=False),
        sa.Column("contact_number", sa.String(length=32), nullable=False),
        sa.Column("first_contact_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_tickets_call_id")),
        sa.ForeignKeyConstraint(["caller_id"], ["callers.id"], name=op.f("fk_tickets_caller_id")),
        sa.ForeignKeyConstraint(
            ["first_contact_id"], ["users.id"], name=op.f("fk_tickets_first_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["legacy_number_id"], ["legacy_numbers.id"], name=op.f("fk_tickets_legacy_number_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
        sa.UniqueConstraint("number", name=op.f("uq_tickets_number")),
    )
    op.create_index(op.f("ix_tickets_call_id"), "tickets", ["call_id"], unique=False)
    op.create_index(op.f("ix_tickets_caller_id"), "tickets", ["caller_id"], unique=False)
    op.create_index(op.f("ix_tickets_calling_number"), "tickets", ["calling_number"], unique=False)
    op.create_index(op.f("ix_tickets_opened_at"), "tickets", ["opened_at"], unique=False)
    op.create_index(op.f("ix_tickets_state"), "tickets", ["state"], unique=False)
    op.create_table(
        "ticket_state_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column(
            "old",
            sa.Enum(
                "to_dispatch",
                "handling",
                "closed",
                name="old",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "new",
            sa.Enum(
                "to_dispatch",
                "handling",
                "closed",
                name="new",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by"], ["users.id"], name=op.f("fk_ticket_state_changes_by")),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_state_changes_ticket_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_state_changes")),
    )
    op.create_index(
        op.f("ix_ticket_state_changes_ticket_id"),
        "ticket_state_changes",
        ["ticket_id"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_table("ticket_state_changes")
    op.drop_table("tickets")
    op.drop_table("enquiry_records")
    op.drop_table("call_drafts")
    op.drop_table("ticket_sequences")
