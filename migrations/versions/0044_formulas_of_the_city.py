"""Formulas of figures as the city sets them, each from a day on."""

import sqlalchemy as sa
from alembic import op

from app.core.column_types import Moment

revision = "0044_formulas_of_the_city"
down_revision = "0043_freed_offers_have_reasons"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "figure_formulas",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column("denominator", sa.String(500), nullable=False),
        sa.Column("numerator", sa.String(500), nullable=False),
        sa.Column("exclusions", sa.String(200), nullable=False),
        sa.Column("is_tiered", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("basis", sa.String(200), nullable=False),
        sa.Column("set_at", Moment(), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["set_by"], ["users.id"], name=op.f("fk_figure_formulas_set_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_formulas")),
        sa.UniqueConstraint("code", "valid_from", name=op.f("uq_figure_formulas_code_valid_from")),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("figure_formulas")
