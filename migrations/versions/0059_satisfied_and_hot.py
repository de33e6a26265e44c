"""A formula says from which mark on somebody is satisfied; who leads a shift is told what is hot."""

import sqlalchemy as sa
from alembic import op

revision = "0059_satisfied_and_hot"
down_revision = "0058_reminders_to_enter"
branch_labels = None
depends_on = None

UPPER_THREE = "3"
OCCASIONS = (
    "ticket_opened", "ticket_dispatched", "ticket_designated", "return_agreed", "return_refused",
    "time_agreed", "time_refused", "ticket_suspended", "clock_nearly_due", "clock_ran_out",
    "urged", "supplemented", "supervised", "result_sent_back", "result_approved",
    "ticket_sent_again", "ticket_merged", "ticket_withdrawn", "escalated",
    "unit_called_in", "text_answered", "text_made_ticket", "entries_behind",
)  # fmt: skip
HOT = "hot_matter"
CHECK = "ck_messages_occasion"


def upgrade() -> None:
    # What was set until now counted the upper three of five marks.
    mark = sa.Column("satisfied_from", sa.Integer(), nullable=False, server_default=UPPER_THREE)
    with op.batch_alter_table("figure_formulas") as table:
        table.add_column(mark)
    with op.batch_alter_table("figure_formulas") as table:
        table.alter_column("satisfied_from", server_default=None)
    _words((*OCCASIONS, HOT))


def downgrade() -> None:
    with op.batch_alter_table("figure_formulas") as table:
        table.drop_column("satisfied_from")
    # What the older shape has no word for goes.
    messages = sa.table("messages", sa.column("id"), sa.column("occasion"))
    tries = sa.table("message_tries", sa.column("message_id"))
    gone = sa.select(messages.c.id).where(messages.c.occasion == HOT)
    op.execute(tries.delete().where(tries.c.message_id.in_(gone)))
    op.execute(messages.delete().where(messages.c.occasion == HOT))
    _words(OCCASIONS)


def _words(occasions: tuple[str, ...]) -> None:
    with op.batch_alter_table("messages") as table:
        table.drop_constraint(op.f(CHECK), type_="check")
        table.create_check_constraint(op.f(CHECK), sa.column("occasion").in_(occasions))
