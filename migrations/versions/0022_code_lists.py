"""Lists of codes that a city keeps (reasons, skills), and a telephone for each person."""

import sqlalchemy as sa
from alembic import op

from app.core.column_types import Moment

revision = "0022_code_lists"
down_revision = "0021_pages_without_callers"
branch_labels = None
depends_on = None

LISTS = ("wrap_up", "break", "skill")


def upgrade() -> None:
    op.create_table(
        "code_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "code_list",
            sa.Enum(
                *LISTS, name="codelist", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name_zh", sa.String(length=64), nullable=False),
        sa.Column("name_en", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("valid_from", Moment(), nullable=False),
        sa.Column("valid_until", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_entries")),
        sa.UniqueConstraint("code_list", "code", name=op.f("uq_code_entries_code_list_code")),
    )
    op.add_column(
        "users",
        sa.Column("contact_number", sa.String(length=32), nullable=False, server_default=""),
    )
    with op.batch_alter_table("users") as table:
        table.alter_column("contact_number", server_default=None)


def downgrade() -> None:
    op.drop_column("users", "contact_number")
    op.drop_table("code_entries")
