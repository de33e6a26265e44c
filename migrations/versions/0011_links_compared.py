"""How far behind an exchange we are, and what a comparison with it found."""

import sqlalchemy as sa
from alembic import op

from app.core.column_types import Moment

revision = "0011_links_compared"
down_revision = "0010_looked_up_while_routing"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("exchange_links") as links:
        links.add_column(
            sa.Column(
                "lag",
                sa.Enum(
                    "ok",
                    "slow",
                    "stuck",
                    name="linklag",
                    native_enum=False,
                    create_constraint=True,
                    length=32,
                ),
                nullable=False,
                server_default="ok",
            )
        )
        links.add_column(
            sa.Column("event_age_ms", sa.Integer(), nullable=False, server_default="0")
        )
    op.create_table(
        "ledger_differences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("exchange_id", sa.String(length=32), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "missing_in_ledger",
                "missing_at_exchange",
                "other_place",
                "phone",
                name="differencekind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("ledger_said", sa.String(length=255), nullable=False),
        sa.Column("exchange_said", sa.String(length=255), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_differences")),
    )
    op.create_index(
        "ix_ledger_differences_exchange_id_at",
        "ledger_differences",
        ["exchange_id", "at"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index("ix_ledger_differences_exchange_id_at", table_name="ledger_differences")
    op.drop_table("ledger_differences")
    with op.batch_alter_table("exchange_links") as links:
        links.drop_column("event_age_ms")
        links.drop_constraint(op.f("ck_exchange_links_linklag"), type_="check")
        links.drop_column("lag")
