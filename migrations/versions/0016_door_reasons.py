"""More that a ledger and an exchange can differ in, and why a call was turned away at the door."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0016_door_reasons"
down_revision = "0015_greeting_sounds"
branch_labels = None
depends_on = None

OLD = ("missing_in_ledger", "missing_at_exchange", "other_place", "phone")
NEW = (*OLD[:3], "other_agent", "parties", "supervision", OLD[3])


def upgrade() -> None:
    _change_kinds(NEW)
    op.add_column("calls", sa.Column("door_reason", sa.String(length=32), nullable=True))


def downgrade() -> None:
    op.drop_column("calls", "door_reason")
    gone = ", ".join(f"'{kind}'" for kind in NEW if kind not in OLD)
    op.execute(f"UPDATE ledger_differences SET kind = 'other_place' WHERE kind IN ({gone})")  # noqa: S608
    _change_kinds(OLD)


def _change_kinds(kinds: Sequence[str]) -> None:
    name = op.f("ck_ledger_differences_differencekind")
    with op.batch_alter_table("ledger_differences") as table:
        table.drop_constraint(name, type_="check")
        table.create_check_constraint(name, sa.column("kind").in_(kinds))
