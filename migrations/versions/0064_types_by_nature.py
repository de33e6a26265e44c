"""A type of request names its nature and perhaps a limit; a ticket may be of any type."""

import sqlalchemy as sa
from alembic import op

revision = "0064_types_by_nature"
down_revision = "0063_rulings"
branch_labels = None
depends_on = None

NATURES = ("consult", "complaint", "help", "suggestion", "report", "statistical")
FIVE = NATURES[:5]
CODES_OF = {
    "consult": ("consult",),
    "help": ("help",),
    "suggestion": ("suggestion",),
    "report": ("report", "economic_offence"),
}
"""Natures of the types that were shipped; any other one that is handled is a complaint."""

TYPES = sa.table(
    "request_types", sa.column("code"), sa.column("nature"), sa.column("starts_clock", sa.Boolean())
)
TICKETS = sa.table("tickets", sa.column("request_type"))
CHECK, OF_TICKETS = "ck_request_types_nature", "ck_tickets_requesttype"


def upgrade() -> None:
    """Give each type that is there its nature; tickets keep the types they have."""
    with op.batch_alter_table("request_types") as table:
        table.add_column(
            sa.Column("nature", sa.String(length=32), nullable=False, server_default="complaint")
        )
        table.add_column(
            sa.Column("limit", sa.String(length=16), nullable=False, server_default="")
        )
    for nature, codes in CODES_OF.items():
        _say(nature, TYPES.c.code.in_(codes))
    _say("statistical", TYPES.c.starts_clock.is_(False))
    with op.batch_alter_table("request_types") as table:
        table.alter_column("nature", existing_type=sa.String(length=32), server_default=None)
        table.alter_column("limit", existing_type=sa.String(length=16), server_default=None)
        table.create_check_constraint(op.f(CHECK), sa.column("nature").in_(NATURES))
        table.drop_column("starts_clock")
    with op.batch_alter_table("tickets") as table:
        table.drop_constraint(op.f(OF_TICKETS), type_="check")


def downgrade() -> None:
    """A ticket of a type that the older shape has no word for is of the type of its nature."""
    of_type = sa.select(sa.func.max(TYPES.c.nature)).where(TYPES.c.code == TICKETS.c.request_type)
    known = sa.func.coalesce(of_type.scalar_subquery(), "complaint")
    op.execute(
        TICKETS.update()
        .where(TICKETS.c.request_type.not_in(FIVE))
        .values(request_type=sa.case((known == "statistical", "suggestion"), else_=known))
    )
    with op.batch_alter_table("tickets") as table:
        table.create_check_constraint(op.f(OF_TICKETS), sa.column("request_type").in_(FIVE))
    with op.batch_alter_table("request_types") as table:
        table.add_column(
            sa.Column("starts_clock", sa.Boolean(), nullable=False, server_default=sa.true())
        )
    op.execute(TYPES.update().where(TYPES.c.nature == "statistical").values(starts_clock=False))
    with op.batch_alter_table("request_types") as table:
        table.alter_column("starts_clock", existing_type=sa.Boolean(), server_default=None)
        table.drop_constraint(op.f(CHECK), type_="check")
        table.drop_column("nature")
        table.drop_column("limit")


def _say(nature: str, which: sa.ColumnElement[bool]) -> None:
    op.execute(TYPES.update().where(which).values(nature=nature))
