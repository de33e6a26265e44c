"""A clock of its own waits for the first contact; a contact knows when the citizen talked."""

import sqlalchemy as sa
from alembic import op

revision = "0060_first_contact"
down_revision = "0059_satisfied_and_hot"
branch_labels = None
depends_on = None

KINDS = ("citizen", "dispatch", "sign", "handle", "visit", "assist", "supervise")
FIRST_CONTACT = "contact"
CHECK = "ck_ticket_clocks_clockkind"


def upgrade() -> None:
    """No contact from before ends such a clock: none was running."""
    _words((*KINDS, FIRST_CONTACT))
    with op.batch_alter_table("ticket_contacts") as table:
        table.add_column(sa.Column("talked_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    """What the older shape has no word for goes."""
    with op.batch_alter_table("ticket_contacts") as table:
        table.drop_column("talked_at")
    clocks = sa.table("ticket_clocks", sa.column("id"), sa.column("kind"))
    gone = sa.select(clocks.c.id).where(clocks.c.kind == FIRST_CONTACT)
    for name in ("ticket_clock_steps", "clock_rule_changes"):
        told = sa.table(name, sa.column("clock_id"))
        op.execute(told.delete().where(told.c.clock_id.in_(gone)))
    op.execute(clocks.delete().where(clocks.c.kind == FIRST_CONTACT))
    _words(KINDS)


def _words(kinds: tuple[str, ...]) -> None:
    with op.batch_alter_table("ticket_clocks") as table:
        table.drop_constraint(op.f(CHECK), type_="check")
        table.create_check_constraint(op.f(CHECK), sa.column("kind").in_(kinds))
