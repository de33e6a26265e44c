"""A ticket may stand wherever the table of moves knows a place."""

import sqlalchemy as sa
from alembic import op

revision = "0026_ticket_states"
down_revision = "0025_rule_values"
branch_labels = None
depends_on = None

FORMER = ("to_dispatch", "handling", "closed")
STATES = (
    "need_info", "to_review", "to_dispatch", "to_sign", "return_review", "adjudication",
    "handling", "suspended", "to_audit", "to_visit", "closed", "archived", "merged", "withdrawn",
    "void",
)
PLACES = (
    ("tickets", "ticketstate", "state"),
    ("ticket_state_changes", "old", "old"),
    ("ticket_state_changes", "new", "new"),
)


def upgrade() -> None:
    _allow(STATES)


def downgrade() -> None:
    # What the former table does not know becomes what it was closest to.
    for table, _check, column in PLACES:
        places = sa.table(table, sa.column(column, sa.String))
        over = ("archived", "merged", "withdrawn", "void")
        before = ("need_info", "to_review")
        for names, former in ((over, "closed"), (before, "to_dispatch")):
            op.execute(
                places.update().where(places.c[column].in_(names)).values({column: former})
            )
        op.execute(
            places.update().where(places.c[column].not_in(FORMER)).values({column: "handling"})
        )
    _allow(FORMER)


def _allow(states: tuple[str, ...]) -> None:
    words = ", ".join(f"'{each}'" for each in states)
    for table, check, column in PLACES:
        with op.batch_alter_table(table) as changed:
            changed.drop_constraint(op.f(f"ck_{table}_{check}"), type_="check")
            changed.create_check_constraint(op.f(f"ck_{table}_{check}"), f"{column} IN ({words})")
