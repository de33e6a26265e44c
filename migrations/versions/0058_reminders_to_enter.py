"""A unit that has entered nothing for a cycle is told."""

import sqlalchemy as sa
from alembic import op

revision = "0058_reminders_to_enter"
down_revision = "0057_closed_late"
branch_labels = None
depends_on = None

OCCASIONS = (
    "ticket_opened", "ticket_dispatched", "ticket_designated", "return_agreed", "return_refused",
    "time_agreed", "time_refused", "ticket_suspended", "clock_nearly_due", "clock_ran_out",
    "urged", "supplemented", "supervised", "result_sent_back", "result_approved",
    "ticket_sent_again", "ticket_merged", "ticket_withdrawn", "escalated",
    "unit_called_in", "text_answered", "text_made_ticket",
)  # fmt: skip
REMINDER = "entries_behind"
CHECK = "ck_messages_occasion"


def upgrade() -> None:
    _words((*OCCASIONS, REMINDER))


def downgrade() -> None:
    # What the older shape has no word for goes.
    messages = sa.table("messages", sa.column("id"), sa.column("occasion"))
    tries = sa.table("message_tries", sa.column("message_id"))
    gone = sa.select(messages.c.id).where(messages.c.occasion == REMINDER)
    op.execute(tries.delete().where(tries.c.message_id.in_(gone)))
    op.execute(messages.delete().where(messages.c.occasion == REMINDER))
    _words(OCCASIONS)


def _words(occasions: tuple[str, ...]) -> None:
    with op.batch_alter_table("messages") as table:
        table.drop_constraint(op.f(CHECK), type_="check")
        table.create_check_constraint(op.f(CHECK), sa.column("occasion").in_(occasions))
