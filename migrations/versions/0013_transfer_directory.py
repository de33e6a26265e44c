"""Whom a caller can be handed to outside."""

import sqlalchemy as sa
from alembic import op

from app.core.column_types import Moment

revision = "0013_transfer_directory"
down_revision = "0012_recordings_kept"
branch_labels = None
depends_on = None


def word(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.create_table(
        "directory_entries",
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column(
            "kind",
            word("directorykind", "emergency", "utility", "unit", "hotline"),
            nullable=False,
        ),
        sa.Column("number", sa.String(32), nullable=False),
        sa.Column("fallback_number", sa.String(32), nullable=False),
        sa.Column("hands_over", word("handsover", "cold", "warm", "three_party"), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("valid_from", Moment(), nullable=False),
        sa.Column("valid_until", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_directory_entries")),
    )


def downgrade() -> None:
    op.drop_table("directory_entries")
