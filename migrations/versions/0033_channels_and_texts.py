"""Channels and what their units enter, demands that come as text, and where a ticket came from."""

import secrets

import sqlalchemy as sa
from alembic import op

from app.core.column_types import Moment

revision = "0033_channels_and_texts"
down_revision = "0032_who_saw_what"
branch_labels = None
depends_on = None

TABLES = (
    "message_lines",
    "channel_case_results",
    "channel_case_notes",
    "inbound_messages",
    "channel_cases",
    "entry_channel_states",
    "entry_channel_modes",
    "channel_sheet_uploads",
    "entry_channels",
    "heard_message_requests",
)
MODES = ("call", "text", "entry", "import", "interface")
AT_ONCE = 1000


def upgrade() -> None:
    op.create_table(
        "heard_message_requests",
        sa.Column("signature", sa.String(length=64), nullable=False),
        sa.Column("heard_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("signature", name=op.f("pk_heard_message_requests")),
    )
    op.create_index("ix_heard_message_requests_heard_at", "heard_message_requests", ["heard_at"])
    op.create_table(
        "entry_channels",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "number",
                "site",
                "mailbox",
                "leader_mailbox",
                "wechat",
                "mini_programme",
                "app",
                "sms",
                "window",
                "letter",
                "platform",
                name="channelkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("owner_unit_id", sa.Integer(), nullable=False),
        sa.Column("ways_in", sa.JSON(), nullable=False),
        sa.Column("contact_name", sa.String(length=64), nullable=False),
        sa.Column("contact_number", sa.String(length=32), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_unit_id"], ["units.id"], name=op.f("fk_entry_channels_owner_unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_channels")),
        sa.UniqueConstraint("code", name=op.f("uq_entry_channels_code")),
    )
    op.create_index("ix_entry_channels_owner_unit_id", "entry_channels", ["owner_unit_id"])
    op.create_table(
        "channel_sheet_uploads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("uploaded_by", sa.Integer(), nullable=False),
        sa.Column("uploaded_at", Moment(), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("taken_at", Moment(), nullable=True),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["entry_channels.id"], name=op.f("fk_channel_sheet_uploads_channel_id")
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by"], ["users.id"], name=op.f("fk_channel_sheet_uploads_uploaded_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_sheet_uploads")),
    )
    op.create_index(
        "ix_channel_sheet_uploads_uploaded_by", "channel_sheet_uploads", ["uploaded_by"]
    )
    op.create_table(
        "entry_channel_modes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column(
            "mode",
            sa.Enum(
                "merged",
                "parallel",
                "sub_centre",
                "undecided",
                name="channelmode",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("valid_from", Moment(), nullable=False),
        sa.Column("basis", sa.String(length=200), nullable=False),
        sa.Column("set_at", Moment(), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["entry_channels.id"], name=op.f("fk_entry_channel_modes_channel_id")
        ),
        sa.ForeignKeyConstraint(
            ["set_by"], ["users.id"], name=op.f("fk_entry_channel_modes_set_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_channel_modes")),
    )
    op.create_index("ix_entry_channel_modes_channel_id", "entry_channel_modes", ["channel_id"])
    op.create_table(
        "entry_channel_states",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "active",
                "suspended",
                "closed",
                name="channelstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("valid_from", Moment(), nullable=False),
        sa.Column("basis", sa.String(length=200), nullable=False),
        sa.Column("set_at", Moment(), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["entry_channels.id"], name=op.f("fk_entry_channel_states_channel_id")
        ),
        sa.ForeignKeyConstraint(
            ["set_by"], ["users.id"], name=op.f("fk_entry_channel_states_set_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_channel_states")),
    )
    op.create_index("ix_entry_channel_states_channel_id", "entry_channel_states", ["channel_id"])
    op.create_table(
        "channel_cases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("source_no", sa.String(length=64), nullable=True),
        sa.Column(
            "way_in",
            sa.Enum(
                "form",
                "sheet",
                "interface",
                name="wayin",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("draft", sa.JSON(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("received_at", Moment(), nullable=True),
        sa.Column("mark", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("begun_by", sa.Integer(), nullable=False),
        sa.Column("begun_at", Moment(), nullable=False),
        sa.Column("entered_at", Moment(), nullable=True),
        sa.Column("edit_until", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["begun_by"], ["users.id"], name=op.f("fk_channel_cases_begun_by")),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["entry_channels.id"], name=op.f("fk_channel_cases_channel_id")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_channel_cases_ticket_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_cases")),
        sa.UniqueConstraint(
            "channel_id", "source_no", name=op.f("uq_channel_cases_channel_id_source_no")
        ),
        sa.UniqueConstraint("ticket_id", name=op.f("uq_channel_cases_ticket_id")),
    )
    op.create_index("ix_channel_cases_begun_by", "channel_cases", ["begun_by"])
    op.create_index("ix_channel_cases_channel_id_id", "channel_cases", ["channel_id", "id"])
    op.create_table(
        "inbound_messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("message_key", sa.String(length=64), nullable=False),
        sa.Column("sender", sa.String(length=128), nullable=False),
        sa.Column("sender_name", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("limit", sa.String(length=16), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "taken",
                "answered",
                "ticket",
                "closed",
                name="messagestate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("taken_by", sa.Integer(), nullable=True),
        sa.Column("taken_at", Moment(), nullable=True),
        sa.Column("first_answered_at", Moment(), nullable=True),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.Column("close_reason", sa.String(length=32), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["entry_channels.id"], name=op.f("fk_inbound_messages_channel_id")
        ),
        sa.ForeignKeyConstraint(
            ["taken_by"], ["users.id"], name=op.f("fk_inbound_messages_taken_by")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_inbound_messages_ticket_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_messages")),
        sa.UniqueConstraint(
            "channel_id", "message_key", name=op.f("uq_inbound_messages_channel_id_message_key")
        ),
    )
    op.create_index("ix_inbound_messages_state_due_at", "inbound_messages", ["state", "due_at"])
    op.create_index("ix_inbound_messages_taken_by", "inbound_messages", ["taken_by"])
    op.create_index("ix_inbound_messages_ticket_id", "inbound_messages", ["ticket_id"])
    op.create_table(
        "channel_case_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["users.id"], name=op.f("fk_channel_case_notes_by")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["channel_cases.id"], name=op.f("fk_channel_case_notes_case_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_case_notes")),
    )
    op.create_index("ix_channel_case_notes_case_id", "channel_case_notes", ["case_id"])
    op.create_table(
        "channel_case_results",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("public_reply", sa.Text(), nullable=False),
        sa.Column("settled_on", Moment(), nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["users.id"], name=op.f("fk_channel_case_results_by")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["channel_cases.id"], name=op.f("fk_channel_case_results_case_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_case_results")),
    )
    op.create_index("ix_channel_case_results_case_id", "channel_case_results", ["case_id"])
    op.create_table(
        "message_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column(
            "part",
            sa.Enum("in", "out", name="part", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=True),
        sa.Column("sent_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["by"], ["users.id"], name=op.f("fk_message_lines_by")),
        sa.ForeignKeyConstraint(
            ["message_id"], ["inbound_messages.id"], name=op.f("fk_message_lines_message_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_lines")),
    )
    op.create_index("ix_message_lines_message_id", "message_lines", ["message_id"])
    with op.batch_alter_table("tickets") as changed:
        changed.add_column(
            sa.Column("entry_mode", sa.String(length=32), nullable=False, server_default="call")
        )
        changed.add_column(sa.Column("channel_id", sa.Integer(), nullable=True))
        changed.add_column(sa.Column("source_no", sa.String(length=64), nullable=True))
        changed.add_column(
            sa.Column("is_channels_own", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        changed.add_column(
            sa.Column("check_code", sa.String(length=8), nullable=False, server_default="")
        )
    _give_codes()
    words = ", ".join(f"'{each}'" for each in MODES)
    with op.batch_alter_table("tickets") as changed:
        for name in ("entry_mode", "is_channels_own", "check_code"):
            changed.alter_column(name, server_default=None)
        changed.create_check_constraint(op.f("ck_tickets_entrymode"), f"entry_mode IN ({words})")
        changed.create_index(op.f("ix_tickets_channel_id"), ["channel_id"])
        changed.create_unique_constraint(
            op.f("uq_tickets_channel_id_source_no"), ["channel_id", "source_no"]
        )
        changed.create_foreign_key(
            op.f("fk_tickets_channel_id"), "entry_channels", ["channel_id"], ["id"]
        )


def downgrade() -> None:
    # The older program knows tickets of calls only; those of channels stay as they would be there.
    with op.batch_alter_table("tickets") as changed:
        changed.drop_constraint(op.f("fk_tickets_channel_id"), type_="foreignkey")
        changed.drop_constraint(op.f("uq_tickets_channel_id_source_no"), type_="unique")
        changed.drop_constraint(op.f("ck_tickets_entrymode"), type_="check")
        changed.drop_index(op.f("ix_tickets_channel_id"))
        for name in ("check_code", "is_channels_own", "source_no", "channel_id", "entry_mode"):
            changed.drop_column(name)
    for table in TABLES:
        op.drop_table(table)


def _give_codes() -> None:
    """Give every ticket that is there a code of its own, by chance that nobody can reckon."""
    tickets = sa.table("tickets", sa.column("id", sa.Integer), sa.column("check_code", sa.String))
    connection = op.get_bind()
    ids = list(connection.execute(sa.select(tickets.c.id)).scalars())
    put = (
        sa.update(tickets)
        .where(tickets.c.id == sa.bindparam("ticket_id"))
        .values(check_code=sa.bindparam("code"))
    )
    for first in range(0, len(ids), AT_ONCE):
        codes = [
            {"ticket_id": each, "code": f"{secrets.randbelow(10**6):06d}"}
            for each in ids[first : first + AT_ONCE]
        ]
        connection.execute(put, codes)
