"""What the desk's hands need: call-backs with owners, messages, own settings, the desk's machine."""

import sqlalchemy as sa
from alembic import op

from app.core.column_types import Json, Moment

revision = "0020_hands_of_an_agent"
down_revision = "0019_rules_of_forms"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "call_backs",
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("taken_at", Moment(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_try_at", Moment(), nullable=True),
        sa.Column("given_up_at", Moment(), nullable=True),
        sa.Column("given_up_by", sa.Integer(), nullable=True),
        sa.Column("why", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_call_backs_call_id_calls")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], name=op.f("fk_call_backs_owner_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["given_up_by"], ["users.id"], name=op.f("fk_call_backs_given_up_by_users")
        ),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_call_backs")),
    )
    op.create_table(
        "desk_messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=True),
        sa.Column("call_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(500), nullable=False),
        sa.Column("sent_at", Moment(), nullable=False),
        sa.Column("answer", sa.String(500), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["from_id"], ["users.id"], name=op.f("fk_desk_messages_from_id_users")
        ),
        sa.ForeignKeyConstraint(["to_id"], ["users.id"], name=op.f("fk_desk_messages_to_id_users")),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_desk_messages_call_id_calls")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["users.id"], name=op.f("fk_desk_messages_answered_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_messages")),
    )
    op.create_index("ix_desk_messages_sent_at", "desk_messages", ["sent_at"])
    op.create_table(
        "desk_settings",
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("body", Json(), nullable=False),
        sa.Column("saved_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["users.id"], name=op.f("fk_desk_settings_agent_id_users")
        ),
        sa.PrimaryKeyConstraint("agent_id", name=op.f("pk_desk_settings")),
    )
    op.create_table(
        "desk_holders",
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("machine", sa.String(64), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["users.id"], name=op.f("fk_desk_holders_agent_id_users")
        ),
        sa.PrimaryKeyConstraint("agent_id", name=op.f("pk_desk_holders")),
    )
    op.add_column("call_transfers", sa.Column("summary", sa.String(500), nullable=True))
    op.add_column(
        "directory_entries",
        sa.Column("hours", sa.String(120), nullable=False, server_default=""),
    )


def downgrade() -> None:
    op.drop_column("directory_entries", "hours")
    op.drop_column("call_transfers", "summary")
    op.drop_table("desk_holders")
    op.drop_table("desk_settings")
    op.drop_index("ix_desk_messages_sent_at", table_name="desk_messages")
    op.drop_table("desk_messages")
    op.drop_table("call_backs")
