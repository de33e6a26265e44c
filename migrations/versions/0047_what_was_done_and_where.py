"""Results say measures and legal basis, visits how quickly it went, tickets which place it is."""

import sqlalchemy as sa
from alembic import op

revision = "0047_what_was_done_and_where"
down_revision = "0046_flags_and_tags"
branch_labels = None
depends_on = None

PLACE = "fk_tickets_place_id_gazetteer_places"


def upgrade() -> None:
    """Add the columns."""
    for name, kind in (("measures", sa.Text()), ("legal_basis", sa.String(length=1000))):
        op.add_column(
            "ticket_results", sa.Column(name, kind, nullable=False, server_default="")
        )
    op.add_column("visits", sa.Column("efficiency_mark", sa.Integer()))
    with op.batch_alter_table("tickets") as table:
        table.add_column(sa.Column("place_id", sa.Integer()))
        table.create_foreign_key(op.f(PLACE), "gazetteer_places", ["place_id"], ["id"])


def downgrade() -> None:
    """Take them back."""
    with op.batch_alter_table("tickets") as table:
        table.drop_constraint(op.f(PLACE), type_="foreignkey")
        table.drop_column("place_id")
    op.drop_column("visits", "efficiency_mark")
    for name in ("legal_basis", "measures"):
        op.drop_column("ticket_results", name)
