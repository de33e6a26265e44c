"""The numbers' greetings as sounds, kept where every process and every exchange finds them."""

import sqlalchemy as sa
from alembic import op

from app.core.column_types import Moment

revision = "0015_greeting_sounds"
down_revision = "0014_absences"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "greeting_sounds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("number_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("uploaded_at", Moment(), nullable=False),
        sa.Column("uploaded_by", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_greeting_sounds")),
        sa.UniqueConstraint("name", name=op.f("uq_greeting_sounds_name")),
        sa.ForeignKeyConstraint(
            ["number_id"],
            ["legacy_numbers.id"],
            name=op.f("fk_greeting_sounds_number_id_legacy_numbers"),
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by"], ["users.id"], name=op.f("fk_greeting_sounds_uploaded_by_users")
        ),
    )
    op.create_index(op.f("ix_greeting_sounds_number_id"), "greeting_sounds", ["number_id"])


def downgrade() -> None:
    op.drop_table("greeting_sounds")
