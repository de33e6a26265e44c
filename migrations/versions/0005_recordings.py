"""Recordings and who listened to them."""

import sqlalchemy as sa
from alembic import op

from app.core.column_types import Moment

revision = "0005_recordings"
down_revision = "0004_calls_and_queue"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recordings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("exchange_id", sa.String(length=32), nullable=False),
        sa.Column("call_key", sa.String(length=64), nullable=False),
        sa.Column("segment", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("rms", sa.Integer(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "ok",
                "silent",
                "short",
                "broken",
                name="recordingstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("path", sa.String(length=255), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("legal_hold", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_recordings_call_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recordings")),
        sa.UniqueConstraint("name", name=op.f("uq_recordings_name")),
    )
    op.create_index(op.f("ix_recordings_call_id"), "recordings", ["call_id"])
    op.create_index(
        op.f("ix_recordings_exchange_id_call_key"), "recordings", ["exchange_id", "call_key"]
    )
    op.create_index(op.f("ix_recordings_received_at"), "recordings", ["received_at"])
    op.create_table(
        "recording_plays",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.Column("played_by", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["played_by"], ["users.id"], name=op.f("fk_recording_plays_played_by")
        ),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recordings.id"], name=op.f("fk_recording_plays_recording_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording_plays")),
    )
    op.create_index(op.f("ix_recording_plays_played_by"), "recording_plays", ["played_by"])
    op.create_index(op.f("ix_recording_plays_recording_id"), "recording_plays", ["recording_id"])


def downgrade() -> None:
    op.drop_table("recording_plays")
    op.drop_table("recordings")
