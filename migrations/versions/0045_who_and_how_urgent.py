"""Tickets may keep the caller's identity number, and may hurry most of all."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0045_who_and_how_urgent"
down_revision = "0044_formulas_of_the_city"
branch_labels = None
depends_on = None

FORMER = ("normal", "urgent")
tickets = sa.table("tickets", sa.column("urgency", sa.String))


def upgrade() -> None:
    """Add the column, and allow the third word."""
    with op.batch_alter_table("tickets") as table:
        table.add_column(
            sa.Column("identity_number", sa.String(length=18), nullable=False, server_default="")
        )
        _urgency_is(table, (*FORMER, "very_urgent"))


def downgrade() -> None:
    """Take both back; what hurried most hurries."""
    op.execute(
        tickets.update().where(tickets.c.urgency == "very_urgent").values(urgency="urgent")
    )
    with op.batch_alter_table("tickets") as table:
        _urgency_is(table, FORMER)
        table.drop_column("identity_number")


def _urgency_is(table: Any, words: tuple[str, ...]) -> None:
    name = op.f("ck_tickets_urgency")
    table.drop_constraint(name, type_="check")
    table.create_check_constraint(name, sa.column("urgency").in_(words))
