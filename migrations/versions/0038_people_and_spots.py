"""Tickets say of whom they are (gender, age group) and where exactly (grid, coordinates)."""

import sqlalchemy as sa
from alembic import op

revision = "0038_people_and_spots"
down_revision = "0037_attachments"
branch_labels = None
depends_on = None

WORDS = {
    "gender": ("female", "male"),
    "age_group": ("under_18", "to_35", "to_59", "from_60"),
    "coordinates_source": ("gazetteer", "caller", "measured", "channel"),
}


def _check_of(column: str) -> str:
    return op.f(f"ck_tickets_{column.replace('_', '')}")


def upgrade() -> None:
    with op.batch_alter_table("tickets") as table:
        table.add_column(
            sa.Column("grid", sa.String(length=40), nullable=False, server_default="")
        )
        table.add_column(sa.Column("latitude", sa.Double()))
        table.add_column(sa.Column("longitude", sa.Double()))
        for column, words in WORDS.items():
            table.add_column(sa.Column(column, sa.String(length=32)))
            among = ", ".join(repr(word) for word in words)
            table.create_check_constraint(_check_of(column), f"{column} IN ({among})")


def downgrade() -> None:
    with op.batch_alter_table("tickets") as table:
        for column in WORDS:
            table.drop_constraint(_check_of(column), type_="check")
            table.drop_column(column)
        for column in ("longitude", "latitude", "grid"):
            table.drop_column(column)
