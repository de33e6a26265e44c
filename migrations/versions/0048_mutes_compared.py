"""A mute and a pause of the recording can differ between ledger and exchange too."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0048_mutes_compared"
down_revision = "0047_what_was_done_and_where"
branch_labels = None
depends_on = None

OLD = (
    "missing_in_ledger", "missing_at_exchange", "other_place", "other_agent", "parties",
    "supervision", "phone",
)  # fmt: skip
NEW = (*OLD[:-1], "mute", "recording_pause", OLD[-1])


def upgrade() -> None:
    """Let the table hold both."""
    _change_kinds(NEW)


def downgrade() -> None:
    """Those that were found become the kind that says least."""
    gone = ", ".join(f"'{kind}'" for kind in NEW if kind not in OLD)
    op.execute(f"UPDATE ledger_differences SET kind = 'other_place' WHERE kind IN ({gone})")  # noqa: S608
    _change_kinds(OLD)


def _change_kinds(kinds: Sequence[str]) -> None:
    name = op.f("ck_ledger_differences_differencekind")
    with op.batch_alter_table("ledger_differences") as table:
        table.drop_constraint(name, type_="check")
        table.create_check_constraint(name, sa.column("kind").in_(kinds))
