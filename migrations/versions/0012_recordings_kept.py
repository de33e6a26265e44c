"""Recordings kept by rule: holds, deletions, fetches, sweeps, and how long what is kept."""

import sqlalchemy as sa
from alembic import op

from app.core.column_types import Json, Moment

revision = "0012_recordings_kept"
down_revision = "0011_links_compared"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("recordings") as batch:
        batch.add_column(sa.Column("deleted_at", Moment(), nullable=True))
    op.create_index(op.f("ix_calls_ended_at"), "calls", ["ended_at"])
    op.create_table(
        "recording_holds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=False),
        sa.Column("set_at", Moment(), nullable=False),
        sa.Column("lift_reason", sa.Text(), nullable=True),
        sa.Column("lifted_by", sa.Integer(), nullable=True),
        sa.Column("lifted_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_recording_holds_call_id")),
        sa.ForeignKeyConstraint(["set_by"], ["users.id"], name=op.f("fk_recording_holds_set_by")),
        sa.ForeignKeyConstraint(
            ["lifted_by"], ["users.id"], name=op.f("fk_recording_holds_lifted_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording_holds")),
    )
    op.create_index(op.f("ix_recording_holds_call_id"), "recording_holds", ["call_id"])
    op.create_table(
        "recording_deletions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.Column("record_class", sa.String(length=32), nullable=False),
        sa.Column("keep_days", sa.Integer(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("path", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("wished_at", Moment(), nullable=False),
        sa.Column("done_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recordings.id"], name=op.f("fk_recording_deletions_recording_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording_deletions")),
        sa.UniqueConstraint("recording_id", name=op.f("uq_recording_deletions_recording_id")),
    )
    op.create_index(op.f("ix_recording_deletions_done_at"), "recording_deletions", ["done_at"])
    op.create_table(
        "recording_fetches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("exchange_id", sa.String(length=32), nullable=False),
        sa.Column("recording_name", sa.String(length=160), nullable=False),
        sa.Column("told_at", Moment(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", Moment(), nullable=True),
        sa.Column("last_refusal", sa.String(length=64), nullable=True),
        sa.Column("done_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording_fetches")),
        sa.UniqueConstraint(
            "exchange_id",
            "recording_name",
            name=op.f("uq_recording_fetches_exchange_id_recording_name"),
        ),
    )
    op.create_index(
        op.f("ix_recording_fetches_next_try_at"), "recording_fetches", ["next_try_at"]
    )
    op.create_table(
        "recording_sweeps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("started_at", Moment(), nullable=False),
        sa.Column("finished_at", Moment(), nullable=True),
        sa.Column("body", Json(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording_sweeps")),
        sa.UniqueConstraint("kind", "day", name=op.f("uq_recording_sweeps_kind_day")),
    )
    op.create_table(
        "retention_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_class", sa.String(length=32), nullable=False),
        sa.Column("keep_days", sa.Integer(), nullable=False),
        sa.Column("basis", sa.String(length=200), nullable=False),
        sa.Column("valid_from", Moment(), nullable=False),
        sa.Column("valid_until", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_rules")),
        sa.UniqueConstraint(
            "record_class", "valid_from", name=op.f("uq_retention_rules_record_class_valid_from")
        ),
    )


def downgrade() -> None:
    op.drop_table("retention_rules")
    op.drop_table("recording_sweeps")
    op.drop_table("recording_fetches")
    op.drop_table("recording_deletions")
    op.drop_table("recording_holds")
    op.drop_index(op.f("ix_calls_ended_at"), table_name="calls")
    with op.batch_alter_table("recordings") as batch:
        batch.drop_column("deleted_at")
